package dev.waxwing.peer.transfer;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A second thread of one transfer, for what would keep the first one waiting: tasks run in order,
 * and after the first failure none does. Used by the transfer's own thread; whoever gives tasks
 * bounds what they hold.
 */
final class Aside implements AutoCloseable {
  private final ExecutorService thread;
  private volatile @Nullable Fault failure;

  Aside(String name) {
    thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
  }

  /**
   * Runs {@code task} after those before it.
   *
   * @throws Fault the first failure so far
   */
  Future<?> run(Runnable task) {
    check();
    return thread.submit(() -> attempt(task));
  }

  private void attempt(Runnable task) {
    if (failure != null) {
      return;
    }
    try {
      task.run();
    } catch (Fault fault) {
      failure = fault;
    } catch (RuntimeException e) {
      failure = new Fault(FaultCode.INTERNAL, "an unexpected failure", e);
    }
  }

  /**
   * Returns while nothing has failed.
   *
   * @throws Fault the first failure
   */
  void check() {
    Fault first = failure;
    if (first != null) {
      throw new Fault(first.code(), first.what(), first.advice());
    }
  }

  /** Waits for every task given so far. */
  void finish() {
    try {
      run(() -> {}).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault(FaultCode.CANCELLED, "interrupted", e);
    } catch (ExecutionException e) {
      throw new Fault(FaultCode.INTERNAL, "an unexpected failure", e);
    }
    check();
  }

  /** Waits for the task under way and drops the rest; an interrupt would close its files. */
  @Override
  public void close() {
    if (failure == null) {
      failure = new Fault(FaultCode.CANCELLED, "the transfer stopped");
    }
    thread.shutdown();
    boolean interrupted = false;
    while (!thread.isTerminated()) {
      try {
        thread.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
