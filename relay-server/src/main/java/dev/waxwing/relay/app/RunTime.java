package dev.waxwing.relay.app;

import dev.waxwing.relay.core.Moment;
import dev.waxwing.relay.store.StoreDone;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Fault;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What a relay knows of the time: what the clock says, and how long relays on its store have run,
 * on from what was noted there last. Any thread.
 */
final class RunTime implements Supplier<Moment> {
  private final StoreThread store;
  private final long before;
  private final long started = System.nanoTime();

  /**
   * From now on.
   *
   * @throws Fault what the store says
   */
  RunTime(StoreThread store) {
    this.store = store;
    CompletableFuture<Long> ran = new CompletableFuture<>();
    store.submit(
        512, open -> open.mailbox().ran(), StoreDone.of(ran::complete, ran::completeExceptionally));
    this.before = Relay.await(ran);
  }

  @Override
  public Moment get() {
    return new Moment(
        System.currentTimeMillis(),
        before + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
  }

  /** Notes it in the store at the end, so that a relay that never runs for long forgets nothing. */
  void note() {
    try {
      store.submit(
          512,
          open -> {
            open.mailbox().note(get().ran());
            return true;
          },
          StoreDone.of(noted -> {}, fault -> {}));
    } catch (Fault ended) {
      // The store takes nothing more: what it ran since the last mark is forgotten.
      return;
    }
  }
}
