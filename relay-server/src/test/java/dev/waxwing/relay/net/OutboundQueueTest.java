package dev.waxwing.relay.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutboundQueueTest {
  private final List<Long> written = new ArrayList<>();

  /** A socket that is full after some bytes and drains when told to, or in the worst moment. */
  private static final class Socket implements WriteStream<Buffer> {
    private final List<Buffer> taken = new ArrayList<>();
    private final int capacity;
    private int queued;
    private Handler<Void> drain;
    private boolean drainsWhileAsked;

    Socket(int capacity) {
      this.capacity = capacity;
    }

    @Override
    public Future<Void> write(Buffer data) {
      taken.add(data);
      queued += data.length();
      return Future.succeededFuture();
    }

    @Override
    public boolean writeQueueFull() {
      boolean full = queued >= capacity;
      if (full && drainsWhileAsked && drain == null) {
        // The race, as wide as it gets: it drains right after saying that it is full, when nobody
        // has registered yet, and never says so again.
        queued = 0;
      }
      return full;
    }

    void drain() {
      queued = 0;
      Handler<Void> handler = drain;
      drain = null;
      if (handler != null) {
        handler.handle(null);
      }
    }

    @Override
    public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
      drain = handler;
      return this;
    }

    @Override
    public Future<Void> end() {
      return Future.succeededFuture();
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
      return this;
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
      return this;
    }
  }

  @Test
  void aDrainThatHappensBeforeAnybodyListensIsNotLost() {
    Socket socket = new Socket(10);
    socket.drainsWhileAsked = true;
    OutboundQueue queue = queue(socket, 1000);
    for (int i = 0; i < 50; i++) {
      put(queue, 10);
    }
    queue.flush();
    // The first frame filled the socket and its drain was silent: without asking again, one only.
    assertEquals(2, socket.taken.size());
    while (queue.waiting() > 0) {
      socket.drain();
    }
    assertEquals(50, socket.taken.size());
  }

  @Test
  void whatTheSocketDoesNotTakeWaitsForItsDrain() {
    Socket socket = new Socket(20);
    OutboundQueue queue = queue(socket, 1000);
    for (int i = 0; i < 5; i++) {
      put(queue, 10);
    }
    queue.flush();
    assertEquals(2, socket.taken.size());
    socket.drain();
    assertEquals(4, socket.taken.size());
    socket.drain();
    assertEquals(5, socket.taken.size());
    assertEquals(List.of(14L, 14L, 7L), written);
  }

  @Test
  void framesKeepTheirOrderUnderRandomDrains() {
    long seed = System.nanoTime();
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    Socket socket = new Socket(100);
    OutboundQueue queue = queue(socket, 1_000_000);
    int next = 0;
    while (next < 2000) {
      if (random.nextInt(4) == 0) {
        socket.drainsWhileAsked = random.nextBoolean();
        socket.drain();
      } else {
        Buffer frame = Buffer.buffer().appendInt(next++).appendBytes(new byte[random.nextInt(60)]);
        assertTrue(queue.reserve(frame.length()));
        queue.add(frame, 1);
        queue.flush();
      }
    }
    while (queue.waiting() > 0) {
      socket.drain();
    }
    for (int i = 0; i < next; i++) {
      assertEquals(i, socket.taken.get(i).getInt(0));
    }
    assertEquals(2000, written.stream().mapToLong(Long::longValue).sum());
  }

  @Test
  void aFullQueueRefusesAndTakesAgainWhenThereIsRoom() {
    Socket socket = new Socket(1);
    OutboundQueue queue = queue(socket, 25);
    put(queue, 10);
    put(queue, 10);
    assertFalse(queue.reserve(10));
    assertEquals(20, queue.waiting());
    queue.flush();
    socket.drain();
    assertTrue(queue.reserve(10));
  }

  @Test
  void waitersRunWhenEverythingIsWrittenAndWhenTheSocketIsGone() {
    Socket socket = new Socket(10);
    OutboundQueue queue = queue(socket, 1000);
    List<String> ran = new ArrayList<>();
    queue.whenEmpty(() -> ran.add("at once"));
    put(queue, 10);
    put(queue, 10);
    queue.flush();
    queue.whenEmpty(() -> ran.add("drained"));
    assertEquals(List.of("at once"), ran);
    socket.drain();
    assertEquals(List.of("at once", "drained"), ran);
    put(queue, 10);
    queue.whenEmpty(() -> ran.add("closed"));
    queue.close();
    assertEquals(List.of("at once", "drained", "closed"), ran);
    queue.flush();
    assertEquals(2, socket.taken.size());
  }

  private OutboundQueue queue(Socket socket, long limit) {
    return new OutboundQueue(socket, limit, written::add);
  }

  private static void put(OutboundQueue queue, int bytes) {
    assertTrue(queue.reserve(bytes));
    queue.add(Buffer.buffer(new byte[bytes]), bytes - 3);
  }
}
