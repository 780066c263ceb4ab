package dev.waxwing.peer.transfer;

import java.util.concurrent.TimeUnit;

/**
 * How long a transfer pauses before it is tried again: longer each time, so that a relay that
 * refuses is not asked without end. A link that was gone and came back, or an attempt that went
 * well for a while, begins anew: on a bad network time with a link is what there is least of.
 */
final class Backoff {
  private static final long FIRST_MILLIS = 500;
  private static final int MOST_DOUBLINGS = 5;
  private static final long WELL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private int failures;

  /**
   * The next pause, in milliseconds.
   *
   * @param away whether the relay was out of reach since
   * @param lastedNanos how long the attempt took that failed
   */
  long next(boolean away, long lastedNanos) {
    if (away || lastedNanos > WELL_NANOS) {
      failures = 0;
    }
    return FIRST_MILLIS << Math.min(failures++, MOST_DOUBLINGS);
  }
}
