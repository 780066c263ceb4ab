package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlobFlowTest {
  private static final Policy.Blobs LIMITS =
      new Policy.Blobs(80L << 20, 10, 100, 8L << 20, 24L << 20);

  @Test
  void aLiveBlobWhoseReadersKeepUpNeverTouchesTheDisk() {
    BlobRig rig = new BlobRig(2, LIMITS);
    Session uploader = put(rig);
    Session one = reader(rig, 0, 0);
    Session two = reader(rig, 1, 0);
    for (int part = 0; part < 200; part++) {
      rig.part(uploader, part);
      drainAll(rig, one);
      drainAll(rig, two);
      rig.held(one, part + 1);
      assertFalse(part == 0 && rig.heard(uploader, RelayMessage.Kept.class));
      rig.held(two, part + 1);
      assertEquals(part + 1, rig.last(uploader, RelayMessage.Kept.class).upTo());
    }
    assertEquals(0, rig.spilled);
    assertEquals(0, rig.budget.disk());
    assertTrue(rig.mostMemory <= 2L * WireLimits.MAX_PART, "most " + rig.mostMemory);
  }

  @Test
  void slicesReachAReaderBeforeTheirPartIsWhole() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session uploader = put(rig);
    Session one = reader(rig, 0, 0);
    rig.slice(uploader, 0, 0, WireLimits.MAX_PART);
    assertEquals(1, rig.sockets.get(one).size());
  }

  @Test
  void anOfflineRecipientMakesPartsSpillAndForcedPartsAreKept() {
    BlobRig rig = new BlobRig(1, LIMITS);
    rig.online.clear();
    Session uploader = put(rig);
    rig.part(uploader, 0);
    assertEquals(1, rig.spilled);
    assertFalse(rig.heard(uploader, RelayMessage.Kept.class));
    rig.turnDisk();
    assertFalse(rig.heard(uploader, RelayMessage.Kept.class), "written is not forced");
    rig.force();
    assertEquals(1, rig.last(uploader, RelayMessage.Kept.class).upTo());
  }

  @Test
  void aReaderThatFallsBehindIsServedFromDiskAndDelaysNobody() {
    BlobRig rig = new BlobRig(2, LIMITS);
    Session uploader = put(rig);
    Session fast = reader(rig, 0, 0);
    Session slow = reader(rig, 1, 0);
    for (int part = 0; part < 30; part++) {
      if (rig.paused.contains(uploader)) {
        rig.tick(1_000);
        rig.settleDisk();
      }
      rig.part(uploader, part);
      drainAll(rig, fast);
      rig.held(fast, part + 1);
      rig.settleDisk();
    }
    assertEquals(30, rig.readings.get(fast).part);
    assertTrue(rig.readings.get(slow).part < 5);
    assertTrue(rig.spilled > 0);
    while (drainAll(rig, slow)) {
      rig.settleDisk();
    }
    assertEquals(30, rig.readings.get(slow).part);
  }

  @Test
  void readersWithinASecondPaceTheUploaderInsteadOfFillingTheDisk() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session uploader = put(rig);
    Session one = reader(rig, 0, 0);
    int part = 0;
    while (part < 60) {
      if (!rig.paused.contains(uploader)) {
        rig.part(uploader, part++);
        continue;
      }
      rig.tick(900);
      drainAll(rig, one);
      rig.held(one, rig.readings.get(one).part);
    }
    assertEquals(0, rig.spilled);
    while (!rig.paused.contains(uploader)) {
      rig.part(uploader, part++);
    }
    rig.tick(1_000);
    assertTrue(rig.spilled > 0, "who holds nothing for a second is written for");
  }

  @Test
  void theSpoolIsLeftOnceReadersAreNearThoughPartsKeepComing() {
    BlobRig rig = new BlobRig(1, LIMITS);
    rig.online.clear();
    Session uploader = put(rig);
    rig.part(uploader, 0);
    rig.part(uploader, 1);
    rig.settleDisk();
    rig.online.addAll(rig.recipients);
    Session one = reader(rig, 0, 0);
    for (int part = 2; part < 40; part++) {
      rig.part(uploader, part);
      while (drainAll(rig, one)) {
        rig.settleDisk();
      }
      // Always one part behind what comes.
      rig.held(one, part);
    }
    assertEquals(2, rig.spilled);
    assertTrue(rig.written.isEmpty());
  }

  @Test
  void whenEverybodyHasCaughtUpTheSpoolIsLeftAgain() {
    BlobRig rig = new BlobRig(1, LIMITS);
    rig.online.clear();
    Session uploader = put(rig);
    rig.part(uploader, 0);
    rig.settleDisk();
    rig.online.addAll(rig.recipients);
    Session one = reader(rig, 0, 0);
    while (drainAll(rig, one)) {
      rig.settleDisk();
    }
    rig.held(one, 1);
    rig.settleDisk();
    assertTrue(rig.written.isEmpty());
    rig.part(uploader, 1);
    assertEquals(1, rig.spilled);
  }

  @Test
  void theUploaderIsPausedWhileMemoryIsFullAndResumedByTheDisk() {
    BlobRig rig = new BlobRig(1, LIMITS);
    rig.online.clear();
    Session uploader = put(rig);
    int part = 0;
    while (!rig.paused.contains(uploader)) {
      rig.part(uploader, part++);
      assertTrue(part < 20);
    }
    rig.settleDisk();
    assertFalse(rig.paused.contains(uploader));
  }

  @Test
  void aBlobFlowsThroughAQuotaSmallerThanItself() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session uploader = put(rig);
    Session slow = reader(rig, 0, 0);
    for (int part = 0; part < 300; ) {
      if (rig.paused.contains(uploader)) {
        drainAll(rig, slow);
        rig.settleDisk();
        rig.held(slow, rig.readings.get(slow).part);
      } else {
        rig.part(uploader, part++);
        rig.settleDisk();
      }
      assertTrue(rig.budget.disk() + rig.budget.memory() <= LIMITS.quotaBytes());
    }
  }

  @Test
  void whoIsAwayWhileTheQuotaIsFullIsDetachedAndTheOwnerTold() {
    BlobRig rig = new BlobRig(2, LIMITS);
    rig.online.remove(rig.recipients.get(1));
    Session uploader = put(rig);
    Session one = reader(rig, 0, 0);
    int part = 0;
    while (!rig.paused.contains(uploader)) {
      rig.part(uploader, part++);
      while (drainAll(rig, one)) {
        rig.settleDisk();
      }
      rig.held(one, part);
      rig.settleDisk();
    }
    rig.tick(1_000);
    rig.tick(58_000);
    assertTrue(rig.toOwner.isEmpty());
    rig.tick(2_000);
    assertEquals(
        List.of(new RelayMessage.Detached(BlobRig.BLOB, rig.recipients.get(1))), rig.toOwner);
    assertEquals(RecipientState.DETACHED, rig.states.get(rig.recipients.get(1)));
    assertFalse(rig.paused.contains(uploader), "there is room again");
    Session back = rig.connect(rig.recipients.get(1));
    rig.get(back, 0);
    assertEquals(FaultCode.BLOB_DETACHED, rig.last(back, RelayMessage.Refused.class).code());
  }

  @Test
  void sealedIsSaidWhenEveryPartIsKeptAndTheCatalogKnows() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session uploader = put(rig);
    Session one = reader(rig, 0, 0);
    rig.part(uploader, 0);
    rig.lastPart(uploader, 1, 1000);
    rig.step(() -> rig.flow.seal(uploader, seal(2, WireLimits.MAX_PART + 1000L)));
    drainAll(rig, one);
    assertTrue(rig.readings.get(one).ended, "the reader hears of the end without waiting");
    assertFalse(rig.heard(uploader, RelayMessage.Sealed.class));
    rig.held(one, 2);
    assertTrue(rig.heard(uploader, RelayMessage.Sealed.class));
    rig.step(() -> leave(rig, 0, RecipientState.DONE));
    assertTrue(rig.deleted);
    assertEquals(0, rig.budget.memory() + rig.budget.disk());
  }

  @Test
  void aSealThatDoesNotFitIsRefused() {
    for (BlobRecord.Seal wrong :
        List.of(
            seal(1, WireLimits.MAX_PART), seal(3, 3L << 20), seal(2, WireLimits.MAX_PART + 999L))) {
      BlobRig rig = new BlobRig(1, LIMITS);
      Session uploader = put(rig);
      rig.part(uploader, 0);
      rig.lastPart(uploader, 1, 1000);
      rig.step(() -> rig.flow.seal(uploader, wrong));
      assertEquals(FaultCode.BLOB_CONFLICT, rig.last(uploader, RelayMessage.Refused.class).code());
    }
  }

  @Test
  void theNewerUploadWins() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session older = put(rig);
    rig.slice(older, 0, 0, WireLimits.MAX_PART);
    Session newer = put(rig);
    assertEquals(FaultCode.BLOB_CONFLICT, rig.last(older, RelayMessage.Refused.class).code());
    rig.slice(older, 0, WireLimits.SLICE + WireLimits.AGE_PREFIX, WireLimits.MAX_PART);
    rig.part(newer, 0);
    assertEquals(1, rig.flow.parts.tail());
  }

  @Test
  void aResumedUploadGoesOnWhereEverythingIsKept() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session uploader = put(rig);
    Session one = reader(rig, 0, 0);
    for (int part = 0; part < 4; part++) {
      rig.part(uploader, part);
      drainAll(rig, one);
    }
    rig.held(one, 3);
    rig.slice(uploader, 4, 0, WireLimits.PART);
    rig.close(uploader);
    Session again = put(rig);
    assertEquals(3, rig.last(again, RelayMessage.PutFrom.class).part());
    for (int part = 3; part < 6; part++) {
      rig.part(again, part);
      drainAll(rig, one);
    }
    assertEquals(6, rig.readings.get(one).part);
  }

  @Test
  void aFullDiskRefusesTheUploaderWhoMayTryAgain() {
    BlobRig rig = new BlobRig(1, LIMITS);
    rig.online.clear();
    Session uploader = put(rig);
    rig.part(uploader, 0);
    rig.settleDisk();
    rig.diskFull = true;
    rig.part(uploader, 1);
    rig.part(uploader, 2);
    rig.settleDisk();
    RelayMessage.Refused refused = rig.last(uploader, RelayMessage.Refused.class);
    assertEquals(FaultCode.DISK_FULL, refused.code());
    assertTrue(refused.retryAfterMillis() > 0);
    assertEquals(WireLimits.MAX_PART, rig.flow.parts.memoryBytes(), "the forced part alone");
    rig.diskFull = false;
    Session again = put(rig);
    assertEquals(1, rig.last(again, RelayMessage.PutFrom.class).part());
    rig.part(again, 1);
    rig.settleDisk();
    assertEquals(2, rig.last(again, RelayMessage.Kept.class).upTo());
  }

  @Test
  void whatWasCutOffByAFullDiskIsWrittenThoughReadersAreNear() {
    BlobRig rig = new BlobRig(1, LIMITS);
    rig.online.clear();
    Session uploader = put(rig);
    rig.part(uploader, 0);
    rig.settleDisk();
    rig.diskFull = true;
    for (int part = 1; part < 5; part++) {
      rig.part(uploader, part);
    }
    rig.settleDisk();
    rig.diskFull = false;
    rig.online.addAll(rig.recipients);
    Session one = reader(rig, 0, 0);
    Session again = put(rig);
    for (int part = 1; part < 4; part++) {
      do {
        rig.settleDisk();
      } while (drainAll(rig, one));
      rig.held(one, part);
      rig.part(again, part);
    }
    drainAll(rig, one);
    rig.held(one, 4);
    rig.close(one);
    rig.online.clear();
    // Nobody reads: everything has to go to the disk, whatever was let go of before.
    for (int part = 4; part < 40; part++) {
      if (rig.paused.contains(again)) {
        rig.tick(2_000);
        rig.settleDisk();
      }
      assertFalse(rig.paused.contains(again), "the upload stands still at part " + part);
      rig.part(again, part);
    }
    rig.settleDisk();
    assertEquals(40, rig.last(again, RelayMessage.Kept.class).upTo());
  }

  /** Of parts 0 to 6 the reader holds 5; the disk has 0 to 2, no room for 3, and 4 to 6 to do. */
  private static Session diskFillsBehindTheReader(BlobRig rig, Session uploader) {
    Session one = reader(rig, 0, 0);
    for (int part = 0; part < 7; part++) {
      rig.part(uploader, part);
    }
    rig.tick(1_000);
    rig.turnDisk();
    rig.force();
    drainAll(rig, one);
    rig.held(one, 5);
    rig.turnDisk();
    rig.turnDisk();
    rig.diskFull = true;
    rig.turnDisk();
    return one;
  }

  @Test
  void aDiskThatFillsBehindTheReadersDoesNotEndTheTransfer() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session one = diskFillsBehindTheReader(rig, put(rig));
    rig.diskFull = false;
    rig.settleDisk();
    Session again = put(rig);
    assertEquals(5, rig.last(again, RelayMessage.PutFrom.class).part());
    rig.part(again, 5);
    rig.part(again, 6);
    rig.settleDisk();
    assertFalse(rig.heard(again, RelayMessage.Refused.class));
    rig.close(one);
    rig.online.clear();
    rig.part(again, 7);
    rig.settleDisk();
    assertEquals(8, rig.last(again, RelayMessage.Kept.class).upTo(), "on disk from 5 on");
  }

  @Test
  void anUploadWhoseReadersAreAheadOfAFullDiskGoesOn() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session uploader = put(rig);
    Session one = diskFillsBehindTheReader(rig, uploader);
    for (int part = 7; part < 40; part++) {
      rig.held(one, part - 1);
      rig.part(uploader, part);
      drainAll(rig, one);
      rig.settleDisk();
    }
    assertFalse(rig.heard(uploader, RelayMessage.Refused.class));
    assertTrue(rig.written.isEmpty());
  }

  @Test
  void theSpoolMayBeginAgainBeforeTheDiskHasPassedOverWhatTheOldOneLeft() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session uploader = put(rig);
    Session one = diskFillsBehindTheReader(rig, uploader);
    rig.diskFull = false;
    rig.close(one);
    rig.online.clear();
    rig.tick(1_000);
    rig.settleDisk();
    assertFalse(rig.heard(uploader, RelayMessage.Refused.class));
    assertEquals(7, rig.last(uploader, RelayMessage.Kept.class).upTo());
    assertEquals(Set.of(5L, 6L), rig.written.keySet());
  }

  @Test
  void aDiskThatWasFullLongAgoDetachesNobodyWhenItIsFullAgain() {
    BlobRig rig = new BlobRig(1, LIMITS);
    rig.online.clear();
    rig.diskFull = true;
    rig.part(put(rig), 0);
    rig.settleDisk();
    rig.online.addAll(rig.recipients);
    Session one = reader(rig, 0, 0);
    Session again = put(rig);
    rig.part(again, 0);
    drainAll(rig, one);
    rig.held(one, 1);
    rig.tick(2 * BlobUpload.STALL_MILLIS);
    rig.step(() -> rig.turn.note(new Fault(FaultCode.DISK_FULL, "of some other blob")));
    rig.part(again, 1);
    rig.tick(1_000);
    assertEquals(List.of(), rig.toOwner);
  }

  @Test
  void aFreedPartIsGone() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session uploader = put(rig);
    Session one = reader(rig, 0, 0);
    rig.part(uploader, 0);
    drainAll(rig, one);
    rig.held(one, 1);
    rig.get(one, 0);
    assertEquals(FaultCode.SOURCE_GONE, rig.last(one, RelayMessage.Refused.class).code());
  }

  @Test
  void afterARestartTheUploaderGoesOnBehindWhatIsForced() {
    BlobRig rig = new BlobRig(1, LIMITS);
    rig.written.put(64L, WireLimits.PART);
    rig.written.put(65L, WireLimits.PART);
    rig.forced = 66;
    rig.reallyHeld.put(rig.recipients.get(0), 64L);
    rig.turn.begin(HubRig.at(rig.now));
    rig.flow =
        new BlobFlow(rig.start(new BlobStore.Extent(64, 66, 66), true), rig.turn, rig.budget, rig);
    Session uploader = put(rig);
    assertFalse(
        rig.heard(uploader, RelayMessage.PutFrom.class),
        "recipients may still say that they hold more");
    Session one = reader(rig, 0, 70);
    assertEquals(70, rig.last(uploader, RelayMessage.PutFrom.class).part());
    rig.part(uploader, 70);
    assertEquals(4, rig.sockets.get(one).size());
  }

  @Test
  void afterARestartNobodyWaitsLongForRecipients() {
    BlobRig rig = new BlobRig(1, LIMITS);
    rig.turn.begin(HubRig.at(rig.now));
    rig.flow = new BlobFlow(rig.start(BlobStore.Extent.NONE, true), rig.turn, rig.budget, rig);
    Session uploader = put(rig);
    rig.tick(BlobUpload.RESTATE_MILLIS - 1);
    assertFalse(rig.heard(uploader, RelayMessage.PutFrom.class));
    rig.tick(1);
    assertEquals(0, rig.last(uploader, RelayMessage.PutFrom.class).part());
  }

  @Test
  void anUploadThatStandsStillInsideAPartLosesItsRoom() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session uploader = put(rig);
    rig.slice(uploader, 0, 0, WireLimits.MAX_PART);
    assertTrue(rig.budget.memory() >= WireLimits.MAX_PART);
    rig.tick(31_000);
    assertEquals(FaultCode.RELAY_TIMEOUT, rig.last(uploader, RelayMessage.Refused.class).code());
    assertEquals(0, rig.budget.memory());
  }

  @Test
  void aSliceThatIsNotTheNextEndsTheUpload() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session uploader = put(rig);
    rig.slice(uploader, 1, 0, WireLimits.PART);
    assertEquals(FaultCode.BLOB_CONFLICT, rig.last(uploader, RelayMessage.Refused.class).code());
  }

  @Test
  void aBlobThatEverybodyDeclinedIsDeleted() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session uploader = put(rig);
    rig.part(uploader, 0);
    rig.step(() -> leave(rig, 0, RecipientState.DECLINED));
    assertTrue(rig.deleted);
    assertTrue(rig.heard(uploader, RelayMessage.Refused.class));
    assertNull(rig.disk.peek());
  }

  @Test
  void aDamagedPartIsToldToItsReaderOnly() {
    BlobRig rig = new BlobRig(1, LIMITS);
    Session one = reader(rig, 0, 0);
    rig.online.clear();
    rig.close(one);
    Session uploader = put(rig);
    rig.part(uploader, 0);
    rig.settleDisk();
    rig.flow.relieve();
    Session back = reader(rig, 0, 0);
    rig.disk.clear();
    rig.step(() -> rig.flow.notRead(back, 0, new Fault(FaultCode.BLOB_CORRUPT, "a flipped byte")));
    assertEquals(FaultCode.BLOB_CORRUPT, rig.last(back, RelayMessage.Refused.class).code());
    assertFalse(rig.heard(uploader, RelayMessage.Refused.class));
  }

  private static Session put(BlobRig rig) {
    Session uploader = rig.connect(BlobRig.OWNER);
    rig.step(() -> rig.flow.put(uploader));
    return uploader;
  }

  private static Session reader(BlobRig rig, int which, long from) {
    Session session = rig.connect(rig.recipients.get(which));
    rig.get(session, from);
    return session;
  }

  private static boolean drainAll(BlobRig rig, Session session) {
    boolean any = false;
    while (rig.drain(session)) {
      any = true;
    }
    return any;
  }

  private static BlobRecord.Seal seal(long parts, long size) {
    return new BlobRecord.Seal(parts, size);
  }

  private static void leave(BlobRig rig, int which, RecipientState state) {
    rig.flow.leave(rig.flow.recipient(rig.recipients.get(which)), state, () -> {}, fault -> {});
  }
}
