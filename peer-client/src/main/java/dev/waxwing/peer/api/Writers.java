package dev.waxwing.peer.api;

import dev.waxwing.local.LocalCall;
import dev.waxwing.message.BlobId;
import dev.waxwing.wire.Fault;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The processes that write to streams through this one: their streams are read from its memory, and
 * end with it. Thread-safe.
 */
final class Writers implements AutoCloseable {
  /**
   * A stream of which nothing moves for so long keeps nobody: by then a silent connection was given
   * up after 90 s and made anew, and a receiver who stood still let go.
   */
  static final long STILL_NANOS = TimeUnit.MINUTES.toNanos(3);

  /** How long a writer may ask what came of its stream. */
  static final long AFTERWARDS_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Streams streams;
  private final LongSupplier nanos;
  private final Map<BlobId, Writer> writers = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** What is asked of the transfers. */
  interface Streams {
    /** Nanoseconds in which nothing moved; none once all of it is at the relay, or it ended. */
    OptionalLong still(BlobId stream);

    /** Ends what was not ended by its writer. */
    void writerGone(BlobId stream);
  }

  /** One of them. */
  private static final class Writer {
    volatile Runnable untie = () -> {};
    volatile boolean over;
    volatile long overSince;
  }

  Writers(Streams streams, LongSupplier nanos) {
    this.streams = streams;
    this.nanos = nanos;
  }

  /**
   * A stream was opened for whoever made this call.
   *
   * @throws Fault RATE_LIMITED when they have too many, and that one has ended
   */
  void opened(BlobId stream, LocalCall by) {
    writers.keySet().removeIf(this::isDone);
    Writer writer = new Writer();
    writers.put(stream, writer);
    try {
      writer.untie = by.onGone(() -> gone(stream));
    } catch (Fault fault) {
      gone(stream);
      throw fault;
    }
  }

  private void gone(BlobId stream) {
    if (!closed) {
      // It is remembered for a while: this process has to tell how it ended.
      streams.writerGone(stream);
    }
  }

  /** Whether any of them needs this process. */
  boolean needed() {
    return writers.keySet().stream().anyMatch(this::needs);
  }

  private boolean needs(BlobId stream) {
    OptionalLong still = streams.still(stream);
    return still.isPresent() ? still.getAsLong() < STILL_NANOS : !isDone(stream);
  }

  /** Whether a stream has ended, and its writer has had time to learn how. */
  private boolean isDone(BlobId stream) {
    Writer writer = writers.get(stream);
    if (writer == null) {
      return true;
    }
    if (streams.still(stream).isPresent()) {
      return false;
    }
    if (!writer.over) {
      writer.overSince = nanos.getAsLong();
      writer.over = true;
    }
    boolean done = nanos.getAsLong() - writer.overSince >= AFTERWARDS_NANOS;
    if (done) {
      writer.untie.run();
    }
    return done;
  }

  /** From now on nobody's going means anything: this process goes as well. */
  @Override
  public void close() {
    closed = true;
  }
}
