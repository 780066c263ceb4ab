package dev.waxwing.peer.transfer;

import java.util.concurrent.TimeUnit;

/** Lets a worker know that its transfer is paused, withdrawn, or that the program ends. */
@FunctionalInterface
interface Stopping {
  /** How long a worker may stand still while others wait. */
  long TURN_NANOS = TimeUnit.SECONDS.toNanos(5);

  /**
   * Returns while the work may go on.
   *
   * @throws dev.waxwing.wire.Fault CANCELLED when not
   */
  void check();

  /** Whether other transfers wait for a worker: then one that stands still is to make way. */
  default boolean othersWait() {
    return false;
  }
}
