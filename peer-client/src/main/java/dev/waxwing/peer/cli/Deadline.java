package dev.waxwing.peer.cli;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The moment a command gives up. */
final class Deadline {
  private final InstantSource clock;
  private final long at;

  private Deadline(InstantSource clock, long at) {
    this.clock = clock;
    this.at = at;
  }

  /** After a span from now; never when there is none. */
  static Deadline after(InstantSource clock, @Nullable Span span) {
    return new Deadline(clock, span == null ? Long.MAX_VALUE : clock.millis() + span.millis());
  }

  /** Milliseconds left, at most {@code most}, never negative. */
  long left(long most) {
    return at == Long.MAX_VALUE ? most : Math.max(0, Math.min(most, at - clock.millis()));
  }

  /** Whether it has come. */
  boolean passed() {
    return at != Long.MAX_VALUE && clock.millis() >= at;
  }
}
