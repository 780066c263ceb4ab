package dev.waxwing.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One connection through the proxy: two threads, one a direction, each with one buffer. */
final class Passage {
  private final Socket peer;
  private final Socket relay;
  private final Plan plan;
  private final FaultProxy door;
  private final AtomicInteger running = new AtomicInteger(2);

  /** Bytes that were passed on, up and down. */
  final AtomicLong up = new AtomicLong();

  final AtomicLong down = new AtomicLong();

  /** Whatever is read is thrown away. */
  private volatile boolean swallowing;

  private volatile boolean over;

  /** A passage between two open sockets, through a door that hears of its troubles and its end. */
  Passage(FaultProxy door, Socket peer, Socket relay, Plan plan) {
    this.door = door;
    this.peer = peer;
    this.relay = relay;
    this.plan = plan;
  }

  /** Starts passing. */
  void start(SplittableRandom random) {
    SplittableRandom other = random.split();
    FaultProxy.run("up", () -> pump(peer, relay, new Way(plan.up(), up, random)));
    FaultProxy.run("down", () -> pump(relay, peer, new Way(plan.down(), down, other)));
  }

  /** A direction at work. */
  private record Way(Lane lane, AtomicLong passed, SplittableRandom random) {}

  private void pump(Socket from, Socket to, Way way) {
    try {
      carry(from.getInputStream(), to.getOutputStream(), way);
    } catch (IOException e) {
      // An end is gone: so is the other, below.
    } finally {
      close();
      if (running.decrementAndGet() == 0) {
        door.ended(this);
      }
    }
  }

  private void carry(InputStream in, OutputStream out, Way way) throws IOException {
    Lane lane = way.lane();
    byte[] buffer = new byte[Lane.MOST];
    boolean waiting = lane.at() >= 0;
    while (!over) {
      long done = way.passed().get();
      if (waiting && done >= lane.at() && !changes(lane.trouble())) {
        waiting = false;
        happen(lane.trouble());
      }
      int most =
          waiting && done < lane.at() ? (int) Math.min(Lane.MOST, lane.at() - done) : Lane.MOST;
      int read = in.read(buffer, 0, most);
      if (read < 0) {
        return;
      }
      if (swallowing) {
        continue;
      }
      if (waiting && done >= lane.at()) {
        waiting = false;
        door.troubled();
        if (lane.trouble() == Trouble.FLIP) {
          buffer[0] ^= (byte) (1 << way.random().nextInt(8));
        } else {
          write(out, buffer, read, way);
        }
      }
      write(out, buffer, read, way);
    }
  }

  /** Whether a trouble changes what passes rather than whether it passes. */
  private static boolean changes(Trouble trouble) {
    return trouble == Trouble.FLIP || trouble == Trouble.DOUBLE;
  }

  private void write(OutputStream out, byte[] buffer, int length, Way way) throws IOException {
    Lane lane = way.lane();
    if (lane.delayMillis() + lane.jitterMillis() > 0) {
      park(
          TimeUnit.MILLISECONDS.toNanos(
              lane.delayMillis() + way.random().nextInt(lane.jitterMillis() + 1)));
    }
    for (int at = 0; at < length; at += lane.slice()) {
      int slice = Math.min(lane.slice(), length - at);
      out.write(buffer, at, slice);
      out.flush();
      way.passed().addAndGet(slice);
    }
    if (lane.bytesPerSecond() > 0) {
      park(TimeUnit.SECONDS.toNanos(length) / lane.bytesPerSecond());
    }
  }

  private void happen(Trouble trouble) throws IOException {
    door.troubled();
    switch (trouble) {
      case CUT -> {
        swallowing = true;
        finish();
      }
      case RESET -> reset();
      case CUT_AND_RESET -> {
        swallowing = true;
        finish();
        reset();
      }
      case SWALLOW -> swallowing = true;
      case DEAF -> {
        while (!over) {
          park(TimeUnit.MILLISECONDS.toNanos(50));
        }
      }
      case FLIP, DOUBLE -> throw new IllegalStateException("no end: " + trouble);
    }
  }

  private void park(long nanos) {
    long until = System.nanoTime() + nanos;
    while (!over && System.nanoTime() < until) {
      LockSupport.parkNanos(Math.max(1, until - System.nanoTime()));
    }
  }

  private void finish() throws IOException {
    peer.shutdownOutput();
    relay.shutdownOutput();
  }

  /** From now on whatever comes is taken and thrown away. */
  void swallow() {
    swallowing = true;
  }

  /** Ends it with a reset at both ends. */
  void reset() {
    for (Socket socket : new Socket[] {peer, relay}) {
      try {
        socket.setSoLinger(true, 0);
      } catch (IOException e) {
        // Closed already.
      }
    }
    close();
  }

  /** Ends it. */
  void close() {
    over = true;
    FaultProxy.shut(peer);
    FaultProxy.shut(relay);
  }
}
