package dev.waxwing.peer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs a command that only looks in the JVM of the test, where a test asks again and again how far
 * its programs are: to start one more each time costs more than what is waited for. It is the
 * program whole, without its {@code main}.
 */
public final class Glance {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Glance() {}

  /** What a command says of the profile in a folder; an AssertionError unless it ends with 0. */
  public static JsonNode at(Path home, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("--home", home.toString(), "--json", "--no-input"));
    all.addAll(List.of(arguments));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Streams streams =
        new Streams(
            InputStream.nullInputStream(),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            new Run.Screen(false, false, false));
    World world =
        new World(streams, Map.of(), Clock.systemDefaultZone(), new ProfileDoors(), new Stop());
    int exit = new Program(world).run(all.toArray(String[]::new));
    if (exit != 0) {
      throw new AssertionError(all + " ended with " + exit + "\n" + err.toString(UTF_8));
    }
    String[] lines = out.toString(UTF_8).strip().split("\n", -1);
    return MAPPER.readTree(lines[lines.length - 1]);
  }
}
