package dev.waxwing.crash;

import dev.waxwing.system.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Ends a program at once, together with what it runs. */
final class Kill {
  private Kill() {}

  /**
   * Stops a program and all it runs at this instant, and returns when no thread of them runs: what
   * is under way in the kernel has ended by then and was not seen to.
   */
  static void freeze(Program program) throws IOException, InterruptedException {
    List<Long> pids = new ArrayList<>();
    ProcessHandle.of(program.pid())
        .ifPresent(one -> one.descendants().map(ProcessHandle::pid).forEach(pids::add));
    if (pids.isEmpty()) {
      // With others below it, it is a tracer, without whom they could not stop.
      pids.add(program.pid());
    }
    for (long pid : pids) {
      new ProcessBuilder("kill", "-STOP", Long.toString(pid)).start().waitFor();
    }
    for (long pid : pids) {
      if (!Voice.becomes(() -> standsStill(pid), Program.PATIENCE, () -> true)) {
        throw new AssertionError("a program does not stop: " + program);
      }
    }
  }

  /** Whether every thread of a process is stopped (T) or held by its tracer (t); proc(5). */
  private static boolean standsStill(long pid) throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path task : (Iterable<Path>) tasks::iterator) {
        String status = Files.readString(task.resolve("status"));
        if (!status.matches("(?s).*\\nState:\\s+[Tt].*")) {
          return false;
        }
      }
      return true;
    }
  }

  /** The programs below it first, since a tracer that dies lets what it traces run on. */
  static void withChildren(Program program) throws InterruptedException {
    List<ProcessHandle> below =
        ProcessHandle.of(program.pid()).map(one -> one.descendants().toList()).orElse(List.of());
    below.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle one : below) {
      one.onExit().orTimeout(Program.PATIENCE, TimeUnit.SECONDS).join();
    }
    program.kill();
    Voice.becomes(program::ended, Program.PATIENCE, () -> true);
  }
}
