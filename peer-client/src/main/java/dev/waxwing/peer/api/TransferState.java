package dev.waxwing.peer.api;

/** How far a transfer is. */
public enum TransferState {
  /** Offered to this profile, not taken. */
  OFFERED(false),
  /** Waiting for the relay or its turn. */
  WAITING(false),
  /** Bytes flow. */
  ACTIVE(false),
  /** Stopped by its owner. */
  PAUSED(false),
  /** Sent whole: the relay keeps it for those who have not fetched it. */
  AT_RELAY(false),
  /** Verified and under its name (received), or every receiver said so (sent). */
  DONE(true),
  /** The other side does not want it. */
  DECLINED(true),
  /** Withdrawn. */
  CANCELLED(true),
  /** Ended by a fault. */
  FAILED(true);

  private final boolean ended;

  TransferState(boolean ended) {
    this.ended = ended;
  }

  /** Whether nothing more happens to it by itself. */
  public boolean ended() {
    return ended;
  }
}
