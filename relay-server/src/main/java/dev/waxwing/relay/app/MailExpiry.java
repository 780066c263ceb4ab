package dev.waxwing.relay.app;

import dev.waxwing.relay.core.AgeClock;
import dev.waxwing.relay.core.Moment;
import dev.waxwing.relay.store.StoreDone;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Fault;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Removes mail that was not fetched for thirty days: a little at a time, so that other work comes
 * in between, until there is none.
 */
final class MailExpiry {
  /** Rows of one piece of work. */
  static final int AT_ONCE = 100;

  static final long MAX_AGE_MILLIS = Duration.ofDays(30).toMillis();

  private final StoreThread store;
  private final Supplier<Moment> clocks;
  private final LongConsumer done;
  private final AgeClock ages = new AgeClock();

  /**
   * For one store.
   *
   * @param clocks what the clocks say; a leap is not believed at once ({@link AgeClock})
   * @param done told how many rows went, once for each run; on the store's thread
   */
  MailExpiry(StoreThread store, Supplier<Moment> clocks, LongConsumer done) {
    this.store = store;
    this.clocks = clocks;
    this.done = done;
  }

  /** Begins a run, every minute; a store that takes no work now gets it at the next. */
  void run() {
    step(0, ages.date(clocks.get()));
  }

  private void step(long before, long now) {
    try {
      store.submit(
          512,
          open -> open.mailbox().expire(now - MAX_AGE_MILLIS, AT_ONCE, now),
          StoreDone.of(
              count -> {
                if (count == AT_ONCE) {
                  step(before + count, now);
                } else {
                  done.accept(before + count);
                }
              },
              fault -> done.accept(before)));
    } catch (Fault busy) {
      done.accept(before);
    }
  }
}
