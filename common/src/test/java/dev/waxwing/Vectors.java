package dev.waxwing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Published vectors outside the project, in the folder named by the system property vectors. */
public final class Vectors {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Vectors() {}

  /** The file or folder; the test is skipped, with the reason, where it is not. */
  public static Path path(String name) {
    Path path = Path.of(System.getProperty("vectors", "vectors")).resolve(name);
    Assumptions.assumeTrue(Files.exists(path), "no published vectors at " + path);
    return path;
  }

  public static JsonNode json(String name) {
    return json(path(name));
  }

  public static JsonNode json(Path path) {
    try {
      return MAPPER.readTree(path.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every JSON file below a folder, in order of path. */
  public static List<Path> jsonFiles(String folder) {
    try (Stream<Path> files = Files.walk(path(folder))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Hands every (group, test) of a Wycheproof file to {@code user}; returns how many there were.
   */
  public static int wycheproof(String name, BiConsumer<JsonNode, JsonNode> user) {
    JsonNode file = json("wycheproof/" + name);
    List<JsonNode> seen = new ArrayList<>();
    for (JsonNode group : file.get("testGroups")) {
      for (JsonNode test : group.get("tests")) {
        user.accept(group, test);
        seen.add(test);
      }
    }
    if (seen.size() != file.get("numberOfTests").asInt()) {
      throw new AssertionError(name + " holds " + seen.size() + " tests, not what it says");
    }
    return seen.size();
  }
}
