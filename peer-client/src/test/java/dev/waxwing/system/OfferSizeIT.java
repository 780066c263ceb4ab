package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Invite;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.merkle.MerkleTree;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.age.AgeIdentity;
import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.peer.api.JoinRequest;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.Profiles;
import dev.waxwing.peer.api.ReceiveRequest;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.net.RelayConnection;
import dev.waxwing.peer.store.ProfileFolder;
import dev.waxwing.peer.transfer.Host;
import dev.waxwing.peer.transfer.Sending;
import dev.waxwing.peer.transfer.TransferBook;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A contact who offers a file of one size and sends another: it never gets its name. */
@DisabledOnOs(OS.WINDOWS)
class OfferSizeIT {
  private static final Suite SUITE = Suite.wx1();
  private static final long PATIENCE_MILLIS = 60_000;

  @TempDir static Path folder;
  private static Stage stage;
  private static RelayProgram relay;
  private static Peer liar;
  private static Peer taker;

  @BeforeAll
  static void open() throws Exception {
    stage = new Stage(folder);
    relay = RelayProgram.serve(stage, "relay", 0);
    liar = join("liar");
    taker = join("taker");
    liar.addContact(new UserId("taker"));
  }

  @AfterAll
  static void close() throws Exception {
    try (Stage ends = stage) {
      liar.close();
      taker.close();
      assertEquals(0, relay.stop().exit());
    }
  }

  private static Peer join(String name) {
    Profiles profiles =
        new Profiles(
            ProfileFolder.locate(folder.resolve(name), ProfileFolder.Surroundings.current()),
            () -> null);
    profiles.join(new JoinRequest(Invite.parse(relay.invite()), new UserId(name), null));
    Peer peer = profiles.open();
    peer.awaitOnline(PATIENCE_MILLIS);
    return peer;
  }

  /** What transfers use to speak to the relay and to people, and no library gives away. */
  private static Host host() throws ReflectiveOperationException {
    Field host = liar.getClass().getDeclaredField("host");
    host.setAccessible(true);
    return (Host) host.get(liar);
  }

  /** Nothing is offered that is not in the book. */
  private static void noteSending(BlobId blob, AgeIdentity identity, String name, UserId to)
      throws ReflectiveOperationException {
    Bytes key =
        host()
            .store(
                tx ->
                    UserRecord.Signed.parse(tx.contact(to).orElseThrow().record().toArray())
                        .record()
                        .accountKey());
    Sending row =
        new Sending(
            blob,
            new Sending.Keys(
                Bytes.of(identity.secret().exposeCopy()), Bytes.of(RawPeer.random(32))),
            new Sending.From(Sending.Kind.FILE, folder.resolve(name).toString(), null),
            name,
            "",
            List.of(
                new Sending.Recipient(
                    to, dev.waxwing.peer.transfer.Stage.WAITING, key, null, null)),
            dev.waxwing.peer.transfer.Stage.WAITING,
            new Sending.Counts(0, 0, 0),
            null,
            null,
            0,
            null);
    host()
        .store(
            tx -> {
              new TransferBook().put(tx, row, 0);
              return true;
            });
  }

  /** Offers one size, sends another, in one part or two. */
  private static BlobId send(String name, long offered, int size) throws Exception {
    BlobId blob = new BlobId(Bytes.of(RawPeer.random(BlobId.LENGTH)));
    AgeIdentity identity = AgeIdentity.of(SUITE.agreement(), Secret.take(RawPeer.random(32)));
    UserId to = new UserId("taker");
    host()
        .ask(
            ref -> new PeerMessage.CreateBlob(ref, blob),
            Address.encodeList(host().devices(List.of(to))));
    noteSending(blob, identity, name, to);
    host()
        .tell(
            to,
            new Content.Offer(
                blob,
                Bytes.of(identity.secret().exposeCopy()),
                name,
                Content.Shape.FILE,
                offered,
                0,
                "",
                null));
    MerkleTree tree = new MerkleTree();
    try (AgeWriter writer =
            AgeWriter.of(SUITE, identity.recipient(), Secret.take(RawPeer.random(32)));
        RelayConnection data = host().openData()) {
      data.send(new PeerMessage.Put(blob), new byte[0]);
      assertNotNull(data.require(PATIENCE_MILLIS));
      long parts = AgeWriter.partCount(size);
      for (long part = 0; part < parts; part++) {
        boolean last = part == parts - 1;
        int length =
            last ? (int) (size - part * AgeWriter.PART_PLAINTEXT) : AgeWriter.PART_PLAINTEXT;
        ByteBuffer sealed = ByteBuffer.allocate(WireLimits.MAX_PART);
        tree.append(writer.sealPart(part, ByteBuffer.allocate(length), last, sealed));
        put(data, blob, part, sealed.flip());
      }
      data.send(new PeerMessage.Seal(blob, parts, WireLimits.ciphertextSize(size)), new byte[0]);
      host().tell(to, new Content.Final(blob, WireLimits.ciphertextSize(size), tree.root()));
      while (!(data.require(PATIENCE_MILLIS).message() instanceof RelayMessage.Sealed)) {
        // What is kept is said before.
      }
    }
    return blob;
  }

  private static void put(RelayConnection data, BlobId blob, long part, ByteBuffer sealed) {
    int length = sealed.limit();
    for (int at = 0; at < length; ) {
      int prefix = part == 0 && at == 0 ? WireLimits.AGE_PREFIX : 0;
      int slice = Math.min(length - at, WireLimits.SLICE + prefix);
      data.send(HeaderCodec.frame(new Slice(blob, part, at, length), sealed.array(), slice));
      at += slice;
    }
  }

  private static Transfer taken(String name, long offered, int size) throws Exception {
    BlobId blob = send(name, offered, size);
    await(() -> taker.offers().stream().anyMatch(offer -> offer.id().equals(blob)));
    taker.receive(
        new ReceiveRequest(
            blob, folder.resolve("in").toString(), null, ReceiveRequest.Conflict.RENAME));
    await(() -> taker.transfer(blob).state().ended());
    return taker.transfer(blob);
  }

  private static void await(java.util.function.BooleanSupplier wanted) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (!wanted.getAsBoolean()) {
      assertTrue(System.nanoTime() < until, "never came");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  private static void refused(Transfer transfer, String name) {
    assertEquals(TransferState.FAILED, transfer.state(), transfer::toString);
    assertNotNull(transfer.problem());
    assertEquals(FaultCode.ROOT_MISMATCH, transfer.problem().code());
    assertTrue(!Files.exists(folder.resolve("in").resolve(name)));
  }

  @Test
  void whatIsAsLargeAsOfferedIsTaken() throws Exception {
    for (int size : new int[] {0, 1, AgeWriter.PART_PLAINTEXT, AgeWriter.PART_PLAINTEXT + 5}) {
      String name = "honest-" + size;
      assertEquals(TransferState.DONE, taken(name, size, size).state(), name);
      assertEquals(size, Files.size(folder.resolve("in").resolve(name)));
      assertEquals(TransferState.DONE, taken("open-" + size, -1, size).state());
    }
  }

  @Test
  void whatIsMoreThanOfferedStopsThere() throws Exception {
    refused(taken("one-more", 9, 10), "one-more");
    Transfer more = taken("much-more", AgeWriter.PART_PLAINTEXT, 5 * AgeWriter.PART_PLAINTEXT);
    refused(more, "much-more");
    Path in = folder.resolve("in");
    if (Sample.names(in).contains("much-more.part")) {
      assertTrue(Files.size(Sample.part(in, "much-more")) <= AgeWriter.PART_PLAINTEXT);
    }
  }

  @Test
  void whatIsLessThanOfferedIsNotTheFile() throws Exception {
    refused(taken("one-less", 11, 10), "one-less");
    refused(taken("nothing", 10, 0), "nothing");
  }
}
