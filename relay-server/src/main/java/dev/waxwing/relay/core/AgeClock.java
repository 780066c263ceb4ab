package dev.waxwing.relay.core;

/**
 * The date by which mail and files are too old. What goes for its age is gone for good, so a clock
 * that leapt forward is not believed at once: only after it has stood like that for a day, and for
 * an hour where nothing is known of it, at the start. Until then the date goes on from where it
 * was. A clock that was set back is believed at once: that lets things stay longer, but for what is
 * stamped while it is behind.
 */
public final class AgeClock {
  /** Further ahead than this, beyond what passed by itself, is a leap. */
  public static final long LEAP_MILLIS = 3_600_000;

  /** How long a clock that leapt has to stand before it is believed. */
  public static final long STANDS_MILLIS = 24 * LEAP_MILLIS;

  /** How long the clock that was found at the start has to stand. */
  public static final long START_MILLIS = LEAP_MILLIS;

  private static final long NONE = Long.MIN_VALUE / 4;

  // How far the clock is ahead of the steady one, as it is believed and as it is doubted.
  private long believed = NONE;
  private long doubted = NONE;
  private long doubtedUntil;

  /**
   * Takes what the clocks say; to be told about every minute at least.
   *
   * @return milliseconds since 1970; long before that while no clock is believed
   */
  public long date(Moment moment) {
    long ahead = moment.clock() - moment.steady();
    if (ahead - believed <= LEAP_MILLIS) {
      believe(ahead);
    } else if (doubted == NONE) {
      doubted = ahead;
      doubtedUntil = moment.steady() + (believed == NONE ? START_MILLIS : STANDS_MILLIS);
    } else if (ahead - doubted > LEAP_MILLIS) {
      doubted = ahead;
      doubtedUntil = moment.steady() + STANDS_MILLIS;
    } else if (moment.steady() >= doubtedUntil) {
      believe(ahead);
    } else {
      doubted = Math.min(doubted, ahead);
    }
    return moment.steady() + believed;
  }

  private void believe(long ahead) {
    believed = ahead;
    doubted = NONE;
  }
}
