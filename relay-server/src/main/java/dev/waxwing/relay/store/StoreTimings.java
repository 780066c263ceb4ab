package dev.waxwing.relay.store;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counters of the store thread, for metrics. Written by that thread, except refusals; read by any.
 * Histograms have one bucket a power of two: bucket n counts values below 2^n and not below
 * 2^(n-1).
 */
public final class StoreTimings {
  private static final int BUCKETS = 32;
  private static final int COMMITS = 0;
  private static final int PIECES = 1;
  private static final int COMMIT_MICROS = 2;
  private static final int FAILED = 3;
  private static final int REFUSED = 4;

  private final AtomicLongArray sums = new AtomicLongArray(5);
  private final AtomicLongArray batches = new AtomicLongArray(BUCKETS);
  private final AtomicLongArray micros = new AtomicLongArray(BUCKETS);

  void committed(int pieces, long commitMicros) {
    sums.incrementAndGet(COMMITS);
    sums.addAndGet(PIECES, pieces);
    sums.addAndGet(COMMIT_MICROS, commitMicros);
    batches.incrementAndGet(bucket(pieces));
    micros.incrementAndGet(bucket(commitMicros));
  }

  void failed() {
    sums.incrementAndGet(FAILED);
  }

  void refused() {
    sums.incrementAndGet(REFUSED);
  }

  /** Transactions committed, each with one fsync. */
  public long commits() {
    return sums.get(COMMITS);
  }

  /** Pieces of work in them. */
  public long pieces() {
    return sums.get(PIECES);
  }

  /** Microseconds spent committing. */
  public long commitMicros() {
    return sums.get(COMMIT_MICROS);
  }

  /** Transactions that failed as a whole. */
  public long failures() {
    return sums.get(FAILED);
  }

  /** Pieces of work refused because the queue was full. */
  public long refusals() {
    return sums.get(REFUSED);
  }

  /** How many transactions had how many pieces, by bucket. */
  public long[] batchHistogram() {
    return copy(batches);
  }

  /** How many commits took how many microseconds, by bucket. */
  public long[] commitMicrosHistogram() {
    return copy(micros);
  }

  private static int bucket(long value) {
    return Math.min(BUCKETS - 1, Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, value)));
  }

  private static long[] copy(AtomicLongArray from) {
    long[] copy = new long[from.length()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = from.get(i);
    }
    return copy;
  }
}
