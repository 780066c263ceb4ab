package dev.waxwing.relay.app;

import dev.waxwing.relay.core.Moment;
import dev.waxwing.relay.store.StoreDone;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Fault;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Removes mail that was not fetched in thirty days of a running relay: a little at a time, so that
 * other work comes in between, until there is none.
 */
final class MailExpiry {
  /** Rows of one piece of work. */
  static final int AT_ONCE = 100;

  private final StoreThread store;
  private final Supplier<Moment> clocks;
  private final LongConsumer done;

  /**
   * For one store.
   *
   * @param clocks what the clocks say; on the store's thread
   * @param done told how many rows went, once for each run; on the store's thread
   */
  MailExpiry(StoreThread store, Supplier<Moment> clocks, LongConsumer done) {
    this.store = store;
    this.clocks = clocks;
    this.done = done;
  }

  /** Begins a run, every minute; a store that takes no work now gets it at the next. */
  void run() {
    step(0);
  }

  private void step(long before) {
    try {
      store.submit(
          512,
          open -> {
            // As late as the mark it makes: the store may have been busy for long.
            Moment now = clocks.get();
            return open.mailbox().expire(now.ran(), AT_ONCE, now.clock());
          },
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
