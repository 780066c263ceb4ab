package dev.waxwing.simulation;

import dev.waxwing.message.BlobId;
import dev.waxwing.relay.core.HubEffect;
import dev.waxwing.relay.core.HubEvent;
import dev.waxwing.relay.core.SliceGrid;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.relay.store.MemoryBlobStore;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The relay's disk of blobs: work is done in order, parts written are forced together a little
 * later, and what was not forced is gone with the power.
 */
final class Spool {
  private final MemoryBlobStore store = new MemoryBlobStore();
  private final Agenda agenda;
  private final Dice dice;
  private final Plant plant;
  private final Consumer<HubEvent> report;
  private final Set<BlobId> unforced = new LinkedHashSet<>();

  private long free;
  private int life;
  private boolean forceDue;
  private boolean full;
  private boolean failsNext;
  private boolean stopped;

  Spool(World world, Consumer<HubEvent> hub) {
    this.agenda = world.agenda;
    this.dice = world.dice.split();
    this.plant = world.plant;
    this.report = event -> hub.accept(plant.spoolEvent(event));
  }

  /** What is told at the start: each blob of the catalog with its parts; others are deleted. */
  List<HubEvent> recover(List<BlobRecord> catalog) {
    Map<BlobId, BlobStore.Extent> found = store.recover();
    List<HubEvent> events = new ArrayList<>();
    for (BlobRecord blob : catalog) {
      BlobStore.Extent parts = found.remove(blob.id());
      events.add(
          new HubEvent.BlobRestored(
              blob, parts == null ? BlobStore.Extent.NONE : parts, store.sizeOnDisk(blob.id())));
    }
    found.keySet().forEach(store::delete);
    return events;
  }

  void crash() {
    life++;
    unforced.clear();
    forceDue = false;
    failsNext = false;
    stopped = false;
    free = 0;
  }

  void full(boolean now) {
    full = now;
  }

  void failNext(boolean now) {
    failsNext = now;
  }

  boolean stopped() {
    return stopped;
  }

  private void inOrder(Runnable work) {
    free = Math.max(free, agenda.now() + dice.between(0, 8));
    int mine = life;
    agenda.at(
        free,
        () -> {
          if (mine == life) {
            work.run();
          }
        });
  }

  void write(HubEffect.WritePart effect) {
    inOrder(() -> written(effect));
  }

  private void written(HubEffect.WritePart effect) {
    BlobId blob = effect.blob();
    try {
      requireDisk();
      store.write(
          blob, effect.part(), effect.slices().stream().map(Frame::body).toArray(byte[][]::new));
      unforced.add(blob);
      if (plant.forcesNothing()) {
        report.accept(new HubEvent.PartForced(blob, store.extent(blob).end()));
      } else if (!forceDue) {
        forceDue = true;
        agenda.in(dice.between(0, 40), () -> inOrder(this::force));
      }
    } catch (Fault fault) {
      report.accept(new HubEvent.PartNotWritten(blob, effect.part(), fault));
    }
  }

  private void requireDisk() {
    if (stopped) {
      throw new Fault(FaultCode.STORE_STOPPED, "simulated");
    }
    if (full) {
      throw new Fault(FaultCode.DISK_FULL, "simulated");
    }
  }

  private void force() {
    forceDue = false;
    for (BlobId blob : List.copyOf(unforced)) {
      unforced.remove(blob);
      if (failsNext || stopped) {
        failsNext = false;
        stopped = true;
        report.accept(
            new HubEvent.PartNotWritten(
                blob,
                Math.max(0, store.extent(blob).forced()),
                new Fault(FaultCode.STORE_STOPPED, "simulated")));
      } else {
        long upTo = store.force(blob);
        if (plant.freesForced()) {
          store.freeBelow(blob, upTo);
        }
        report.accept(new HubEvent.PartForced(blob, upTo));
      }
    }
  }

  void read(HubEffect.ReadPart effect) {
    BlobId blob = effect.blob();
    inOrder(
        () -> {
          try {
            byte[] part = store.read(blob, effect.part());
            report.accept(
                new HubEvent.PartRead(
                    effect.connection(),
                    blob,
                    effect.part(),
                    SliceGrid.cut(blob, effect.part(), part)));
          } catch (Fault fault) {
            report.accept(
                new HubEvent.PartNotRead(effect.connection(), blob, effect.part(), fault));
          }
        });
  }

  void freeBelow(HubEffect.FreeBelow effect) {
    inOrder(() -> store.freeBelow(effect.blob(), effect.part()));
  }

  void delete(HubEffect.DeleteBlob effect) {
    inOrder(
        () -> {
          unforced.remove(effect.blob());
          store.delete(effect.blob());
        });
  }
}
