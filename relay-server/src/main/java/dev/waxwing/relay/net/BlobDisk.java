package dev.waxwing.relay.net;

import dev.waxwing.message.BlobId;
import dev.waxwing.relay.core.HubEffect;
import dev.waxwing.relay.core.HubEffect.Category;
import dev.waxwing.relay.core.HubEvent;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.event.Level;

/**
 * The blobs' threads: each blob has one of them, so work on a blob is done in order and never waits
 * for another blob's on a different thread. Parts written are forced together when nothing more
 * waits, or after {@link #FORCE_AFTER}. What waits is bounded by the hub: parts by its memory
 * budget, reads by its pacing.
 */
public final class BlobDisk implements AutoCloseable {
  /** Parts of a blob written before they are forced though more work waits. */
  static final int FORCE_AFTER = 8;

  private final BlobStore store;
  private final List<Lane> lanes = new ArrayList<>();
  private volatile Consumer<HubEvent> report = event -> {};

  /** Starts {@code threads} threads over {@code store}, which is theirs from here on. */
  public BlobDisk(BlobStore store, int threads) {
    this.store = store;
    for (int i = 0; i < threads; i++) {
      lanes.add(new Lane("blob-" + i));
    }
    lanes.forEach(Thread::start);
  }

  void reportTo(Consumer<HubEvent> hub) {
    report = hub;
  }

  void write(HubEffect.WritePart effect) {
    lane(effect.blob()).add(lane -> lane.write(effect));
  }

  void read(HubEffect.ReadPart effect) {
    lane(effect.blob()).add(lane -> lane.read(effect));
  }

  void freeBelow(HubEffect.FreeBelow effect) {
    BlobId blob = effect.blob();
    lane(blob).add(lane -> lane.freeBelow(blob, effect.part()));
  }

  void delete(HubEffect.DeleteBlob effect) {
    BlobId blob = effect.blob();
    lane(blob).add(lane -> lane.delete(blob));
  }

  /** Finishes what waits, forces it and closes the store. */
  @Override
  public void close() {
    lanes.forEach(lane -> lane.add(Lane::end));
    for (Lane lane : lanes) {
      try {
        lane.join(TimeUnit.SECONDS.toMillis(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    store.close();
  }

  private Lane lane(BlobId blob) {
    return lanes.get(Math.floorMod(blob.hashCode(), lanes.size()));
  }

  /** One thread with the work of its blobs. */
  private final class Lane extends Thread {
    private final LinkedBlockingQueue<Consumer<Lane>> work = new LinkedBlockingQueue<>();
    private final Map<BlobId, Integer> unforced = new java.util.LinkedHashMap<>();

    /**
     * The part a blob lacks. What waits behind it finds no place on disk, which is no news: told of
     * each, the hub could take it for a part it handed over since.
     */
    private final Map<BlobId, Long> lacking = new HashMap<>();

    private final Set<BlobId> failed = new HashSet<>();
    private boolean ended;

    Lane(String name) {
      super(name);
      setDaemon(true);
    }

    void add(Consumer<Lane> task) {
      work.add(task);
    }

    void end() {
      ended = true;
    }

    @Override
    public void run() {
      try {
        while (!ended) {
          Consumer<Lane> task = work.poll();
          if (task == null) {
            forceAll();
            task = work.take();
          }
          task.accept(this);
        }
        forceAll();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void write(HubEffect.WritePart effect) {
      BlobId blob = effect.blob();
      if (effect.part() > lacking.getOrDefault(blob, Long.MAX_VALUE)) {
        return;
      }
      lacking.remove(blob);
      try {
        List<Frame> slices = effect.slices();
        byte[][] bodies = new byte[slices.size()][];
        for (int i = 0; i < bodies.length; i++) {
          bodies[i] = slices.get(i).body();
        }
        store.write(blob, effect.part(), bodies);
        if (unforced.merge(blob, 1, Integer::sum) >= FORCE_AFTER) {
          force(blob);
        }
      } catch (RuntimeException e) {
        if (!store.extent(blob).holds(effect.part())) {
          lacking.put(blob, effect.part());
        }
        report.accept(new HubEvent.PartNotWritten(blob, effect.part(), fault(e)));
      }
    }

    void read(HubEffect.ReadPart effect) {
      BlobId blob = effect.blob();
      try {
        byte[] part = store.read(blob, effect.part());
        report.accept(
            new HubEvent.PartRead(
                effect.connection(), blob, effect.part(), Slices.of(blob, effect.part(), part)));
      } catch (RuntimeException e) {
        report.accept(new HubEvent.PartNotRead(effect.connection(), blob, effect.part(), fault(e)));
      }
    }

    void freeBelow(BlobId blob, long part) {
      if (part >= lacking.getOrDefault(blob, Long.MAX_VALUE)) {
        lacking.remove(blob);
      }
      quietly("free", blob, () -> store.freeBelow(blob, part));
    }

    void delete(BlobId blob) {
      unforced.remove(blob);
      lacking.remove(blob);
      quietly("delete", blob, () -> store.delete(blob));
    }

    void quietly(String what, BlobId blob, Runnable action) {
      try {
        action.run();
      } catch (RuntimeException e) {
        // The space comes back at the next start; the blob itself is gone for everybody already.
        if (failed.size() < 1000 && failed.add(blob)) {
          RelayLog.log(
              Category.BLOB,
              Level.WARN,
              what + "-failed",
              Map.of("blob", blob.toString(), "code", fault(e).code().name()));
        }
      }
    }

    private void forceAll() {
      for (BlobId blob : List.copyOf(unforced.keySet())) {
        force(blob);
      }
    }

    private void force(BlobId blob) {
      unforced.remove(blob);
      try {
        report.accept(new HubEvent.PartForced(blob, store.force(blob)));
      } catch (RuntimeException e) {
        long part = Math.max(0, store.extent(blob).forced());
        lacking.put(blob, part);
        report.accept(new HubEvent.PartNotWritten(blob, part, fault(e)));
      }
    }

    private Fault fault(RuntimeException e) {
      DebugTrace.show(e);
      return e instanceof Fault fault
          ? fault
          : new Fault(FaultCode.INTERNAL, "the blob store failed", e);
    }
  }
}
