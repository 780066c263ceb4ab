package dev.waxwing.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A TCP proxy in front of the relay that lets a connection pass so many bytes and then holds it:
 * neither read on nor closed, as a network that has stopped. Control connections need little, so a
 * budget of megabytes stops files alone.
 */
final class Gate implements AutoCloseable {
  /** Where bytes go, seen from the peer. */
  enum Way {
    UP,
    DOWN
  }

  private final ServerSocket server;
  private final int target;
  private final List<Socket> sockets = new ArrayList<>();
  private final long[] passed = new long[Way.values().length];
  private final long[] budget = {Long.MAX_VALUE, Long.MAX_VALUE};
  private int held;

  Gate(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    run(this::accept, "gate");
  }

  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** From here on each connection may pass so many bytes, counted from its beginning. */
  synchronized void limit(Way way, long bytes) {
    budget[way.ordinal()] = bytes;
    notifyAll();
  }

  /** No limits. */
  void open() {
    limit(Way.UP, Long.MAX_VALUE);
    limit(Way.DOWN, Long.MAX_VALUE);
  }

  /** Bytes that passed since the last {@link #reset}. */
  synchronized long passed(Way way) {
    return passed[way.ordinal()];
  }

  synchronized void reset() {
    passed[0] = 0;
    passed[1] = 0;
  }

  /** Waits until a connection has used up its budget. */
  synchronized void awaitHeld(long seconds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (held == 0) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError(
            "nothing came to the gate's limit; passed "
                + passed[0]
                + " up, "
                + passed[1]
                + " down");
      }
      wait(left);
    }
  }

  /** Cuts every connection. */
  void sever() {
    List<Socket> all;
    synchronized (this) {
      all = List.copyOf(sockets);
      sockets.clear();
    }
    all.forEach(Gate::shut);
    synchronized (this) {
      notifyAll();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket peer = server.accept();
        Socket relay = dial(peer);
        if (relay != null) {
          synchronized (this) {
            sockets.add(peer);
            sockets.add(relay);
          }
          run(() -> pump(peer, relay, Way.UP), "gate up");
          run(() -> pump(relay, peer, Way.DOWN), "gate down");
        }
      } catch (IOException e) {
        return;
      }
    }
  }

  /** A relay that is away closes the peer's connection at once. */
  private Socket dial(Socket peer) {
    try {
      return new Socket(InetAddress.getLoopbackAddress(), target);
    } catch (IOException e) {
      shut(peer);
      return null;
    }
  }

  private void pump(Socket from, Socket to, Way way) {
    byte[] buffer = new byte[1 << 16];
    long done = 0;
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      while (true) {
        int room = room(way, done, buffer.length, from);
        int read = room < 0 ? -1 : in.read(buffer, 0, room);
        if (read < 0) {
          return;
        }
        out.write(buffer, 0, read);
        done += read;
        count(way, read);
      }
    } catch (IOException | InterruptedException e) {
      // Either end is gone: so is the other.
      return;
    }
  }

  private synchronized void count(Way way, int bytes) {
    passed[way.ordinal()] += bytes;
  }

  private synchronized int room(Way way, long done, int most, Socket socket)
      throws InterruptedException {
    if (done >= budget[way.ordinal()]) {
      held++;
      notifyAll();
      try {
        while (done >= budget[way.ordinal()] && !socket.isClosed()) {
          wait(1_000);
        }
      } finally {
        held--;
      }
    }
    return socket.isClosed() ? -1 : (int) Math.min(most, budget[way.ordinal()] - done);
  }

  private static void shut(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      return;
    }
  }

  private static void run(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    sever();
  }
}
