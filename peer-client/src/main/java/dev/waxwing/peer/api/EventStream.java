package dev.waxwing.peer.api;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Hands events to those who follow them, each on a thread of its own and in order. Whoever falls
 * {@value #LIMIT} events behind is dropped.
 */
final class EventStream implements AutoCloseable {
  private static final int LIMIT = 10_000;

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
        follower.close();
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

    Follower(Consumer<PeerEvent> consumer) {
      thread =
          new Thread(
              () -> {
                try {
                  while (!Thread.currentThread().isInterrupted()) {
                    consumer.accept(queue.take());
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "events");
      thread.setDaemon(true);
    }

    @Override
    public void close() {
      followers.remove(this);
      thread.interrupt();
    }
  }
}
