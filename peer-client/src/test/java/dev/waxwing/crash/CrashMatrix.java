package dev.waxwing.crash;

import dev.waxwing.crash.CrashPoint.Files;
import dev.waxwing.crash.CrashPoint.Side;
import dev.waxwing.system.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Strikes programs at named points while two people talk and one sends a file, lets all of it come
 * to rest, and compares.
 */
final class CrashMatrix {
  private static final long REACH_SECONDS = 30;
  private final CrashRig rig;
  private final Talk talk;

  /** What is done to a program that stands at a point. */
  enum Blow {
    KILL,
    /** SIGSTOP, and SIGCONT some seconds later. */
    PAUSE
  }

  /**
   * What came of one point.
   *
   * @param problems what did not hold beside the tally; empty when all did
   */
  record Row(CrashPoint point, Blow blow, Tally tally, List<String> problems) {
    boolean good() {
      return problems.isEmpty() && tally.broken().nothing();
    }

    static String head() {
      return "| point | blow | "
          + Tally.head()
          + " | what had to hold | problems |\n|---|---|---|---|---|---|---|---|---|---|---|";
    }

    String line() {
      return "| "
          + String.join(
              " | ",
              point.name(),
              blow.name().toLowerCase(Locale.ROOT),
              tally.cells(),
              point.holds(),
              problems.isEmpty() ? "none" : String.join("; ", problems))
          + " |";
    }
  }

  CrashMatrix(CrashRig rig, Path folder) throws IOException {
    this.rig = rig;
    this.talk =
        new Talk(rig.town, rig.alice, rig.bob, folder.resolve("sent"), folder.resolve("saved"));
    talk.take();
  }

  /** One point. */
  Row run(CrashPoint point, Blow blow) throws IOException, InterruptedException {
    List<String> problems = new ArrayList<>();
    talk.prepare();
    boolean takes = point.files() == Files.AT_ONCE;
    if (!takes) {
      // Started anew, he takes nothing until he is told to.
      rig.kill(Side.BOB);
      rig.restart(Side.BOB);
    }
    try (Debugger debugger = rig.debug(point.side())) {
      debugger.stopAt(point.place());
      talk.begin();
      if (point.files() == Files.ONCE_KEPT) {
        talk.awaitKept();
        talk.take();
        takes = true;
      }
      if (debugger.awaitHit(REACH_SECONDS)) {
        strike(point.side(), blow);
      } else {
        problems.add("not reached");
      }
    }
    if (blow == Blow.KILL) {
      rig.kill(point.side());
      rig.restart(point.side());
      takes = takes && point.side() != Side.BOB;
    }
    if (!takes) {
      talk.take();
    }
    talk.goOn();
    problems.addAll(talk.end());
    return new Row(point, blow, talk.sum(), problems);
  }

  private void strike(Side side, Blow blow) throws IOException, InterruptedException {
    if (blow == Blow.KILL) {
      rig.kill(side);
      return;
    }
    Program program = rig.program(side);
    program.signal("STOP");
    // The fault itself: this long nothing of the program runs, whatever the others wait for.
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Knobs.PAUSE_MILLIS);
    while (System.nanoTime() < until) {
      LockSupport.parkNanos(until - System.nanoTime());
    }
    program.signal("CONT");
  }
}
