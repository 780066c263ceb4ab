package dev.waxwing.relay.store;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer. Takes all that waits, up to {@link #MAX_BATCH}, into one transaction, commits
 * it with one fsync, and only then tells each that it is done (group commit).
 *
 * <p>Work that fails undoes only itself. That costs nothing as long as it fails before it writes,
 * as refusals do; otherwise the whole transaction is undone and run again with a savepoint a piece.
 */
public final class StoreThread implements AutoCloseable {
  /** Most work in one transaction. */
  public static final int MAX_BATCH = 256;

  /** Without work for this long the store does its upkeep. */
  private static final long IDLE_MILLIS = 500;

  /** The bit in {@link #waiting} that says no more work is taken. */
  private static final long CLOSED = 1L << 62;

  private static final Logger LOG = LoggerFactory.getLogger(StoreThread.class);

  private final StoreEngine store;
  private final Limits limits;
  private final LinkedBlockingQueue<Piece<?>> queue = new LinkedBlockingQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicReference<@Nullable Snapshot> wanted = new AtomicReference<>();
  private final StoreTimings timings = new StoreTimings();
  private final Thread thread;

  private StoreThread(StoreEngine store, Limits limits) {
    this.store = store;
    this.limits = limits;
    this.thread = new Thread(this::work, "store");
  }

  /** Starts the thread; it owns the store from here on. */
  public static StoreThread start(StoreEngine store, Limits limits) {
    StoreThread started = new StoreThread(store, limits);
    started.thread.start();
    return started;
  }

  /**
   * Queues work; from any thread.
   *
   * @param bytes what the work holds in memory, for the queue's limit
   * @throws Fault STORE_BUSY when the queue is full, RELAY_DRAINING after {@link #close},
   *     STORE_STOPPED or STORE_CORRUPT when the store has failed
   */
  public <T> void submit(long bytes, StoreWork<T> work, StoreDone<T> done) {
    Fault ended = ended();
    if (ended != null) {
      throw ended;
    }
    long before = waiting.getAndIncrement();
    if ((before & CLOSED) != 0) {
      waiting.decrementAndGet();
      throw new Fault(FaultCode.RELAY_DRAINING, "the relay is ending");
    }
    // One piece is let in however large it is, else it could never be done.
    if (before >= limits.items || (waitingBytes.addAndGet(bytes) > limits.bytes && before > 0)) {
      if (before < limits.items) {
        waitingBytes.addAndGet(-bytes);
      }
      waiting.decrementAndGet();
      timings.refused();
      throw new Fault(FaultCode.STORE_BUSY, "too much waits for the relay's disk");
    }
    queue.add(new Piece<>(bytes, work, done));
  }

  /**
   * Has the store copied into a new file, between two transactions; all other work waits for it.
   *
   * @param into where nothing or an empty file is
   * @throws Fault STORE_BUSY while another copy is made, and as {@link #submit}
   */
  public void snapshot(Path into, StoreDone<Path> done) {
    Snapshot snapshot = new Snapshot(into, done);
    if (!wanted.compareAndSet(null, snapshot)) {
      throw new Fault(FaultCode.STORE_BUSY, "a copy of the store is being made already");
    }
    try {
      // Wakes the thread, which looks for a wish after each batch.
      submit(0, store -> true, StoreDone.of(woken -> {}, failed -> {}));
    } catch (Fault e) {
      wanted.compareAndSet(snapshot, null);
      throw e;
    }
  }

  /** Whether the store still takes work; any thread. */
  public StoreEngine.State state() {
    return store.state();
  }

  /** Counters since the start; any thread. */
  public StoreTimings timings() {
    return timings;
  }

  /** Pieces of work that wait; any thread. */
  public long waiting() {
    return waiting.get() & ~CLOSED;
  }

  /** Takes no more work, finishes what waits, closes the store. Not from the store thread. */
  @Override
  public void close() {
    // The last piece wakes the thread.
    if ((waiting.getAndUpdate(count -> (count & CLOSED) != 0 ? count : (count | CLOSED) + 1)
            & CLOSED)
        == 0) {
      queue.add(new Piece<>(0, all -> true, StoreDone.of(done -> {}, failed -> {})));
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    List<Piece<?>> batch = new ArrayList<>();
    while (waiting.get() != CLOSED) {
      Piece<?> first = next();
      if (first == null) {
        upkeep(StoreEngine.Upkeep.IDLE);
        continue;
      }
      batch.add(first);
      queue.drainTo(batch, MAX_BATCH - 1);
      together(batch);
      for (Piece<?> piece : batch) {
        waitingBytes.addAndGet(-piece.bytes);
        waiting.decrementAndGet();
        piece.tell();
      }
      batch.clear();
      snapshot();
      upkeep(StoreEngine.Upkeep.BUSY);
    }
    store.close();
  }

  private @Nullable Piece<?> next() {
    try {
      return queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Nobody has reason to; work goes on until close().
      return null;
    }
  }

  private void snapshot() {
    Snapshot snapshot = wanted.get();
    if (snapshot == null) {
      return;
    }
    Piece<Path> piece = new Piece<>(0, all -> snapshot.into, snapshot.done);
    try {
      store.snapshot(snapshot.into);
      piece.run(store);
    } catch (Fault e) {
      piece.fail(e);
    }
    wanted.set(null);
    piece.tell();
  }

  private void upkeep(StoreEngine.Upkeep when) {
    try {
      store.upkeep(when);
    } catch (Fault e) {
      LOG.error("the store has failed: {}", e.what());
    }
  }

  /** All in one transaction, first without savepoints. */
  private void together(List<Piece<?>> batch) {
    Fault failed = transaction(batch, false);
    if (failed == AGAIN) {
      failed = transaction(batch, true);
    }
    if (failed != null && failed.code() == FaultCode.DISK_FULL && batch.size() > 1) {
      // What only reads, or makes room, may still succeed.
      batch.forEach(piece -> together(List.of(piece)));
    } else if (failed != null) {
      Fault reason = failed;
      batch.forEach(piece -> piece.fail(reason));
    }
  }

  /** Says that a piece failed after writing, so that all must be run again with savepoints. */
  private static final Fault AGAIN = new Fault(FaultCode.INTERNAL, "run again");

  /** Runs a batch and commits; null when it is committed, the fault of all of it otherwise. */
  private @Nullable Fault transaction(List<Piece<?>> batch, boolean marked) {
    try {
      store.begin();
      for (Piece<?> piece : batch) {
        long before = store.changes();
        if (marked) {
          store.mark();
        }
        piece.run(store);
        Fault fault = piece.fault;
        if (fault != null
            && (batch.size() == 1 || fault.code() == FaultCode.DISK_FULL || ended() != null)) {
          // With a full or failed disk SQLite may have undone the whole transaction by itself.
          store.rollback();
          return fault;
        }
        if (marked && fault != null) {
          store.rollbackToMark();
        } else if (marked) {
          store.releaseMark();
        } else if (fault != null && store.changes() != before) {
          store.rollback();
          return AGAIN;
        }
      }
      long from = System.nanoTime();
      store.commit();
      timings.committed(batch.size(), (System.nanoTime() - from) / 1000);
      return null;
    } catch (Fault e) {
      store.rollback();
      timings.failed();
      return e;
    }
  }

  private @Nullable Fault ended() {
    return switch (store.state()) {
      case OPEN -> null;
      case STOPPED -> new Fault(FaultCode.STORE_STOPPED, "the store has stopped");
      case CORRUPT -> new Fault(FaultCode.STORE_CORRUPT, "the store is damaged");
    };
  }

  /** A wish for a copy. */
  private record Snapshot(Path into, StoreDone<Path> done) {}

  /** One piece of work with what became of it. */
  private static final class Piece<T> {
    final long bytes;
    private final StoreWork<T> work;
    private final StoreDone<T> done;
    private @Nullable T result;
    @Nullable Fault fault;

    Piece(long bytes, StoreWork<T> work, StoreDone<T> done) {
      this.bytes = bytes;
      this.work = work;
      this.done = done;
    }

    void run(Store store) {
      fault = null;
      result = null;
      try {
        result = work.run(store);
      } catch (Fault e) {
        fault = e;
      } catch (RuntimeException | Error e) {
        LOG.error("work on the store", e);
        fault = new Fault(FaultCode.INTERNAL, "work on the store failed", e);
      }
    }

    void fail(Fault reason) {
      fault = reason;
    }

    void tell() {
      try {
        T value = result;
        Fault failed = fault;
        if (failed != null) {
          done.failed(failed);
        } else if (value != null) {
          done.done(value);
        } else {
          done.failed(new Fault(FaultCode.INTERNAL, "work on the store had no result"));
        }
      } catch (RuntimeException e) {
        LOG.error("after work on the store", e);
      }
    }
  }

  /**
   * How much may wait.
   *
   * @param items pieces of work
   * @param bytes of memory they hold
   */
  public record Limits(int items, long bytes) {
    /** Room for a burst from many peers: 8192 pieces, 64 MiB. */
    public static final Limits DEFAULT = new Limits(8192, 64L << 20);
  }
}
