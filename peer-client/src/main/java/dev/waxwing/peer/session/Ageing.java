package dev.waxwing.peer.session;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;

/**
 * The date by which what a profile keeps grows old: it goes with the clock, and a leap of the clock
 * takes it a week further at most, one that only makes good an earlier fall not at all (decision
 * 0014). Moves with the store; one thread.
 */
final class Ageing {
  private static final long KEEP_EVERY = 3_600_000;

  /** What one leap counts for at most: a week, after what may not have been kept before it. */
  static final long LONGEST_LEAP = 7L * 24 * 3600 * 1000 + KEEP_EVERY;

  private static final int MOST_FALLS = 8;
  private static final String KEPT = "ageing";

  private boolean read;
  private long clock;
  private long date;
  private long kept;

  /** Where the clock fell back and has not come forward again, the newest first. */
  private Deque<Fall> falls = new ArrayDeque<>();

  /** How far it fell, and at which date. */
  private record Fall(long millis, long date) {}

  /** What brings this back to where it is now, when a turn fails. */
  Runnable remember() {
    boolean wasRead = read;
    long clockThen = clock;
    long dateThen = date;
    long keptThen = kept;
    Deque<Fall> fallsThen = new ArrayDeque<>(falls);
    return () -> {
      read = wasRead;
      clock = clockThen;
      date = dateThen;
      kept = keptThen;
      falls = fallsThen;
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
    falls.removeIf(fall -> date - fall.date() >= LONGEST_LEAP);
    if (passed < 0) {
      fell(-passed);
    } else {
      date += Math.min(withoutMadeGood(passed), LONGEST_LEAP);
    }
    clock = now;
    if (keep || Math.abs(passed) >= KEEP_EVERY || date - kept >= KEEP_EVERY) {
      tx.putValue(KEPT, encoded());
      kept = date;
    }
    return date;
  }

  private void fell(long millis) {
    falls.addFirst(new Fall(millis, date));
    if (falls.size() > MOST_FALLS) {
      // A small one is missed least.
      falls.remove(Collections.min(falls, Comparator.comparingLong(Fall::millis)));
    }
  }

  /**
   * What of a step does not only make good an earlier fall. A step much shorter than the fall is
   * time that passed, and a fall of long ago was none: a clock that was years ahead never comes
   * back there.
   */
  private long withoutMadeGood(long passed) {
    long left = passed;
    while (!falls.isEmpty() && left >= falls.getFirst().millis() / 2) {
      Fall fall = falls.removeFirst();
      if (fall.millis() > left) {
        falls.addFirst(new Fall(fall.millis() - left, fall.date()));
        return 0;
      }
      left -= fall.millis();
    }
    return left;
  }

  private byte[] encoded() {
    byte[] bytes = new byte[(2 + 2 * falls.size()) * Long.BYTES];
    ByteBuffer numbers = ByteBuffer.wrap(bytes).putLong(clock).putLong(date);
    falls.forEach(fall -> numbers.putLong(fall.millis()).putLong(fall.date()));
    return bytes;
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
    kept = date;
    while (numbers.remaining() >= 2 * Long.BYTES) {
      falls.addLast(new Fall(numbers.getLong(), numbers.getLong()));
    }
    return true;
  }
}
