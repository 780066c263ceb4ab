package dev.waxwing.peer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs commands in this process and keeps what they print. */
final class Run {
  static final Instant NOW = Instant.parse("2026-05-03T12:00:00Z");
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  final Map<String, String> env = new HashMap<>();
  private final Doors doors;
  private Screen screen = new Screen(false, false, false);
  private String stopAfter = "";
  private Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

  Run(Doors doors) {
    this.doors = doors;
  }

  /** On a terminal with a person at it. */
  Run atTerminal() {
    Run other = new Run(doors);
    other.env.putAll(env);
    other.screen = new Screen(true, true, true);
    return other;
  }

  /** With standard error a screen, nothing else. */
  Run watched() {
    screen = new Screen(false, false, true);
    return this;
  }

  /** A signal comes as soon as this has been printed on standard output. */
  Run stoppedAfter(String printed) {
    stopAfter = printed;
    return this;
  }

  /** With time that passes. */
  Run inRealTime() {
    clock = InstantSource.system().withZone(ZoneOffset.UTC);
    return this;
  }

  Done with(String input, String... args) {
    return with(new ByteArrayInputStream(input.getBytes(UTF_8)), args);
  }

  Done with(InputStream input, String... args) {
    Stop stop = new Stop();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, length);
            if (!stopAfter.isEmpty() && toString(UTF_8).contains(stopAfter)) {
              stop.ask();
            }
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Streams streams =
        new Streams(
            input, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), screen);
    World world = new World(streams, env, clock, doors, stop);
    int exit = new Program(world).run(args);
    return new Done(exit, out.toString(UTF_8), err.toString(UTF_8));
  }

  Done run(String... args) {
    return with("", args);
  }

  /** How a command ended. */
  record Done(int exit, String out, String err) {
    JsonNode json() {
      return parse(out);
    }

    JsonNode error() {
      return parse(err).get("error");
    }

    List<JsonNode> lines() {
      List<JsonNode> lines = new ArrayList<>();
      out.lines().forEach(line -> lines.add(parse(line)));
      return lines;
    }

    private static JsonNode parse(String text) {
      try {
        return STRICT.readTree(text);
      } catch (IOException e) {
        throw new UncheckedIOException(text, e);
      }
    }
  }

  /** A terminal of 80 columns, or none. */
  record Screen(boolean in, boolean out, boolean err) implements Tty {
    @Override
    public int columns() {
      return 80;
    }

    @Override
    public String secret(String prompt) {
      return "typed unseen";
    }
  }
}
