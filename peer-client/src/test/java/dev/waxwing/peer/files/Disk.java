package dev.waxwing.peer.files;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What the tests of this package need of the machine. */
final class Disk {
  private Disk() {}

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static void fifo(Path path) throws IOException, InterruptedException {
    run(path.getParent(), tool("mkfifo"), path.toString());
  }

  static Path unreadable(Path file) throws IOException {
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
  }

  /** A tool of the system, or the test is skipped. */
  static String tool(String name) {
    String found =
        Arrays.stream(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse("");
    assumeTrue(!found.isEmpty(), name + " is not on the PATH");
    return found;
  }

  /** Runs a tool and gives back what it printed. */
  static String run(Path folder, String... command) throws IOException, InterruptedException {
    Path log = Files.createTempFile("tool", ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError(Arrays.toString(command) + ": " + Files.readString(log));
      }
      return Files.readString(log);
    } finally {
      Files.delete(log);
    }
  }
}
