package dev.waxwing.peer.transfer;

import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Plaintext that comes piece by piece and cannot be read twice. Parts are remembered until the
 * relay keeps them, at most {@value #MOST_PARTS}; the writer waits while there is no room. One
 * thread writes, one reads.
 */
final class StreamParts implements PartSource {
  /** More than the relay's window for one live blob, so that it is the relay that spills. */
  static final int MOST_PARTS = 40;

  private static final byte[] END = new byte[0];
  private static final long POLL_MILLIS = 200;

  // Owned by the writer.
  private ByteBuffer filling = ByteBuffer.allocate(AgeWriter.PART_PLAINTEXT);

  // Between the two: one part of look-ahead says which is the last.
  private final BlockingQueue<byte[]> written = new ArrayBlockingQueue<>(2);

  // Owned by the reader.
  private final ArrayDeque<byte[]> remembered = new ArrayDeque<>();
  private long first;
  private byte @Nullable [] next;
  private byte @Nullable [] ahead;
  private boolean ended;

  private volatile boolean whole;
  private volatile long moved = System.nanoTime();
  private volatile boolean closed;
  private volatile @Nullable Fault failed;

  /** Appends; waits for room. */
  void write(byte[] data) {
    moved = System.nanoTime();
    for (int from = 0; from < data.length; ) {
      int length = Math.min(filling.remaining(), data.length - from);
      filling.put(data, from, length);
      from += length;
      if (!filling.hasRemaining()) {
        hand(filling.array());
        filling = ByteBuffer.allocate(AgeWriter.PART_PLAINTEXT);
      }
    }
  }

  /** Ends the stream. */
  void end() {
    whole = true;
    moved = System.nanoTime();
    if (filling.position() > 0) {
      hand(Arrays.copyOf(filling.array(), filling.position()));
    }
    hand(END);
  }

  /** Nanoseconds since a byte was written, or one taken. */
  long still() {
    return System.nanoTime() - moved;
  }

  /** Whether its writer has ended it. */
  boolean whole() {
    return whole;
  }

  /** The upload ended without taking everything: neither writer nor reader waits any more. */
  void fail(Fault fault) {
    failed = fault;
    closed = true;
  }

  /** Why nobody goes on. */
  private Fault why() {
    Fault fault = failed;
    return fault == null
        ? new Fault(FaultCode.CANCELLED, "the transfer was ended")
        : new Fault(fault.code(), fault.what(), fault.advice());
  }

  private void hand(byte[] part) {
    try {
      while (!written.offer(part, POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        if (closed) {
          throw why();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault(FaultCode.CANCELLED, "interrupted", e);
    }
  }

  @Override
  public boolean read(long part, ByteBuffer into) {
    int index = (int) (part - first);
    if (index < 0 || index > remembered.size()) {
      throw new Fault(
          FaultCode.TRANSFER_NOT_RESUMABLE, "the relay lost what standard input cannot give again");
    }
    if (index == remembered.size()) {
      while (!await(part, POLL_MILLIS)) {
        continue;
      }
      if (next == null || closed) {
        throw why();
      }
      moved = System.nanoTime();
      remembered.add(next);
      ended = ahead == END;
      next = ended ? END : ahead;
      ahead = ended ? END : null;
    }
    byte[] bytes = remembered.stream().skip(index).findFirst().orElse(END);
    into.put(bytes);
    return ended && index == remembered.size() - 1;
  }

  @Override
  public boolean past(long part) {
    return ended && part >= first + remembered.size();
  }

  /** Takes from the writer the part that is next and, to know whether it is the last, the next. */
  @Override
  public boolean await(long part, long millis) {
    if (closed || part < first + remembered.size()) {
      return true;
    }
    try {
      if (next == null) {
        next = written.poll(millis, TimeUnit.MILLISECONDS);
      }
      if (ahead == null && next != null) {
        ahead = next == END ? END : written.poll(millis, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault(FaultCode.CANCELLED, "interrupted", e);
    }
    return ahead != null;
  }

  @Override
  public boolean full(long part) {
    return !closed && remembered.size() >= MOST_PARTS && part >= first + remembered.size();
  }

  @Override
  public void kept(long upTo) {
    while (first < upTo && !remembered.isEmpty()) {
      moved = System.nanoTime();
      remembered.removeFirst();
      first++;
    }
  }

  @Override
  public void verify() {}

  /** The same for another run: closing a run does not end the stream. */
  PartSource reopened() {
    return new PartSource() {
      @Override
      public boolean read(long part, ByteBuffer into) {
        return StreamParts.this.read(part, into);
      }

      @Override
      public boolean await(long part, long millis) {
        return StreamParts.this.await(part, millis);
      }

      @Override
      public boolean past(long part) {
        return StreamParts.this.past(part);
      }

      @Override
      public void verify() {}

      @Override
      public void kept(long upTo) {
        StreamParts.this.kept(upTo);
      }

      @Override
      public boolean full(long part) {
        return StreamParts.this.full(part);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {
    closed = true;
  }
}
