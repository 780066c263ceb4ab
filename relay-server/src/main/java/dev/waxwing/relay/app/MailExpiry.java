package dev.waxwing.relay.app;

import dev.waxwing.relay.store.StoreDone;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Fault;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Removes mail that was not fetched for thirty days: a little at a time, so that other work comes
 * in between, until there is none.
 */
final class MailExpiry {
  /** Rows of one piece of work. */
  static final int AT_ONCE = 100;

  static final long MAX_AGE_MILLIS = Duration.ofDays(30).toMillis();

  private final StoreThread store;
  private final LongSupplier clock;
  private final LongConsumer done;

  /**
   * For one store.
   *
   * @param clock milliseconds since 1970
   * @param done told how many rows went, once for each run; on the store's thread
   */
  MailExpiry(StoreThread store, LongSupplier clock, LongConsumer done) {
    this.store = store;
    this.clock = clock;
    this.done = done;
  }

  /** Begins a run; a store that takes no work now gets it at the next. */
  void run() {
    step(0);
  }

  private void step(long before) {
    long now = clock.getAsLong();
    try {
      store.submit(
          512,
          open -> open.mailbox().expire(now - MAX_AGE_MILLIS, AT_ONCE, now),
          StoreDone.of(
              count -> {
                if (count == AT_ONCE) {
                  step(before + count);
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
