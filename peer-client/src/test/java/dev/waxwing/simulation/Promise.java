package dev.waxwing.simulation;

/** What is promised, and what each checker looks for. */
enum Promise {
  /**
   * An accepted message is delivered once, or still in its mailbox, or removed with a recorded
   * reason.
   */
  NO_LOSS,
  /** Nothing is stored twice. */
  NO_DUPLICATE,
  /** Each sender's messages are stored in the order they were written. */
  ORDER,
  /** Nothing is stored that was not said. */
  NOTHING_INVENTED,
  /** An ack removes only what it names, in the incarnation it names, and means stored. */
  ACK,
  /** Ratchet state and inbox move together; no key and nonce are used twice. */
  RATCHET,
  /** A file is complete and right, or it does not have its name. */
  FILE,
  /** What was kept is not asked for again, nor is anything skipped. */
  RESUME,
  /** After the first failed force nothing is accepted until a restart. */
  FAIL_STOP,
  /** What is refused is refused for a reason that is true. */
  REFUSAL,
  /** When the trouble is over everything comes to an end. */
  PROGRESS;

  /** A promise that was not kept. */
  static final class Broken extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final Promise promise;

    Broken(Promise promise, String what) {
      super(promise + ": " + what);
      this.promise = promise;
    }

    Promise promise() {
      return promise;
    }
  }
}
