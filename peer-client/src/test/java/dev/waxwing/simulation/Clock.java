package dev.waxwing.simulation;

/** Somebody's clock: it goes with the agenda, and may jump. */
final class Clock {
  /** When every simulation begins, milliseconds since 1970. */
  static final long START = 1_800_000_000_000L;

  private final Agenda agenda;
  private long ahead;

  Clock(Agenda agenda) {
    this.agenda = agenda;
  }

  long now() {
    return START + agenda.now() + ahead;
  }

  void jump(long millis) {
    ahead += millis;
  }
}
