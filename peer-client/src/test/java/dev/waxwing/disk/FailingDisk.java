package dev.waxwing.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A disk that fails at the N-th call, for a process of its own: {@code failing-disk.c} between Java
 * or SQLite and the C library. Needs Linux and a C compiler; tests are skipped without.
 */
final class FailingDisk {
  /** Kinds of calls. */
  static final int READ = 1;

  static final int WRITE = 2;
  static final int FORCE = 4;

  /** Opening, making, renaming and removing. */
  static final int NAME = 8;

  private FailingDisk() {}

  /** What a call that fails does. */
  enum Kind {
    /** Input/output error, whatever the call. */
    EIO(5, READ | WRITE | FORCE | NAME),
    /** No space, where there may be none. */
    ENOSPC(28, WRITE | FORCE | NAME),
    /** Half of the bytes, which is no error. */
    SHORT(-1, READ | WRITE);

    private final int error;
    private final int kinds;

    Kind(int error, int kinds) {
      this.error = error;
      this.kinds = kinds;
    }
  }

  // In the process that is harmed.

  /** Lets calls of this thread on files below a folder fail, counted from 1. */
  static void plan(Path folder, long first, long last, Kind kind) {
    call("failing_disk_plan")
        .invokeVoid(new Object[] {folder.toString(), first, last, kind.error, kind.kinds});
  }

  /** The disk is well again. */
  static void heal() {
    call("failing_disk_heal").invokeVoid(new Object[0]);
  }

  /** Calls since the plan that could have failed. */
  static long calls() {
    return call("failing_disk_calls").invokeLong(new Object[0]);
  }

  /** How many did. */
  static long hits() {
    return call("failing_disk_hits").invokeLong(new Object[0]);
  }

  private static Function call(String name) {
    return NativeLibrary.getProcess().getFunction(name);
  }

  // In the test.

  /**
   * Runs a class with a disk that can fail.
   *
   * @return what it printed; it must end with 0
   */
  static List<String> run(Path temp, Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    Path library = library(temp);
    String java = System.getProperty("test.java", "");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(java.isEmpty() ? System.getProperty("java.home") : java, "bin", "java")
                    .toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(arguments);
    Path out = Files.createTempFile(temp, "out", ".txt");
    Path err = Files.createTempFile(temp, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("LD_PRELOAD", library.toString());
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(2, TimeUnit.HOURS), "it did not end");
      assertEquals(0, process.exitValue(), () -> read(out) + read(err));
      return Files.readAllLines(out);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String read(Path file) {
    try {
      String text = Files.readString(file);
      return text.substring(Math.max(0, text.length() - 4_000));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Path library(Path temp) throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux"),
        "the failing disk is for Linux");
    Path source = temp.resolve("failing-disk.c");
    Path library = temp.resolve("failing-disk.so");
    if (Files.exists(library)) {
      return library;
    }
    try (InputStream in = FailingDisk.class.getResourceAsStream("failing-disk.c")) {
      Files.write(source, in.readAllBytes());
    }
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(
                  "cc",
                  "-shared",
                  "-fPIC",
                  "-O1",
                  "-o",
                  library.toString(),
                  source.toString(),
                  "-ldl")
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      return Assumptions.<Path>abort("there is no C compiler");
    }
    String said = new String(compiler.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, compiler.waitFor(), said);
    return library;
  }
}
