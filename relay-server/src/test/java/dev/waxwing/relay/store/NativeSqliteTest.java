package dev.waxwing.relay.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.wire.Fault;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite's library is found or its absence said with a code, and nothing is printed besides. */
class NativeSqliteTest {

  /** Opens a store in a process of its own, since a library is loaded once a process. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      try (SqliteStore store = SqliteStore.open(Path.of(args[0]), Samples.OPTIONS)) {
        out.println(store.state());
      } catch (Fault e) {
        out.println(e.code());
      }
    }
  }

  @TempDir Path temp;

  private String open(Path data, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    // The relay's own logging, not that of tests.
    command.add("-Dlogback.configurationFile=logback.xml");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
    command.add(data.toString());
    Path out = temp.resolve("out");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return Files.readString(out).strip();
  }

  @Test
  void libraryIsUnpackedIntoTheStoresOwnFolder() throws Exception {
    Path data = temp.resolve("data");
    String unusable = "-Djava.io.tmpdir=" + temp.resolve("missing");
    assertEquals("OPEN", open(data, unusable));
    assertTrue(Files.isDirectory(data.resolve("native")));
  }

  @Test
  void sharedFolderIsTriedWhereTheOwnForbidsExecution() throws Exception {
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "mounting without exec needs root");
    Path disk = Files.createDirectory(temp.resolve("disk"));
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=32m,noexec", "tmpfs", disk.toString()),
        "a disk without exec cannot be mounted here");
    try {
      assertEquals("OPEN", open(disk.resolve("data")));
    } finally {
      assertTrue(run("umount", disk.toString()));
    }
  }

  @Test
  void missingLibraryIsSaidWithACodeAndNoNoise() throws Exception {
    Path nowhere = Files.createFile(temp.resolve("file"));
    assertEquals("UNAVAILABLE", open(temp.resolve("data"), "-Dorg.sqlite.tmpdir=" + nowhere));
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
