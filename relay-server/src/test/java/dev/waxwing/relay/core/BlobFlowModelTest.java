package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random arrival, reader speed, disconnects and forcing against the checks of {@link BlobRig}; then
 * everybody behaves, and the blob must get through.
 */
class BlobFlowModelTest {
  private static final int SEEDS = 150;
  private static final int PARTS = 12;
  private static final Policy.Blobs SMALL =
      new Policy.Blobs(9L << 20, 10, 100, 5L << 20, 12L << 20);

  @Test
  void everySeedKeepsThePromisesAndComesToAnEnd() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        new Run(seed, new BlobRig(1 + (int) (seed % 3), SMALL)).play();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void aTailFreedTooEarlyIsFound() {
    assertFound(
        rig ->
            rig.flow =
                new BlobFlow(rig.start(BlobStore.Extent.NONE, false), rig.turn, rig.budget, rig) {
                  @Override
                  long freeable(long heldByAll) {
                    return Math.max(heldByAll, parts.tail() - 1);
                  }
                });
  }

  @Test
  void partsKeptWhenOnlyWrittenAreFound() {
    assertFound(rig -> rig.keptWhenWritten = true);
  }

  @Test
  void acksTakenForMoreThanWasHeldAreFound() {
    assertFound(rig -> rig.acksBeforeHolding = true);
  }

  private static void assertFound(java.util.function.Consumer<BlobRig> plant) {
    assertThrows(
        AssertionError.class,
        () -> {
          for (long seed = 1; seed <= SEEDS; seed++) {
            BlobRig rig = new BlobRig(1 + (int) (seed % 3), SMALL);
            plant.accept(rig);
            new Run(seed, rig).play();
          }
        },
        "the planted fault was not found by any seed");
  }

  /** One run of one seed. */
  private static final class Run {
    private final Random random;
    private final BlobRig rig;
    private final int last;
    private Session uploader;
    private long part;
    private int at;
    private boolean sealSent;
    private final List<Session> readers = new ArrayList<>();

    Run(long seed, BlobRig rig) {
      this.random = new Random(seed);
      this.rig = rig;
      this.last = 1 + random.nextInt(100_000);
      for (int i = 0; i < rig.recipients.size(); i++) {
        readers.add(null);
      }
      rig.shortPart(PARTS - 1, last);
    }

    void play() {
      for (int i = 0; i < 1500 && !rig.deleted; i++) {
        act();
      }
      rig.diskFull = false;
      rig.newsWaits = false;
      for (int i = 0; i < 4000 && !rig.deleted; i++) {
        behave(i);
      }
      BlobRig.demand(rig.deleted, "the blob never came to an end: part " + part + " of " + PARTS);
    }

    private void act() {
      int which = random.nextInt(readers.size());
      switch (random.nextInt(18)) {
        case 0, 1, 2, 3, 4 -> upload();
        case 5, 6 -> drain(which);
        case 7 -> drainAll(which);
        case 8 -> hold(which);
        case 9 -> {
          rig.turnDisk();
          rig.turnDisk();
        }
        case 10 -> rig.force();
        case 16 -> rig.hear();
        case 17 -> rig.newsWaits = random.nextBoolean();
        case 11 -> join(which);
        case 12 -> rig.tick(random.nextInt(900));
        case 13 -> {
          if (random.nextInt(8) == 0) {
            leave(which);
          }
        }
        case 14 -> {
          if (uploader != null && random.nextInt(10) == 0) {
            rig.close(uploader);
            uploader = null;
          }
        }
        default -> rig.diskFull = random.nextInt(12) == 0;
      }
    }

    private void behave(int round) {
      upload();
      for (int i = 0; i < readers.size(); i++) {
        join(i);
        drainAll(i);
        hold(i);
        finish(i);
      }
      rig.settleDisk();
      if (round % 4 == 0) {
        rig.tick(1_000);
      }
    }

    private void upload() {
      if (uploader == null || refused()) {
        uploader = rig.connect(BlobRig.OWNER);
        Session session = uploader;
        sealSent = false;
        part = -1;
        rig.step(() -> rig.flow.put(session));
      }
      if (part < 0 && rig.heard(uploader, RelayMessage.PutFrom.class)) {
        part = rig.last(uploader, RelayMessage.PutFrom.class).part();
        at = 0;
      }
      if (part < 0 || rig.paused.contains(uploader)) {
        return;
      }
      Session session = uploader;
      if (part >= PARTS) {
        if (!sealSent) {
          sealSent = true;
          long size = WireLimits.partStart(PARTS - 1) + last;
          rig.step(() -> rig.flow.seal(session, new BlobRecord.Seal(PARTS, size)));
        }
        return;
      }
      int of = part == PARTS - 1 ? last : WireLimits.partLength(part);
      rig.slice(uploader, part, at, of);
      at += SliceGrid.length(new Slice(BlobRig.BLOB, part, at, of));
      if (at >= of) {
        part++;
        at = 0;
      }
    }

    /** Whether the uploader was refused; in this run never for good, since it does all right. */
    private boolean refused() {
      if (!rig.heard(uploader, RelayMessage.Refused.class)) {
        return false;
      }
      FaultCode code = rig.last(uploader, RelayMessage.Refused.class).code();
      BlobRig.demand(code != FaultCode.BLOB_CONFLICT, "an uploader heard " + code);
      return true;
    }

    private void join(int which) {
      Session session = readers.get(which);
      boolean active = rig.states.get(rig.recipients.get(which)) == RecipientState.ACTIVE;
      if (active && (session == null || rig.heard(session, RelayMessage.Refused.class))) {
        rig.online.add(rig.recipients.get(which));
        Session fresh = rig.connect(rig.recipients.get(which));
        readers.set(which, fresh);
        rig.get(fresh, rig.reallyHeld.get(rig.recipients.get(which)));
        BlobRig.demand(
            !rig.heard(fresh, RelayMessage.Refused.class), "an active recipient was refused");
      }
    }

    private void leave(int which) {
      Session session = readers.get(which);
      if (session != null) {
        readers.set(which, null);
        if (random.nextBoolean()) {
          rig.online.remove(rig.recipients.get(which));
        }
        rig.close(session);
      }
    }

    private void drain(int which) {
      if (readers.get(which) != null) {
        rig.drain(readers.get(which));
      }
    }

    private void drainAll(int which) {
      if (readers.get(which) != null) {
        for (int i = 0; i < 64 && rig.drain(readers.get(which)); i++) {
          rig.turnDisk();
        }
      }
    }

    /** What has left its socket's queue, the reader forces and acks. */
    private void hold(int which) {
      Session session = readers.get(which);
      if (session != null && rig.sockets.get(session).isEmpty()) {
        rig.held(session, rig.readings.get(session).part);
      }
    }

    private void finish(int which) {
      Session session = readers.get(which);
      if (session != null && rig.readings.get(session).ended) {
        rig.step(
            () ->
                rig.flow.leave(
                    rig.flow.recipient(rig.recipients.get(which)),
                    RecipientState.DONE,
                    () -> {},
                    fault -> {}));
      }
    }
  }
}
