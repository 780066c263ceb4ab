package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A folder as one transfer, and its copy at the relay opened with the ordinary age tool. */
@DisabledOnOs(OS.WINDOWS)
class FolderIT {
  @TempDir static Path folder;
  private static Town town;
  private static Person alice;
  private static Person bob;

  @TempDir Path files;

  @BeforeAll
  static void settle() throws Exception {
    town = new Town(folder);
    alice = town.join("alice");
    bob = town.join("bob");
  }

  @AfterAll
  static void leave() throws Exception {
    town.close();
  }

  /** About 300 files three levels deep, with an empty folder, an empty file and a program. */
  private Path tree() throws IOException {
    Path tree = Files.createDirectory(files.resolve("tree"));
    for (int i = 0; i < 300; i++) {
      Path place = Files.createDirectories(tree.resolve("d" + i % 7).resolve("é " + i % 3));
      Sample.file(place.resolve("file " + i), 1_000L * i);
    }
    Files.createDirectory(tree.resolve("empty folder"));
    Files.createFile(tree.resolve("empty file"));
    Path program = Files.writeString(tree.resolve("program"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return tree;
  }

  /** What a folder consists of: names with hashes and whether they may be run; no links. */
  private static Map<String, String> content(Path tree) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.toList()) {
        String name = tree.relativize(path).toString();
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          content.put(name, "folder");
        } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && Files.isReadable(path)) {
          boolean runs = Files.isExecutable(path);
          content.put(name, Sample.hash(path) + (runs ? " runs" : ""));
        }
      }
    }
    return content;
  }

  @Test
  void aFolderArrivesAsItIsAndWhatIsLeftOutIsListed() throws Exception {
    Path tree = tree();
    Path secret = Files.writeString(files.resolve("outside"), "not to be sent");
    Path link = Files.createSymbolicLink(tree.resolve("link"), secret);
    Map<String, String> expected = content(tree);
    List<String> leftOut =
        new ArrayList<>(List.of(link.toRealPath(LinkOption.NOFOLLOW_LINKS).toString()));
    Path closed = Files.writeString(tree.resolve("zz closed"), "mine");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    if (Files.isReadable(closed)) {
      // Root reads everything.
      Files.delete(closed);
    } else {
      leftOut.add(closed.toRealPath().toString());
    }

    JsonNode sent = alice.ends(8, "send", "bob", tree.toString());
    List<String> told = new ArrayList<>();
    sent.path("leftOut").forEach(left -> told.add(left.path("path").asText()));
    assertEquals(leftOut, told.stream().sorted().toList());

    Path saved = files.resolve("saved");
    bob.ok("receive", "--all", "--to", saved.toString());
    assertEquals(List.of("tree"), Sample.names(saved));
    assertEquals(expected, content(saved.resolve("tree")));
    assertFalse(Files.exists(saved.resolve("tree/link"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void theRelaysCopyOpensWithTheAgeTool() throws Exception {
    assumeTrue(installed("age"), "age is not installed");
    Path tree = tree();
    JsonNode sent = alice.ok("send", "bob", tree.toString());
    String id = sent.at("/transfer/id").asText();
    JsonNode shown = alice.ok("transfers", "show", id, "--reveal-key");
    Path key = Files.writeString(files.resolve("key"), shown.path("identity").asText() + "\n");
    Path blob = files.resolve("blob.age");
    try (OutputStream out = Files.newOutputStream(blob)) {
      for (Path segment : town.segments()) {
        if (segment.toString().contains(id)) {
          Files.copy(segment, out);
        }
      }
    }
    assertTrue(Files.size(blob) > 0, "segments of " + id + " among " + town.segments());
    Path tar = files.resolve("tree.tar");
    succeeds("age", "-d", "-i", key.toString(), "-o", tar.toString(), blob.toString());
    Path opened = Files.createDirectory(files.resolve("opened"));
    succeeds("tar", "-x", "-f", tar.toString(), "-C", opened.toString());
    assertEquals(content(tree), content(opened.resolve("tree")));
    bob.ok("receive", "--all", "--to", files.resolve("saved").toString());
    assertEquals(content(tree), content(files.resolve("saved/tree")));
  }

  private static boolean installed(String command) throws Exception {
    try {
      return new ProcessBuilder(command, "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void succeeds(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertEquals(0, process.waitFor(), () -> String.join(" ", command));
  }
}
