package dev.waxwing.disk;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Work on a disk that fails at one call, and the comparison with what was promised. Run as a
 * process with {@code FOLDER KIND FIRST STEP MOST SEED [planted]}: fails call FIRST, FIRST + STEP
 * and so on, each on a new folder, until the script makes fewer calls or MOST were tried.
 */
abstract class Script {
  /** Work that may fail. */
  interface Work {
    void run();
  }

  /**
   * Does the work in a folder with call {@code nth} failing, and compares; a text when not well.
   */
  abstract void run(Path folder, long nth, FailingDisk.Kind kind, long seed) throws Exception;

  final void all(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    FailingDisk.Kind kind = FailingDisk.Kind.valueOf(args[1]);
    long step = Long.parseLong(args[3]);
    long nth = Long.parseLong(args[2]);
    long seed = Long.parseLong(args[5]);
    planted = args.length > 6;
    for (int i = 0; i < Integer.parseInt(args[4]); i++, nth += step) {
      Path fresh = Files.createDirectory(folder.resolve(kind + "-" + nth));
      try {
        run(fresh, nth, kind, seed);
      } catch (Exception | AssertionError e) {
        FailingDisk.heal();
        System.out.println("wrong at " + kind + " " + nth + ": " + e);
        e.printStackTrace();
      } finally {
        FailingDisk.heal();
      }
      if (FailingDisk.hits() == 0) {
        System.out.println("calls " + FailingDisk.calls());
        return;
      }
      System.out.println("hit " + nth + " " + ended);
      delete(fresh);
    }
  }

  /** Whether the script believes what nobody told it, so that the comparison must find it. */
  boolean planted;

  /** How the run ended, in a word. */
  String ended = "";

  /** Runs work; the code of its fault, or null. Any other failure is a mistake of the program. */
  static FaultCode fault(Work work) {
    try {
      work.run();
      return null;
    } catch (Fault fault) {
      if (System.getenv("WAXWING_DISK_TRACE") != null) {
        fault.printStackTrace();
      }
      return fault.code();
    }
  }

  static void require(boolean that, String otherwise) {
    if (!that) {
      throw new AssertionError(otherwise);
    }
  }

  static void requireOneOf(FaultCode code, FaultCode... allowed) {
    require(Arrays.asList(allowed).contains(code), "ended with " + code);
  }

  private static void delete(Path folder) throws java.io.IOException {
    try (var all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
