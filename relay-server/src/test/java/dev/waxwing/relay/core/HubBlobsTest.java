package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import java.util.List;
import org.junit.jupiter.api.Test;

class HubBlobsTest {
  private static final BlobId BLOB = new BlobId(HubRig.bytes(16, 5));
  private static final BlobId NONE = new BlobId(HubRig.bytes(16, 6));

  private final HubRig rig = new HubRig();
  private final HubRig.Person anna = rig.known("anna", 1);
  private final HubRig.Person ben = rig.known("ben", 2);
  private final HubRig.Person eve = rig.known("eve", 3);
  private final ConnectionId a = rig.login(anna);
  private final ConnectionId b = rig.login(ben);
  private final ConnectionId e = rig.login(eve);
  private final ConnectionId dataA = rig.data(a);
  private final ConnectionId dataB = rig.data(b);
  private final ConnectionId dataE = rig.data(e);

  HubBlobsTest() {
    rig.say(a, new PeerMessage.CreateBlob(1, BLOB), Address.encodeList(List.of(ben.who)));
  }

  @Test
  void aFileTravelsFromOneToTheOtherAndIsDeleted() {
    assertEquals(1, rig.last(a, RelayMessage.Done.class).ref());
    rig.say(dataB, new PeerMessage.Get(BLOB, 0));
    rig.say(dataA, new PeerMessage.Put(BLOB));
    assertEquals(0, rig.last(dataA, RelayMessage.PutFrom.class).part());
    Slice slice = new Slice(BLOB, 0, 0, 1000);
    Frame frame = HeaderCodec.frame(slice, new byte[1000], 1000);
    rig.on(new HubEvent.Received(dataA, slice, frame));
    assertTrue(rig.all.contains(new HubEffect.Forward(dataB, frame)), "the very same frame");
    rig.say(dataA, new PeerMessage.Seal(BLOB, 1, 1000));
    assertEquals(1, rig.last(dataB, RelayMessage.End.class).parts());
    assertTrue(rig.said(dataA, RelayMessage.Sealed.class).isEmpty());
    rig.say(dataB, new PeerMessage.Held(BLOB, 1));
    assertEquals(1, rig.said(dataA, RelayMessage.Sealed.class).size());
    rig.say(b, new PeerMessage.FinishBlob(2, BLOB));
    assertEquals(2, rig.last(b, RelayMessage.Done.class).ref());
    assertTrue(rig.did(HubEffect.DeleteBlob.class));
    assertEquals(new HubStatus.Blobs(0, 0, 0), rig.hub.status().blobs());
  }

  @Test
  void toStrangersABlobOfOthersAndNoneLookTheSame() {
    for (PeerMessage message :
        List.of(
            new PeerMessage.Put(BLOB),
            new PeerMessage.Get(BLOB, 0),
            new PeerMessage.Held(BLOB, 1),
            new PeerMessage.Seal(BLOB, 1, 300))) {
      rig.say(dataE, message);
      assertEquals(FaultCode.BLOB_UNKNOWN, rig.refused(dataE), message.toString());
    }
    RelayMessage.Refused other = rig.last(dataE, RelayMessage.Refused.class);
    rig.say(dataE, new PeerMessage.Seal(NONE, 1, 300));
    RelayMessage.Refused none = rig.last(dataE, RelayMessage.Refused.class);
    assertEquals(other.code(), none.code());
    assertEquals(other.detail(), none.detail());
    rig.say(e, new PeerMessage.FinishBlob(7, BLOB));
    assertEquals(FaultCode.BLOB_UNKNOWN, rig.refused(e));
    rig.say(e, new PeerMessage.DropBlob(8, BLOB));
    assertEquals(8, rig.last(e, RelayMessage.Done.class).ref());
    assertFalse(rig.did(HubEffect.DeleteBlob.class), "a stranger's drop does nothing");
  }

  @Test
  void recipientsDoNotUploadAndOwnersDoNotRead() {
    rig.say(dataB, new PeerMessage.Put(BLOB));
    assertEquals(FaultCode.BLOB_DENIED, rig.refused(dataB));
    rig.say(dataA, new PeerMessage.Get(BLOB, 0));
    assertEquals(FaultCode.BLOB_DENIED, rig.refused(dataA));
  }

  @Test
  void aSliceWithoutAPutEndsTheConnection() {
    rig.say(dataB, new Slice(BLOB, 0, 0, 10), new byte[10]);
    assertEquals(FaultCode.FRAME_UNEXPECTED, rig.bye(dataB));
  }

  @Test
  void theOwnerDropsABlobAndItsReadersHearIt() {
    rig.say(dataB, new PeerMessage.Get(BLOB, 0));
    rig.say(a, new PeerMessage.DropBlob(2, BLOB));
    assertEquals(FaultCode.CANCELLED, rig.refused(dataB));
    assertTrue(rig.did(HubEffect.DeleteBlob.class));
    rig.say(a, new PeerMessage.DropBlob(3, BLOB));
    assertEquals(3, rig.last(a, RelayMessage.Done.class).ref());
  }

  @Test
  void creatingAgainSucceedsForTheOwnerOnly() {
    rig.say(a, new PeerMessage.CreateBlob(4, BLOB), Address.encodeList(List.of(ben.who)));
    assertEquals(4, rig.last(a, RelayMessage.Done.class).ref());
    rig.say(e, new PeerMessage.CreateBlob(5, BLOB), Address.encodeList(List.of(ben.who)));
    assertEquals(FaultCode.BLOB_CONFLICT, rig.refused(e));
  }

  @Test
  void anIdleUnsealedBlobExpires() {
    rig.now += Blobs.UNSEALED_MILLIS - 1;
    rig.on(new HubEvent.Tick());
    assertFalse(rig.did(HubEffect.DeleteBlob.class));
    rig.now++;
    rig.on(new HubEvent.Tick());
    assertTrue(rig.did(HubEffect.DeleteBlob.class));
  }

  @Test
  void aStoppedDiskStopsUploadsAndSaysSo() {
    rig.on(
        new HubEvent.PartNotWritten(
            BLOB, 0, new dev.waxwing.wire.Fault(FaultCode.STORE_STOPPED, "planted")));
    assertEquals(HubStatus.State.STOPPED, rig.hub.status().state());
    rig.say(dataA, new PeerMessage.Put(BLOB));
    assertEquals(FaultCode.STORE_STOPPED, rig.refused(dataA));
  }
}
