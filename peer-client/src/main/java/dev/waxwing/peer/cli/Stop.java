package dev.waxwing.peer.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A signal's way into a running command: it is asked to end, and says when it has. */
final class Stop {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Asks the command to end. */
  void ask() {
    asked.countDown();
  }

  /** Waits for a signal, so long at most; returns whether it came. */
  boolean asked(long millis) {
    try {
      return asked.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Whether the command should end. */
  boolean asked() {
    return asked.getCount() == 0;
  }

  /**
   * Goes on only when nobody asked to end.
   *
   * @throws Stopped otherwise
   */
  void check() {
    if (asked()) {
      throw new Stopped();
    }
  }

  /** Says that the command has closed what it had open. */
  void ended() {
    ended.countDown();
  }

  /** Waits for {@link #ended}. */
  boolean awaitEnd(long millis) {
    try {
      return ended.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Unwinds a command that was asked to end. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stopped() {
      super("stopped", null, false, false);
    }
  }
}
