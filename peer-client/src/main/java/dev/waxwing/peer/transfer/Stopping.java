package dev.waxwing.peer.transfer;

/** Lets a worker know that its transfer is paused, withdrawn, or that the program ends. */
@FunctionalInterface
interface Stopping {
  /**
   * Returns while the work may go on.
   *
   * @throws dev.waxwing.wire.Fault CANCELLED when not
   */
  void check();
}
