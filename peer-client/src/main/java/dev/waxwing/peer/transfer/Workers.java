package dev.waxwing.peer.transfer;

import dev.waxwing.message.BlobId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that carry transfers out, as many as the relay gives data connections: one transfer
 * has one of them at most, and what the network interrupted is tried again. Thread-safe.
 */
final class Workers implements AutoCloseable {
  /** How long one that failed has its thread, when others wait: the relay is not asked faster. */
  private static final long LEAST_PAUSE_MILLIS = 2_000;

  /** How often a store is told of a failure that it refuses for no passing reason. */
  private static final int MOST_ROUNDS = 10;

  /** Errands that wait to begin; a relay can ask for them without end. */
  static final int MOST_ERRANDS = 1_000;

  private final Host host;
  private final Work work;
  private final ThreadPoolExecutor threads;

  /** Of their own: they are short, and what stands still keeps nobody from being answered. */
  private final ExecutorService errands;

  private final Set<String> waiting = ConcurrentHashMap.newKeySet();

  private final Map<BlobId, Run> runs = new ConcurrentHashMap<>();
  private volatile boolean closing;

  /** A worker's hold on one transfer. */
  private static final class Run {
    volatile boolean stopped;
    volatile boolean again;
  }

  Workers(Host host, Work work) {
    this.host = host;
    this.work = work;
    this.threads =
        new ThreadPoolExecutor(
            WireLimits.MAX_DATA_CONNECTIONS,
            WireLimits.MAX_DATA_CONNECTIONS,
            0,
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            task -> daemon(task, "transfer"));
    this.errands = Executors.newSingleThreadExecutor(task -> daemon(task, "transfer errands"));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Carries a transfer out as soon as a thread is free; once more, when one has it already. */
  void start(BlobId blob) {
    Run fresh = new Run();
    Run holder =
        runs.compute(
            blob,
            (id, running) -> {
              if (running == null) {
                return fresh;
              }
              running.again = true;
              return running;
            });
    if (holder == fresh) {
      later(threads, () -> carryOut(blob, fresh));
    }
  }

  /** Lets whoever has a transfer know that it is to be left; does not wait for them. */
  void stop(BlobId blob) {
    Run run = runs.get(blob);
    if (run != null) {
      run.stopped = true;
    }
  }

  /**
   * Does something that need not succeed, off the caller's thread.
   *
   * <p>Behind {@value #MOST_ERRANDS} others it is dropped: what must be done is noted in the store,
   * and whoever waits for the rest asks again.
   *
   * @param what names it: while one of that name waits to begin, another is the same
   */
  void errand(String what, Runnable task) {
    if (waiting.size() < MOST_ERRANDS && waiting.add(what)) {
      later(
          errands,
          () -> {
            waiting.remove(what);
            Work.quietly(task);
          });
    }
  }

  /** How many errands wait to begin. */
  int waitingErrands() {
    return waiting.size();
  }

  /** Deletes what came of a transfer that was withdrawn or declined, once nobody writes to it. */
  void discard(BlobId blob) {
    if (!runs.containsKey(blob)) {
      Work.quietly(() -> work.discard(blob));
    }
  }

  /** Does what a transfer sent from here left to do: at once, or when the relay is reached. */
  void tidySent(BlobId blob) {
    Work.quietly(() -> work.tidy(blob));
    start(blob);
  }

  /** The same for one offered to this profile, once nobody writes to it. */
  void tidyReceived(BlobId blob) {
    if (!runs.containsKey(blob)) {
      Work.quietly(() -> work.tidy(blob));
    }
    start(blob);
  }

  /** On a thread, unless everything ends: what is on disk goes on with the next process. */
  private void later(ExecutorService on, Runnable task) {
    if (closing) {
      return;
    }
    try {
      on.execute(
          () -> {
            try {
              task.run();
            } catch (Fault fault) {
              if (!closing) {
                throw fault;
              }
            }
          });
    } catch (RejectedExecutionException e) {
      // Closed in between.
      return;
    }
  }

  private void carryOut(BlobId blob, Run run) {
    try {
      tryUntilOver(blob, run);
    } finally {
      // From then on a start finds no run, and what was asked before is seen.
      runs.remove(blob, run);
      if (run.again && !closing) {
        start(blob);
      } else {
        discard(blob);
      }
    }
  }

  private void tryUntilOver(BlobId blob, Run run) {
    Stopping stopping = new Turn(run);
    Backoff backoff = new Backoff();
    boolean failed = false;
    Fault unnoted = null;
    int rounds = 0;
    while (!run.stopped && !closing) {
      long began = System.nanoTime();
      if (unnoted == null) {
        try {
          work.attempt(blob, stopping);
          return;
        } catch (Fault fault) {
          if (run.stopped || closing) {
            return;
          }
          if (passing(fault)) {
            Work.quietly(() -> work.interrupted(blob, fault));
          } else {
            unnoted = fault;
          }
        } catch (RuntimeException e) {
          // A mistake in the program ends the transfer, which would otherwise stand still for ever.
          unnoted = new Fault(FaultCode.INTERNAL, "an unexpected failure", e);
        }
      }
      if (unnoted != null && noted(blob, unnoted, ++rounds)) {
        unnoted = null;
        if (failed || !owes(blob)) {
          return;
        }
        failed = true;
        continue;
      }
      pause(backoff.next(host.awaitRelay(), System.nanoTime() - began), run);
      if (unnoted == null && othersWait()) {
        // Behind them: it comes to its turn again.
        run.again = true;
        return;
      }
    }
  }

  /** False where the store did not take it that a transfer failed: it is told again. */
  private boolean noted(BlobId blob, Fault fault, int rounds) {
    try {
      work.failed(blob, fault);
      return true;
    } catch (Fault store) {
      return store.code() == FaultCode.TRANSFER_UNKNOWN
          || (!passing(store) && rounds >= MOST_ROUNDS);
    }
  }

  private boolean owes(BlobId blob) {
    try {
      return work.owes(blob);
    } catch (Fault fault) {
      // The store says no more; the next process asks it again.
      return false;
    }
  }

  /**
   * Faults of the way, not of the work: tried again for as long as it takes. Whoever else answers a
   * data connection is on the way, or the relay ended while TLS began: the relay itself is known
   * from the control connection. So is whether it lets this device in: a data connection is refused
   * when the control connection it was asked for on has ended in between.
   */
  static boolean passing(Fault fault) {
    return switch (fault.code()) {
      case NETWORK_UNREACHABLE,
          NOT_TLS,
          NOT_A_RELAY,
          CERTIFICATE_MISMATCH,
          RELAY_TIMEOUT,
          RELAY_DRAINING,
          RELAY_FULL,
          RATE_LIMITED,
          CANCELLED,
          LOGIN_REFUSED,
          LOGIN_REPLACED,
          DISK_FULL,
          STORE_BUSY,
          STORE_STOPPED,
          BLOB_QUOTA,
          FRAME_UNEXPECTED ->
          true;
      default -> false;
    };
  }

  private void pause(long millis, Run run) {
    long began = System.nanoTime();
    long whole = TimeUnit.MILLISECONDS.toNanos(millis);
    long least = TimeUnit.MILLISECONDS.toNanos(LEAST_PAUSE_MILLIS);
    while (System.nanoTime() - began < (othersWait() ? least : whole) && !run.stopped && !closing) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private boolean othersWait() {
    return !threads.getQueue().isEmpty();
  }

  /** What a worker learns while it has a transfer. */
  private final class Turn implements Stopping {
    private final Run run;

    Turn(Run run) {
      this.run = run;
    }

    @Override
    public void check() {
      if (run.stopped || closing) {
        throw new Fault(FaultCode.CANCELLED, "the transfer was stopped");
      }
    }

    @Override
    public boolean othersWait() {
      return Workers.this.othersWait();
    }
  }

  /** Stops every worker; what is under way goes on with the next process. */
  @Override
  public void close() {
    closing = true;
    threads.shutdown();
    errands.shutdown();
    try {
      if (!threads.awaitTermination(3, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
      if (!errands.awaitTermination(1, TimeUnit.SECONDS)) {
        errands.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
