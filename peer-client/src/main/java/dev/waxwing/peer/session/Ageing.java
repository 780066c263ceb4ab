package dev.waxwing.peer.session;

import java.nio.ByteBuffer;

/**
 * The date by which what a profile keeps grows old: it goes with the clock, and a leap of the clock
 * takes it a week further at most, one that only makes good an earlier fall not at all (decision
 * 0014). Moves with the store; one thread.
 */
final class Ageing {
  private static final long KEEP_EVERY = 3_600_000;

  /** What one leap counts for at most: a week, after what may not have been kept before it. */
  static final long LONGEST_LEAP = 7L * 24 * 3600 * 1000 + KEEP_EVERY;

  private static final String KEPT = "ageing";

  private boolean read;
  private long clock;
  private long date;

  /** How far the clock fell back and has not come forward again, and the date of the last fall. */
  private long fallen;

  private long fallenAt;

  private long kept;

  /** What brings this back to where it is now, when a turn fails. */
  Runnable remember() {
    boolean wasRead = read;
    long clockThen = clock;
    long dateThen = date;
    long fallenThen = fallen;
    long fallenAtThen = fallenAt;
    long keptThen = kept;
    return () -> {
      read = wasRead;
      clock = clockThen;
      date = dateThen;
      fallen = fallenThen;
      fallenAt = fallenAtThen;
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
    if (date - fallenAt >= LONGEST_LEAP) {
      fallen = 0;
    }
    if (passed < 0) {
      fallen -= passed;
      fallenAt = date;
    } else {
      date += Math.min(passed - madeGood(passed), LONGEST_LEAP);
    }
    clock = now;
    if (keep || Math.abs(passed) >= KEEP_EVERY || date - kept >= KEEP_EVERY) {
      byte[] numbers = new byte[4 * Long.BYTES];
      ByteBuffer.wrap(numbers).putLong(clock).putLong(date).putLong(fallen).putLong(fallenAt);
      tx.putValue(KEPT, numbers);
      kept = date;
    }
    return date;
  }

  /**
   * What of a step only makes good an earlier fall. A step much shorter than the fall is time that
   * passed, and a fall of long ago was none: a clock that was years ahead never comes back there.
   */
  private long madeGood(long passed) {
    long good = passed >= fallen / 2 ? Math.min(passed, fallen) : 0;
    fallen -= good;
    return good;
  }

  /** What an earlier process kept; false for a profile that begins to age now. */
  private boolean read(PeerStore.Tx tx, long now) {
    byte[] bytes = tx.value(KEPT).orElse(null);
    if (bytes == null) {
      clock = Math.max(0, now);
      date = clock;
      return false;
    }
    ByteBuffer numbers = ByteBuffer.wrap(bytes);
    clock = numbers.getLong();
    date = numbers.getLong();
    fallen = numbers.getLong();
    fallenAt = numbers.getLong();
    kept = date;
    return true;
  }
}
