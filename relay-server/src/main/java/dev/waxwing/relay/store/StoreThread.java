package dev.waxwing.relay.store;

import dev.waxwing.wire.Fault;

/**
 * The single writer. Takes all that waits, up to {@link #MAX_BATCH}, into one transaction, commits
 * it with one fsync, and only then tells each that it is done (group commit).
 */
public final class StoreThread implements AutoCloseable {
  /** Most work in one transaction. */
  public static final int MAX_BATCH = 256;

  private StoreThread() {}

  /** Starts the thread; it owns the store from here on. */
  public static StoreThread start(StoreEngine store, Limits limits) {
    throw new Fault(dev.waxwing.wire.FaultCode.UNAVAILABLE, "the store thread is not built yet");
  }

  /**
   * Queues work; from any thread.
   *
   * @param bytes what the work holds in memory, for the queue's limit
   * @throws Fault STORE_BUSY when the queue is full, RELAY_DRAINING after {@link #close}
   */
  public <T> void submit(long bytes, StoreWork<T> work, StoreDone<T> done) {
    throw new Fault(dev.waxwing.wire.FaultCode.UNAVAILABLE, "the store thread is not built yet");
  }

  /** Takes no more work, finishes what waits, closes the store. */
  @Override
  public void close() {}

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
