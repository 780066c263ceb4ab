package dev.waxwing.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * A way through the proxy: a port on loopback that leads on to another. Each connection follows the
 * plan that waits for the next one, if any, else the usual plan.
 */
public final class FaultProxy implements AutoCloseable {
  /** Most connections at once; more are closed as they come. */
  private static final int MOST_CONNECTIONS = 64;

  private final ServerSocket server;
  private final int target;
  private final SplittableRandom random;
  private final Queue<Plan> next = new ArrayDeque<>();
  private final List<Passage> open = new ArrayList<>();
  private final List<Socket> mute = new ArrayList<>();
  private final List<Long> connects = new ArrayList<>();
  private Plan usual = Plan.CLEAR;
  private Passage newest;
  private long up;
  private long down;
  private int troubles;

  /**
   * What passed so far.
   *
   * @param connects connections that came
   * @param up bytes passed to the relay, over all of them
   * @param down bytes passed to the peer
   * @param troubles how often a plan's trouble came
   * @param newestUp bytes the newest connection passed up
   * @param newestDown and down
   */
  public record Count(
      int connects, long up, long down, int troubles, long newestUp, long newestDown) {}

  /**
   * Opens a port.
   *
   * @param target the relay's port on loopback
   * @param seed of jitter and flipped bits
   */
  public FaultProxy(int target, long seed) throws IOException {
    this.target = target;
    this.random = new SplittableRandom(seed);
    this.server = new ServerSocket(0, MOST_CONNECTIONS, InetAddress.getLoopbackAddress());
    run("door", this::accept);
  }

  /** Where it listens. */
  public int port() {
    return server.getLocalPort();
  }

  /** The plan of the next connection that has none yet. */
  public synchronized void next(Plan plan) {
    next.add(plan);
  }

  /** The plan of all other connections; those there are keep theirs. */
  public synchronized void usual(Plan plan) {
    usual = plan;
  }

  /** What passed so far. */
  public synchronized Count count() {
    long upNow = up;
    long downNow = down;
    for (Passage passage : open) {
      upNow += passage.up.get();
      downNow += passage.down.get();
    }
    return new Count(
        connects.size(),
        upNow,
        downNow,
        troubles,
        newest == null ? 0 : newest.up.get(),
        newest == null ? 0 : newest.down.get());
  }

  /** When connections came, in nanoseconds of this machine's monotonic clock. */
  public synchronized List<Long> connects() {
    return List.copyOf(connects);
  }

  /** Ends every connection. */
  public void sever() {
    List<Passage> all;
    List<Socket> waiting;
    synchronized (this) {
      all = List.copyOf(open);
      waiting = List.copyOf(mute);
      mute.clear();
    }
    all.forEach(Passage::close);
    waiting.forEach(FaultProxy::shut);
  }

  /** From now on the connections there are pass nothing on, and stay open. */
  public synchronized void swallow() {
    open.forEach(Passage::swallow);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        admit(server.accept());
      } catch (IOException e) {
        return;
      }
    }
  }

  private void admit(Socket peer) {
    Plan plan;
    boolean full;
    synchronized (this) {
      connects.add(System.nanoTime());
      Plan waiting = next.poll();
      plan = waiting == null ? usual : waiting;
      full = open.size() + mute.size() >= MOST_CONNECTIONS;
    }
    if (full || plan.welcome() == Plan.Welcome.REFUSE) {
      shut(peer);
    } else if (plan.welcome() == Plan.Welcome.MUTE) {
      synchronized (this) {
        mute.add(peer);
      }
    } else {
      lead(peer, plan);
    }
  }

  private void lead(Socket peer, Plan plan) {
    try {
      peer.setTcpNoDelay(true);
      Socket relay = new Socket(InetAddress.getLoopbackAddress(), target);
      relay.setTcpNoDelay(true);
      synchronized (this) {
        newest = new Passage(this, peer, relay, plan);
        open.add(newest);
        newest.start(random.split());
      }
    } catch (IOException e) {
      // A relay that is away closes the peer's connection at once.
      shut(peer);
    }
  }

  synchronized void troubled() {
    troubles++;
  }

  synchronized void ended(Passage passage) {
    if (open.remove(passage)) {
      up += passage.up.get();
      down += passage.down.get();
    }
  }

  static void shut(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      return;
    }
  }

  static void run(String name, Runnable work) {
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
