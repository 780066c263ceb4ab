package dev.waxwing.peer.session;

import java.nio.ByteBuffer;

/**
 * The date by which what a profile keeps grows old: it goes with the clock, and a leap of the clock
 * takes it a week further at most (decision 0014). Moves with the store; one thread.
 */
final class Ageing {
  /** What one leap counts for at most. */
  static final long LONGEST_LEAP = 7L * 24 * 3600 * 1000;

  private static final long KEEP_EVERY = 3_600_000;
  private static final String KEPT = "ageing";

  private boolean read;
  private long clock;
  private long date;
  private long kept;

  /** What brings this back to where it is now, when a turn fails. */
  Runnable remember() {
    boolean wasRead = read;
    long clockThen = clock;
    long dateThen = date;
    long keptThen = kept;
    return () -> {
      read = wasRead;
      clock = clockThen;
      date = dateThen;
      kept = keptThen;
    };
  }

  /**
   * The date at a time.
   *
   * @param now milliseconds since 1970, by a clock that may be wrong
   */
  long at(PeerStore.Tx tx, long now) {
    boolean keep = !read && !read(tx, now);
    read = true;
    long passed = now - clock;
    date += Math.min(Math.max(0, passed), LONGEST_LEAP);
    clock = now;
    if (keep || Math.abs(passed) >= KEEP_EVERY || date - kept >= KEEP_EVERY) {
      tx.putValue(KEPT, ByteBuffer.allocate(2 * Long.BYTES).putLong(clock).putLong(date).array());
      kept = date;
    }
    return date;
  }

  /** What an earlier process kept; false for a profile that begins to age now. */
  private boolean read(PeerStore.Tx tx, long now) {
    byte[] bytes = tx.value(KEPT).orElse(null);
    if (bytes == null) {
      clock = now;
      date = now;
      return false;
    }
    ByteBuffer numbers = ByteBuffer.wrap(bytes);
    clock = numbers.getLong();
    date = numbers.getLong();
    kept = date;
    return true;
  }
}
