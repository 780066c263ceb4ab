package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What one peer may not do to the relay, or to its own transfer, with blobs. */
class HubBlobGuardsTest {
  private static final BlobId BLOB = new BlobId(HubRig.bytes(16, 5));

  private final HubRig rig = new HubRig();
  private final HubRig.Person anna = rig.known("anna", 1);
  private final HubRig.Person ben = rig.known("ben", 2);

  private static BlobId blob(int number) {
    return new BlobId(HubRig.bytes(16, number));
  }

  /** A blob that was on disk when the relay started. */
  private void onDisk(BlobId id, long parts, boolean sealed) {
    restored(id, parts, sealed, new BlobStore.Extent(0, parts, parts));
  }

  private void restored(BlobId id, long parts, boolean sealed, BlobStore.Extent extent) {
    TreeMap<Address, RecipientState> recipients = new TreeMap<>();
    recipients.put(ben.who, RecipientState.ACTIVE);
    BlobRecord.Seal seal = sealed ? new BlobRecord.Seal(parts, WireLimits.partStart(parts)) : null;
    rig.store.blobs.put(id, anna.who);
    rig.on(
        new HubEvent.BlobRestored(
            new BlobRecord(id, anna.who, new BlobRecord.Times(rig.now, rig.now), seal, recipients),
            extent,
            0));
  }

  private List<HubEffect.ReadPart> reads() {
    List<HubEffect.ReadPart> found = new ArrayList<>();
    for (HubEffect effect : rig.all) {
      if (effect instanceof HubEffect.ReadPart read) {
        found.add(read);
      }
    }
    return found;
  }

  @Test
  void oneConnectionHasFewPartsReadForItAtOnceAndGetsThemAll() {
    for (int i = 1; i <= 40; i++) {
      onDisk(blob(i), 1, true);
    }
    ConnectionId data = rig.data(rig.login(ben));
    for (int i = 1; i <= 40; i++) {
      rig.say(data, new PeerMessage.Get(blob(i), 0));
    }
    int answered = 0;
    while (answered < reads().size()) {
      assertTrue(reads().size() - answered <= 3, reads().size() - answered + " reads at once");
      HubEffect.ReadPart read = reads().get(answered++);
      rig.on(
          new HubEvent.PartRead(
              data,
              read.blob(),
              read.part(),
              SliceGrid.cut(read.blob(), read.part(), new byte[WireLimits.MAX_PART])));
    }
    assertEquals(40, answered);
    assertEquals(40, rig.said(data, RelayMessage.End.class).size());
  }

  @Test
  void anUploaderWhoMissedTheSealIsToldOfItAlthoughNoPartEverTouchedTheDisk() {
    restored(BLOB, 3, true, BlobStore.Extent.NONE);
    ConnectionId data = rig.data(rig.login(anna));
    rig.say(data, new PeerMessage.Put(BLOB));
    assertEquals(3, rig.last(data, RelayMessage.PutFrom.class).part());
    rig.say(data, new PeerMessage.Seal(BLOB, 3, WireLimits.partStart(3)));
    assertEquals(BLOB, rig.last(data, RelayMessage.Sealed.class).blob());
  }

  @Test
  void aConnectionReadsSoManyBlobsAndNoMore() {
    for (int i = 0; i <= Blobs.MOST_GETS; i++) {
      onDisk(
          new BlobId(dev.waxwing.wire.Bytes.of(java.nio.ByteBuffer.allocate(16).putInt(i).array())),
          1,
          true);
    }
    ConnectionId data = rig.data(rig.login(ben));
    for (int i = 0; i <= Blobs.MOST_GETS; i++) {
      assertNull(rig.bye(data));
      rig.say(
          data,
          new PeerMessage.Get(
              new BlobId(
                  dev.waxwing.wire.Bytes.of(java.nio.ByteBuffer.allocate(16).putInt(i).array())),
              0));
    }
    assertEquals(FaultCode.RATE_LIMITED, rig.bye(data));
  }

  @Test
  void whatAnOlderConnectionSaysItHoldsDoesNotCountForTheNewer() {
    ConnectionId a = rig.login(anna);
    rig.say(a, new PeerMessage.CreateBlob(1, BLOB), Address.encodeList(List.of(ben.who)));
    ConnectionId b = rig.login(ben);
    ConnectionId older = rig.data(b);
    ConnectionId newer = rig.data(b);
    ConnectionId upload = rig.data(a);
    rig.say(older, new PeerMessage.Get(BLOB, 0));
    rig.say(newer, new PeerMessage.Get(BLOB, 0));
    rig.say(upload, new PeerMessage.Put(BLOB));
    Slice slice = new Slice(BLOB, 0, 0, 1000);
    rig.on(new HubEvent.Received(upload, slice, HeaderCodec.frame(slice, new byte[1000], 1000)));
    rig.say(older, new PeerMessage.Held(BLOB, 1));
    assertTrue(rig.said(upload, RelayMessage.Kept.class).isEmpty());
    rig.say(newer, new PeerMessage.Held(BLOB, 1));
    assertEquals(1, rig.last(upload, RelayMessage.Kept.class).upTo());
  }

  @Test
  void aSealTheStoreWasAskedForCannotBecomeAnother() {
    onDisk(BLOB, 2, false);
    ConnectionId upload = rig.data(rig.login(anna));
    rig.say(upload, new PeerMessage.Put(BLOB));
    rig.now += BlobUpload.RESTATE_MILLIS;
    rig.on(new HubEvent.Tick());
    rig.answering = false;
    long size = WireLimits.partStart(1) + 500;
    rig.say(upload, new PeerMessage.Seal(BLOB, 2, size));
    rig.say(upload, new PeerMessage.Seal(BLOB, 2, size + 1));
    assertEquals(FaultCode.BLOB_CONFLICT, rig.refused(upload));
    rig.answerAll();
    rig.answering = true;
    ConnectionId reader = rig.data(rig.login(ben));
    rig.say(reader, new PeerMessage.Get(BLOB, 2));
    assertEquals(size, rig.last(reader, RelayMessage.End.class).size());
    rig.say(upload, new PeerMessage.Put(BLOB));
    rig.say(upload, new PeerMessage.Seal(BLOB, 2, size));
    assertEquals(1, rig.said(upload, RelayMessage.Sealed.class).size());
  }

  @Test
  void anExpiredBlobIsRemovedOnceHoweverSlowTheStore() {
    onDisk(BLOB, 1, true);
    rig.answering = false;
    rig.now += Blobs.SEALED_MILLIS;
    rig.on(new HubEvent.Tick());
    rig.on(new HubEvent.Tick());
    rig.on(new HubEvent.Tick());
    assertEquals(1, rig.asks.size());
    rig.answerAll();
    assertTrue(rig.did(HubEffect.DeleteBlob.class));
  }

  @Test
  void aBlobIsTooOldByTheTimeTheRelayRanWhateverTheClockSays() {
    onDisk(BLOB, 1, true);
    rig.jumped = 2 * Blobs.SEALED_MILLIS;
    rig.on(new HubEvent.Tick());
    rig.now += Blobs.SEALED_MILLIS - 1;
    rig.on(new HubEvent.Tick());
    assertFalse(rig.did(HubEffect.DeleteBlob.class));
    rig.jumped = -2 * Blobs.SEALED_MILLIS;
    rig.now += BlobFlows.LOOK_MILLIS;
    rig.on(new HubEvent.Tick());
    assertTrue(rig.did(HubEffect.DeleteBlob.class));
  }

  @Test
  void whatEverybodyFinishedBeforeACrashTookItsSealIsNotSentAgain() {
    onDisk(BLOB, 1, false);
    rig.say(rig.login(ben), new PeerMessage.FinishBlob(7, BLOB));
    assertFalse(rig.did(HubEffect.DeleteBlob.class), "its uploader may be about to seal it");
    ConnectionId upload = rig.data(rig.login(anna));
    rig.say(upload, new PeerMessage.Put(BLOB));
    assertEquals(FaultCode.BLOB_UNKNOWN, rig.refused(upload));
    assertTrue(rig.did(HubEffect.DeleteBlob.class));
  }

  @Test
  void whoWasDetachedIsStillToGetItWhateverOthersFinished() {
    TreeMap<Address, RecipientState> recipients = new TreeMap<>();
    recipients.put(ben.who, RecipientState.ACTIVE);
    recipients.put(new Address(new UserId("carol"), ben.who.device()), RecipientState.DETACHED);
    rig.store.blobs.put(BLOB, anna.who);
    rig.on(
        new HubEvent.BlobRestored(
            new BlobRecord(
                BLOB, anna.who, new BlobRecord.Times(rig.now, rig.now), null, recipients),
            new BlobStore.Extent(0, 1, 1),
            0));
    rig.say(rig.login(ben), new PeerMessage.FinishBlob(7, BLOB));
    ConnectionId upload = rig.data(rig.login(anna));
    rig.say(upload, new PeerMessage.Put(BLOB));
    assertEquals(1, rig.last(upload, RelayMessage.PutFrom.class).part());
    assertFalse(rig.did(HubEffect.DeleteBlob.class));
  }

  @Test
  void nobodyWaitsForARecipientTheOperatorRemoved() {
    onDisk(BLOB, 1, true);
    rig.on(new HubEvent.DropUser(ben.who.user()));
    assertTrue(rig.did(HubEffect.DeleteBlob.class));
  }

  @Test
  void anUploadThatWaitedLongForRoomIsNotCutOffForItsSilence() {
    Policy.Limits some = Policy.Limits.DEFAULT;
    HubRig full =
        new HubRig(
            new Policy(
                "full",
                Policy.Registration.OPEN,
                Policy.Visibility.OPEN,
                new Policy.Limits(
                    10,
                    10,
                    some.messages(),
                    some.bundles(),
                    some.attempts(),
                    new Policy.Blobs(10L << 30, 10, 100, 32L << 20, 2L * WireLimits.MAX_PART))));
    HubRig.Person owner = full.known("owner", 1);
    ConnectionId control = full.login(owner);
    List<ConnectionId> uploads = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      full.say(
          control,
          new PeerMessage.CreateBlob(i, blob(i)),
          Address.encodeList(List.of(full.known("reader" + i, 10 + i).who)));
      ConnectionId upload = full.data(control);
      uploads.add(upload);
      full.say(upload, new PeerMessage.Put(blob(i)));
    }
    assertTrue(full.all.contains(new HubEffect.PauseReading(uploads.get(2))));
    for (int i = 0; i < 200; i++) {
      full.now += 1_000;
      full.on(new HubEvent.Alive(control));
      full.on(new HubEvent.Alive(uploads.get(0)));
      full.on(new HubEvent.Alive(uploads.get(1)));
      full.on(new HubEvent.Tick());
    }
    full.on(new HubEvent.Closed(uploads.get(0)));
    full.on(new HubEvent.Tick());
    uploads.forEach(upload -> assertNull(full.bye(upload), "cut off: " + upload));
    assertFalse(full.did(HubEffect.DeleteBlob.class));
  }
}
