package dev.waxwing.peer.api;

import dev.waxwing.peer.session.PeerEffect;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerSession;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The one thread that owns a profile's session and store. Callers wait for their turn; effects are
 * carried out on this thread, in order, after the transaction that caused them.
 */
final class PeerLoop implements AutoCloseable {
  private final PeerStore store;
  private final PeerSession session;
  private final Consumer<PeerEffect> effects;
  private final LongSupplier clock;
  private final ScheduledExecutorService thread;

  PeerLoop(PeerStore store, PeerSession session, Consumer<PeerEffect> effects, LongSupplier clock) {
    this.store = store;
    this.session = session;
    this.effects = effects;
    this.clock = clock;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread owner = new Thread(task, "peer");
              owner.setDaemon(true);
              return owner;
            });
  }

  /**
   * Handles an input and carries out its effects; waits for both.
   *
   * @throws Fault what the input or an effect was refused for; the other effects are carried out
   */
  void input(PeerInput input) {
    call(
        () -> {
          inputHere(input);
          return true;
        });
  }

  /** Runs {@code work} in one transaction; waits for it. */
  <R> R store(Function<PeerStore.Tx, R> work) {
    return call(() -> store.transact(work));
  }

  /** Whether all mail that was delivered is dealt with. */
  boolean settled() {
    return call(session::settled);
  }

  /** A number for a request. */
  int nextRef() {
    return call(session::nextRef);
  }

  /** Does something again and again. */
  void every(long millis, Runnable task) {
    thread.scheduleWithFixedDelay(
        () -> {
          try {
            task.run();
          } catch (Fault fault) {
            // The next round tries again; whoever needs the store meets the same fault.
            return;
          }
        },
        millis,
        millis,
        TimeUnit.MILLISECONDS);
  }

  /** On this thread: handles an input without waiting. */
  void inputHere(PeerInput input) {
    Fault first = null;
    for (PeerEffect effect : session.on(input, clock.getAsLong())) {
      try {
        effects.accept(effect);
      } catch (Fault fault) {
        // What came with it is stored, and nobody will say it a second time.
        first = first == null ? fault : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private <R> R call(Callable<R> work) {
    try {
      return thread.submit(work).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Fault fault) {
        throw new Fault(fault.code(), fault.what(), fault.advice());
      }
      throw new Fault(FaultCode.INTERNAL, "an unexpected failure", e);
    } catch (RejectedExecutionException e) {
      throw new Fault(FaultCode.CANCELLED, "the client is closed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault(FaultCode.CANCELLED, "interrupted", e);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
