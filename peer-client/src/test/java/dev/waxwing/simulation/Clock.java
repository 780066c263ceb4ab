package dev.waxwing.simulation;

/** Somebody's clock: it goes with the agenda, and may jump. */
final class Clock {
  /** When every simulation begins, milliseconds since 1970. */
  static final long START = 1_800_000_000_000L;

  /** What a peer believes of one leap at most. */
  private static final long LONGEST_LEAP = (7L * 24 + 1) * 3_600_000;

  private static final long MONTH = 30L * 24 * 3_600_000;

  private final Agenda agenda;
  private long ahead;
  private long farthest;
  private long aged;

  Clock(Agenda agenda) {
    this.agenda = agenda;
  }

  long now() {
    return START + agenda.now() + ahead;
  }

  void jump(long millis) {
    ahead += millis;
    aged += Math.min(Math.max(0, ahead - farthest), LONGEST_LEAP);
    farthest = Math.max(farthest, ahead);
  }

  /** Whether a peer with this clock may have given up what it keeps for thirty days. */
  boolean isMonthAhead() {
    return aged + agenda.now() >= MONTH;
  }
}
