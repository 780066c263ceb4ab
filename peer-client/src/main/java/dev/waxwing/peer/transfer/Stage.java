package dev.waxwing.peer.transfer;

/** How far a transfer, or one recipient's copy of it, is. */
public enum Stage {
  /** Offered to this profile, not taken. */
  OFFERED,
  /** Waiting for the relay, its turn, or the other side. */
  WAITING,
  /** Bytes flow. */
  ACTIVE,
  /** Stopped by its owner. */
  PAUSED,
  /** Whole at the relay. */
  AT_RELAY,
  /** Received and verified. */
  DONE,
  /** The receiver does not want it. */
  DECLINED,
  /** Withdrawn by the sender. */
  CANCELLED,
  /** Ended by a fault. */
  FAILED;

  /** Whether a worker has it, or will: it goes on by itself, also in the next process. */
  boolean underWay() {
    return this == WAITING || this == ACTIVE;
  }

  /** Whether nothing more happens by itself. */
  public boolean ended() {
    return switch (this) {
      case OFFERED, WAITING, ACTIVE, PAUSED, AT_RELAY -> false;
      case DONE, DECLINED, CANCELLED, FAILED -> true;
    };
  }
}
