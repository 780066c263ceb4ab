package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Blobs that only wait cost nothing: which are looked at, and when. */
class BlobFlowsTest {
  private static final Address OWNER = BlobRig.device("owner", 1);
  private static final Address READER = BlobRig.device("reader0", 2);

  private final Turn turn = new Turn();
  private final Rules rules =
      new Rules(
          Policy.byInvite("test"), HubRig.SIGNING, HubRig.RELAY, count -> HubRig.bytes(count, 1));
  private final Blobs blobs = new Blobs(turn, rules, new RateLimits(), new Sessions(turn, rules));
  private long now = 1_000_000;
  private long connections;

  BlobFlowsTest() {
    turn.begin(HubRig.at(now));
  }

  private static BlobId blob(int number) {
    return new BlobId(Bytes.of(ByteBuffer.allocate(16).putInt(number).array()));
  }

  private void restore(int number, int recipients, long parts) {
    TreeMap<Address, RecipientState> states = new TreeMap<>();
    for (int i = 0; i < recipients; i++) {
      states.put(BlobRig.device("reader" + i, i + 2), RecipientState.ACTIVE);
    }
    BlobRecord.Seal seal =
        parts == 0 ? null : new BlobRecord.Seal(parts, WireLimits.partStart(parts));
    blobs.restored(
        new HubEvent.BlobRestored(
            new BlobRecord(blob(number), OWNER, new BlobRecord.Times(now, now), seal, states),
            new BlobStore.Extent(0, parts, parts),
            0));
  }

  private Session connect(Address who) {
    Session session =
        new Session(
            new HubEvent.Opened(new ConnectionId(++connections), "10.0.0.1", Bytes.EMPTY), now);
    session.who = who;
    session.state = SessionState.BOUND;
    return session;
  }

  private void close(Session session) {
    session.state = SessionState.CLOSING;
    blobs.closed(session);
  }

  private void tick(long millis) {
    now += millis;
    turn.begin(HubRig.at(now));
    blobs.tick();
  }

  @Test
  void blobsThatOnlyWaitAreNotLookedAtUntilTheFirstExpires() {
    for (int i = 0; i < 10; i++) {
      restore(i, 3, 1);
      now += 3_600_000;
      turn.begin(HubRig.at(now));
    }
    long first = 1_000_000 + Blobs.SEALED_MILLIS;
    turn.end();
    for (int i = 0; i < 100; i++) {
      tick(1_000);
    }
    assertEquals(List.of(), blobs.flows.live());
    assertEquals(0, blobs.flows.looks());
    tick(first - 1 - now);
    assertEquals(0, blobs.flows.looks());
    tick(1);
    assertEquals(1, blobs.flows.looks());
    assertEquals(1, turn.end().stream().filter(HubEffect.Ask.class::isInstance).count());
    for (int i = 0; i < 3 * BlobFlows.LOOK_MILLIS / 1_000; i++) {
      tick(1_000);
    }
    assertTrue(blobs.flows.looks() <= 4, blobs.flows.looks() + " looks");
  }

  @Test
  void aNewerBlobThatExpiresEarlierIsNotForgotten() {
    restore(1, 1, 1);
    restore(2, 1, 0);
    tick(Blobs.UNSEALED_MILLIS);
    assertEquals(1, turn.end().stream().filter(HubEffect.Ask.class::isInstance).count());
  }

  @Test
  void aBlobIsLiveWhileSomebodyIsConnectedForIt() {
    restore(1, 2, 1);
    restore(2, 2, 0);
    Session reader = connect(READER);
    blobs.get(reader, new PeerMessage.Get(blob(1), 0));
    assertEquals(List.of(blobs.flows.find(blob(1))), blobs.flows.live());
    close(reader);
    assertEquals(List.of(), blobs.flows.live());
    Session uploader = connect(OWNER);
    blobs.put(uploader, new PeerMessage.Put(blob(2)));
    assertEquals(List.of(blobs.flows.find(blob(2))), blobs.flows.live());
    close(uploader);
    assertEquals(List.of(), blobs.flows.live());
  }

  @Test
  void aBlobIsAmongThoseInMemoryWhileAPartOfItIs() {
    restore(1, 1, 0);
    tick(BlobUpload.RESTATE_MILLIS);
    Session uploader = connect(OWNER);
    Session reader = connect(READER);
    blobs.get(reader, new PeerMessage.Get(blob(1), 0));
    blobs.put(uploader, new PeerMessage.Put(blob(1)));
    assertEquals(List.of(), blobs.flows.inMemory());
    Slice slice = new Slice(blob(1), 0, 0, 1000);
    blobs.slice(uploader, slice, HeaderCodec.frame(slice, new byte[1000], 1000));
    assertEquals(List.of(blobs.flows.find(blob(1))), blobs.flows.inMemory());
    blobs.held(reader, new PeerMessage.Held(blob(1), 1));
    assertEquals(List.of(), blobs.flows.inMemory());
  }

  @Test
  void aPartLeftInMemoryKeepsItsBlobLive() {
    restore(1, 1, 0);
    tick(BlobUpload.RESTATE_MILLIS);
    Session uploader = connect(OWNER);
    blobs.put(uploader, new PeerMessage.Put(blob(1)));
    Slice slice = new Slice(blob(1), 0, 0, 1000);
    blobs.slice(uploader, slice, HeaderCodec.frame(slice, new byte[1000], 1000));
    close(uploader);
    assertEquals(List.of(blobs.flows.find(blob(1))), blobs.flows.live());
  }

  private void slice(Session session, int number) {
    Slice slice = new Slice(blob(number), 0, 0, 1000);
    blobs.slice(session, slice, HeaderCodec.frame(slice, new byte[1000], 1000));
  }

  @Test
  void aConnectionRemembersFewOfTheBlobsThatWerePutOnItAndAreGone() {
    Session uploader = connect(OWNER);
    for (int i = 0; i < Blobs.REMEMBERED_PUTS; i++) {
      restore(i, 1, 0);
    }
    tick(BlobUpload.RESTATE_MILLIS);
    for (int i = 0; i < 6_000; i++) {
      boolean stays = i < Blobs.REMEMBERED_PUTS;
      if (!stays) {
        restore(i, 1, 0);
      }
      blobs.put(uploader, new PeerMessage.Put(blob(i)));
      if (!stays) {
        blobs.forget(blobs.flows.find(blob(i)));
        slice(uploader, i);
        assertTrue(uploader.open(), "a slice on its way when its blob went ends no connection");
      }
    }
    assertTrue(uploader.puts.size() <= 2 * Blobs.REMEMBERED_PUTS, uploader.puts.size() + " puts");
    for (int i = 0; i < Blobs.REMEMBERED_PUTS; i++) {
      slice(uploader, i);
    }
    assertEquals(Blobs.REMEMBERED_PUTS, blobs.flows.inMemory().size(), "uploads that go on");
    slice(uploader, 6_000);
    assertFalse(uploader.open(), "a slice without a put");
  }

  @Test
  void aBlobThatIsGoneIsInNoList() {
    restore(1, 1, 1);
    Session reader = connect(READER);
    blobs.get(reader, new PeerMessage.Get(blob(1), 0));
    BlobFlow flow = blobs.flows.find(blob(1));
    blobs.forget(flow);
    blobs.changed(flow);
    assertEquals(List.of(), blobs.flows.live());
    assertEquals(0, blobs.flows.count());
  }
}
