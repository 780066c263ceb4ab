package dev.waxwing.system;

import dev.waxwing.local.LocalClient;
import dev.waxwing.network.ProxyProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A relay, a proxy before it, and pairs of people behind doors of their own. */
final class NetworkRig implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  final RelayProgram relay;
  final ProxyProcess proxy;
  final List<NetworkPair> pairs = new ArrayList<>();
  private final Stage stage;

  /** What one pair does in one case. */
  interface Case {
    void run(NetworkPair pair) throws Exception;
  }

  NetworkRig(Path root, int pairs, long seed) throws Exception {
    stage = new Stage(root);
    relay = RelayProgram.serve(stage, "relay", 0, "--max-per-address", "1000");
    proxy = ProxyProcess.start(seed);
    for (int i = 0; i < pairs; i++) {
      this.pairs.add(new NetworkPair(relay, proxy, root, i));
    }
  }

  Stage stage() {
    return stage;
  }

  /** Carries cases out, each by whichever pair is free; the first failure ends it. */
  void carryOut(List<Case> cases) throws Exception {
    Queue<Case> waiting = new ConcurrentLinkedQueue<>(cases);
    ExecutorService threads = Executors.newFixedThreadPool(pairs.size());
    try {
      List<Future<?>> all = new ArrayList<>();
      for (NetworkPair pair : pairs) {
        all.add(
            threads.submit(
                () -> {
                  for (Case next = waiting.poll(); next != null; next = waiting.poll()) {
                    next.run(pair);
                  }
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Waits until every message at the relay was acknowledged; returns how many were not. */
  int mailLeft() {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    int left = waiting();
    while (left > 0 && System.nanoTime() < until) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      left = waiting();
    }
    return left;
  }

  private int waiting() {
    return relay.ask("status", LocalClient.args()).get("mailWaiting").asInt();
  }

  @Override
  public void close() throws Exception {
    pairs.forEach(NetworkPair::close);
    proxy.close();
    stage.close();
  }
}
