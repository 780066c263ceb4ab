package dev.waxwing.peer.api;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Hands events to those who follow them, each on a thread of its own and in order. Whoever falls
 * {@value #LIMIT} events behind gets those, then {@link PeerEvent.Missed}, and nothing more.
 */
final class EventStream implements AutoCloseable {
  static final int LIMIT = 10_000;

  private final List<Follower> followers = new CopyOnWriteArrayList<>();

  Peer.Subscription subscribe(Consumer<PeerEvent> consumer) {
    Follower follower = new Follower(consumer);
    followers.add(follower);
    follower.thread.start();
    return follower;
  }

  void publish(PeerEvent event) {
    for (Follower follower : followers) {
      if (!follower.queue.offer(event)) {
        followers.remove(follower);
        follower.behind = true;
      }
    }
  }

  @Override
  public void close() {
    followers.forEach(Follower::close);
  }

  private final class Follower implements Peer.Subscription {
    private final LinkedBlockingQueue<PeerEvent> queue = new LinkedBlockingQueue<>(LIMIT);
    private final Thread thread;
    private volatile boolean behind;

    Follower(Consumer<PeerEvent> consumer) {
      thread = new Thread(() -> hand(consumer), "events");
      thread.setDaemon(true);
    }

    private void hand(Consumer<PeerEvent> consumer) {
      try {
        boolean over = false;
        while (!over && !Thread.currentThread().isInterrupted()) {
          boolean last = behind;
          PeerEvent event = queue.poll(1, TimeUnit.SECONDS);
          over = event == null && last;
          if (over) {
            consumer.accept(new PeerEvent.Missed());
          } else if (event != null) {
            consumer.accept(event);
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      followers.remove(this);
      thread.interrupt();
    }
  }
}
