package dev.waxwing.peer.api;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.peer.net.RelayConnection;
import dev.waxwing.peer.net.RelayDialer;
import dev.waxwing.peer.net.RelayTarget;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one control connection: dials, logs in, hands what comes to the loop in batches, and dials
 * again with growing, jittered pauses. A thread of its own; data connections are their caller's.
 */
final class RelayLink implements AutoCloseable {
  private static final long LOGIN_MILLIS = 15_000;
  private static final long DATA_MILLIS = 10_000;
  private static final long IDLE_MILLIS = 500;
  private static final long CLOSE_MILLIS = 2_000;
  private static final int BATCH = 64;
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long STOOD_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int MOST_AFTER_WELCOME = 4;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;

  /** What the link tells its owner. */
  interface Listener {
    /** Logged in: the loop has heard of it already. */
    void online(RelayConnection connection, RelayMessage.Welcome welcome);

    /**
     * So much more mail of this connection is stored, or set aside: what waits for its sender's
     * keys to be looked up is not.
     */
    void delivered(int count);

    /** The connection is gone, or could not be made. */
    void offline(Fault fault, boolean forGood);
  }

  private final RelayDialer dialer;
  private final RelayTarget target;
  private final Identity identity;
  private final Suite suite;
  private final PeerLoop loop;
  private final Listener listener;
  private final RandomGenerator random;
  private final Thread thread;

  /** Whether what ended the last connection is a failure of this device's; this thread's. */
  private boolean hereFailed;

  private volatile boolean closed;
  private volatile @Nullable RelayConnection connection;

  RelayLink(Parts parts, PeerLoop loop, Listener listener) {
    this.dialer = parts.dialer();
    this.target = parts.target();
    this.identity = parts.identity();
    this.suite = parts.suite();
    this.random = parts.random();
    this.loop = loop;
    this.listener = listener;
    this.thread = new Thread(this::run, "relay link");
    this.thread.setDaemon(true);
  }

  /** What a link is made of. */
  record Parts(
      RelayDialer dialer,
      RelayTarget target,
      Identity identity,
      Suite suite,
      RandomGenerator random) {}

  void start() {
    thread.start();
  }

  /** Sends when there is a connection; forgets it otherwise. */
  void transmit(PeerMessage message, byte[] body) {
    RelayConnection now = connection;
    if (now != null) {
      try {
        now.send(message, body);
        if (message instanceof PeerMessage.Ack ack) {
          listener.delivered(ack.mail().size());
        }
      } catch (Fault fault) {
        // The connection is gone: what matters is in the outbox and goes with the next.
        return;
      }
    }
  }

  /**
   * A data connection of this device, beside the control connection.
   *
   * @param token from the relay's {@code DataToken}
   */
  RelayConnection openData(Bytes token) {
    RelayConnection data = dialer.dial(target);
    try {
      data.send(new PeerMessage.Bind(token), new byte[0]);
      if (data.require(DATA_MILLIS).message() instanceof RelayMessage.Bound) {
        return data;
      }
      throw new Fault(FaultCode.RELAY_TIMEOUT, "the relay took no data connection");
    } catch (Fault fault) {
      data.close();
      throw fault;
    }
  }

  private void run() {
    int failures = 0;
    while (!closed) {
      boolean worked = false;
      long began = System.nanoTime();
      hereFailed = false;
      try (RelayConnection fresh = dialer.dial(target)) {
        RelayMessage.Welcome welcome = login(fresh, suite, identity);
        worked = true;
        connection = fresh;
        input(new PeerInput.LinkUp(welcome));
        listener.online(fresh, welcome);
        while (!closed) {
          List<PeerInput.Incoming> batch = batch(fresh);
          if (!batch.isEmpty()) {
            input(new PeerInput.Received(batch));
          }
        }
      } catch (Fault fault) {
        connection = null;
        if (worked) {
          downQuietly();
        }
        boolean forGood = hereFailed ? lost(fault.code()) : forGood(fault.code());
        listener.offline(fault, forGood);
        if (forGood) {
          return;
        }
        failures = after(worked, System.nanoTime() - began, failures);
        pause(failures);
      }
    }
  }

  private void input(PeerInput input) {
    try {
      loop.input(input);
    } catch (Fault fault) {
      hereFailed = true;
      throw fault;
    }
  }

  private void downQuietly() {
    try {
      loop.input(new PeerInput.LinkDown());
    } catch (Fault fault) {
      // The store failed; the next link begins with what is on disk.
      return;
    }
  }

  private static List<PeerInput.Incoming> batch(RelayConnection from) {
    List<PeerInput.Incoming> batch = new ArrayList<>();
    RelayConnection.Received received = from.receive(IDLE_MILLIS);
    while (received != null) {
      batch.add(new PeerInput.Incoming(received.message(), received.frame().body()));
      received = batch.size() < BATCH ? from.receive(0) : null;
    }
    return batch;
  }

  static RelayMessage.Welcome login(RelayConnection on, Suite suite, Identity identity) {
    Bytes signature =
        on.transcript().signAsDevice(suite.signing(), identity.signing(), identity.address());
    on.send(
        new PeerMessage.Login(identity.user(), identity.address().device(), signature),
        new byte[0]);
    return welcome(on);
  }

  static RelayMessage.Welcome welcome(RelayConnection on) {
    RelayMessage answer = on.require(LOGIN_MILLIS).message();
    if (answer instanceof RelayMessage.Welcome welcome) {
      return welcome;
    }
    if (answer instanceof RelayMessage.Refused refusal) {
      throw new Fault(refusal.code(), refusal.detail());
    }
    throw new Fault(FaultCode.NOT_A_RELAY, "the relay answered something else than was asked");
  }

  /**
   * Failures to reckon the next pause with. A link that stood for a while begins anew; one that a
   * relay ends as soon as it stands is not made again without end, and yet soon.
   */
  static int after(boolean worked, long lastedNanos, int failures) {
    if (worked && lastedNanos > STOOD_NANOS) {
      return 0;
    }
    return worked ? Math.min(failures + 1, MOST_AFTER_WELCOME) : failures + 1;
  }

  /** Whether dialing again is of no use, after what the relay said or showed. */
  private static boolean forGood(FaultCode code) {
    return switch (code) {
      case LOGIN_REFUSED, LOGIN_REPLACED, KICKED, RELAY_IDENTITY_CHANGED, VERSION_UNKNOWN -> true;
      default -> false;
    };
  }

  /** Whether this device's store is what failed, and will again; a relay's may be mended. */
  private static boolean lost(FaultCode code) {
    return code == FaultCode.PROFILE_CORRUPT || code == FaultCode.STORE_STOPPED;
  }

  private void pause(int failures) {
    long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
    long nanos = TimeUnit.MILLISECONDS.toNanos(longest / 2 + random.nextLong(longest / 2 + 1));
    long until = System.nanoTime() + nanos;
    while (!closed && System.nanoTime() < until) {
      LockSupport.parkNanos(Math.max(1, until - System.nanoTime()));
    }
  }

  @Override
  public void close() {
    closed = true;
    RelayConnection now = connection;
    if (now != null) {
      now.close();
    }
    LockSupport.unpark(thread);
    try {
      // Whoever closes the event loops next must not meet this thread on them.
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
