package dev.waxwing.relay.net;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Everything on its way out of one socket, bounded in bytes. The only place that asks the socket
 * whether it is full and the only user of its one drain handler. A socket can become writable
 * between being asked and being listened to, and that wake-up is lost; so after registering it is
 * asked again.
 *
 * <p>{@link #reserve} may be called on any thread; all else on the socket's own context.
 */
final class OutboundQueue {
  /** One frame with what it counts for. */
  private record Entry(Buffer frame, int bodyBytes) {}

  private final WriteStream<Buffer> socket;
  private final long limit;
  private final LongConsumer written;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private final AtomicLong reserved = new AtomicLong();
  private final List<Runnable> waiters = new ArrayList<>();
  private boolean flushing;
  private boolean closed;

  /**
   * A queue in front of {@code socket}.
   *
   * @param limit most bytes of frames that wait
   * @param written told the bytes of the bodies that went to the socket, once for each flush
   */
  OutboundQueue(WriteStream<Buffer> socket, long limit, LongConsumer written) {
    this.socket = socket;
    this.limit = limit;
    this.written = written;
  }

  /**
   * Makes room for a frame that will be {@link #add}ed; false when there is none: the peer does not
   * read, and its connection has to end.
   */
  boolean reserve(int frameBytes) {
    if (reserved.addAndGet(frameBytes) > limit) {
      reserved.addAndGet(-frameBytes);
      return false;
    }
    return true;
  }

  /** Adds a frame for which there is room; {@link #flush} follows. */
  void add(Buffer frame, int bodyBytes) {
    if (!closed) {
      entries.add(new Entry(frame, bodyBytes));
    }
  }

  /** Writes what the socket takes, and the rest when it takes more. */
  void flush() {
    if (flushing) {
      // The drain handler, called while the loop below asks: the loop asks again by itself.
      return;
    }
    flushing = true;
    long bodies = 0;
    int frames = 0;
    while (!closed && !entries.isEmpty() && !full()) {
      Entry entry = entries.remove();
      reserved.addAndGet(-entry.frame.length());
      socket.write(entry.frame);
      bodies += entry.bodyBytes;
      frames++;
    }
    flushing = false;
    if (frames > 0) {
      written.accept(bodies);
    }
    if (entries.isEmpty()) {
      runWaiters();
    }
  }

  /** Whether the socket takes no more for now; then it will call {@link #flush} when it does. */
  private boolean full() {
    if (!socket.writeQueueFull()) {
      return false;
    }
    socket.drainHandler(nothing -> flush());
    // Asked again now that the handler is there: a drain between the two woke nobody.
    return socket.writeQueueFull();
  }

  /** Runs {@code action} once all added so far is with the socket, or the queue is closed. */
  void whenEmpty(Runnable action) {
    waiters.add(action);
    if (entries.isEmpty()) {
      runWaiters();
    }
  }

  /** Bytes of frames that wait or have room reserved. */
  long waiting() {
    return reserved.get();
  }

  /** Whether frames wait for the socket. */
  boolean holdsFrames() {
    return !entries.isEmpty();
  }

  /** Forgets what waits; the socket is gone. */
  void close() {
    closed = true;
    entries.clear();
    runWaiters();
  }

  private void runWaiters() {
    List<Runnable> ready = List.copyOf(waiters);
    waiters.clear();
    ready.forEach(Runnable::run);
  }
}
