package dev.waxwing.simulation;

import dev.waxwing.relay.core.Moment;

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

  /** Beside what it says, what nobody can set. */
  Moment moment() {
    return new Moment(now(), agenda.now());
  }

  void jump(long millis) {
    ahead += millis;
  }
}
