package dev.waxwing.peer.cli;

import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way to a command's own thread. Holds 1,024; then the library waits, and when it
 * has waited too long the command ends with EVENTS_MISSED: nobody takes what it says.
 */
final class Events implements AutoCloseable {
  private static final int HELD = 1024;
  private static final long TURN = 250;

  private final BlockingQueue<PeerEvent> queue = new ArrayBlockingQueue<>(HELD);
  private final Peer.Subscription subscription;

  Events(Peer peer) {
    this.subscription =
        peer.subscribe(
            event -> {
              try {
                queue.put(event);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /** The next event; null after a quarter of a second without one. */
  @Nullable PeerEvent next() {
    try {
      return whole(queue.poll(TURN, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** Waits as long for something to happen, where only the state afterwards counts. */
  void await() {
    try {
      queue.poll(TURN, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next event if there is one already. */
  @Nullable PeerEvent now() {
    return whole(queue.poll());
  }

  private static @Nullable PeerEvent whole(@Nullable PeerEvent event) {
    if (event instanceof PeerEvent.Missed) {
      throw new Fault(FaultCode.EVENTS_MISSED, "too much happened while nobody took it from here");
    }
    return event;
  }

  /** Forgets what is waiting, where only the state afterwards counts. */
  void drop() {
    queue.clear();
  }

  @Override
  public void close() {
    // Makes room first: a library thread may be waiting for it.
    queue.clear();
    subscription.close();
    queue.clear();
  }
}
