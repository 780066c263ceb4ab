package dev.waxwing.peer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.MessageId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.PeerInput.Decide.Decision;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.wire.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A relay that puts its own keys in a person's place: what is left of them afterwards. */
class ForeignKeysTest {
  private static final Bytes KEY = Bytes.of(new byte[99]);

  private final World world = new World();
  private final RelayModel relay = world.relay;
  private final Peer alice = world.alice;
  private final Peer bob = world.bob;
  private RelayModel.Stock real = new RelayModel.Stock();

  /** The relay's own keys under bob's name; {@code device} may be bob's, whose ID is no secret. */
  private Peer impostor(DeviceId device) {
    Identity own = Identity.create(Peer.SUITE, bob.user(), bob::bytes, World.START);
    UserRecord made = own.record().record();
    UserRecord.Device keys = made.devices().get(0);
    UserRecord record =
        new UserRecord(
            made.user(),
            0,
            Bytes.EMPTY,
            made.accountKey(),
            made.vaultKey(),
            List.of(new UserRecord.Device(device, keys.signingKey(), keys.agreementKey())),
            made.time());
    return new Peer(
        new Identity(
            own.account(),
            own.vaultSeed(),
            own.signing(),
            own.agreement(),
            record.sign(Peer.SUITE.signing(), own.account())),
        bob);
  }

  /** The relay puts the impostor in bob's place. */
  private void pretend(Peer impostor) {
    world.connect(alice, bob);
    real = relay.stock(bob.address()).copy();
    bob.drop();
    relay.shown.put(bob.user(), impostor.identity.record());
    relay.stocks.remove(impostor.address());
    impostor.connect();
    world.settle(alice, impostor);
  }

  /** The relay shows the real bob again. */
  private void stop(Peer impostor) {
    impostor.drop();
    relay.shown.clear();
    relay.stocks.put(bob.address(), real);
    bob.connect();
    world.settle(alice, bob);
  }

  @Test
  void sessionWithAnImpostorEndsWithTheirKeyEvenWhenTheDeviceIdStays() {
    Peer impostor = impostor(bob.address().device());
    pretend(impostor);
    alice.say(bob, "to the impostor");
    world.settle(alice, impostor);
    assertEquals(List.of("to the impostor"), impostor.heard(alice.user()));
    impostor.say(alice, "from the impostor");
    world.settle(alice, impostor);

    // The numbers differ: alice forgets that bob, finds the real one and compares again.
    alice.decide(bob, Decision.FORGET);
    stop(impostor);
    alice.on(new PeerInput.Look(bob.user()));
    world.settle(alice, bob);
    alice.decide(bob, Decision.VERIFY);
    alice.say(bob, "for bob alone");
    world.settle(alice, bob);
    assertEquals(List.of("for bob alone"), bob.heard(alice.user()));
    assertEquals(0, bob.store.transact(PeerStore.Tx::quarantined));

    bob.drop();
    impostor.connect();
    MessageId forged = impostor.say(alice, "forged");
    while (impostor.relayTakes()) {
      continue;
    }
    world.settle(alice);
    assertTrue(relay.handedOver.stream().anyMatch(row -> row.id().equals(forged)));
    assertEquals(List.of("from the impostor"), alice.heard(bob.user()));
    assertEquals(Trust.VERIFIED, alice.contact(bob).trust());
  }

  /** What alice's history with bob says under an ID. */
  private MessageRow line(MessageId id) {
    return alice.store.transact(tx -> tx.message(id)).orElseThrow();
  }

  @Test
  void whatAHeldKeySaysIsANoticeAndItsFileIsNotOnOffer() {
    world.connect(alice, bob);
    alice.say(bob, "hello");
    world.settle(alice, bob);
    alice.decide(bob, Decision.VERIFY);
    Peer impostor = impostor(new DeviceId(Bytes.of(new byte[DeviceId.LENGTH])));
    pretend(impostor);
    MessageId text = impostor.say(alice, "I am bob");
    BlobId blob = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
    MessageId file =
        impostor.tell(
            alice.user(),
            new Content.Offer(
                blob, Bytes.of(new byte[32]), "tool", Content.Shape.FILE, 9, 1, "", null));
    world.settle(alice, impostor);
    stop(impostor);
    alice.on(new PeerInput.Look(bob.user()));
    world.settle(alice, bob);

    // The relay shows the pinned key again: nothing the other one said may pass for bob's.
    assertEquals(Trust.VERIFIED, alice.contact(bob).trust());
    assertEquals(MessageRow.Kind.NOTICE, line(text).kind());
    assertEquals("said under a key you have not accepted: I am bob", line(text).text());
    assertEquals(MessageRow.Kind.NOTICE, line(file).kind());
    assertNull(line(file).blob());
    assertEquals(List.of(), alice.heard(bob.user()));
  }

  @Test
  void mailInTheProfilesOwnNameIsSetAside() {
    world.connect(alice, bob);
    Peer impostor = impostor(new DeviceId(Bytes.of(new byte[DeviceId.LENGTH])));
    relay.shown.put(bob.user(), impostor.identity.record());
    RelayModel.deliver(
        bob,
        new RelayModel.Row(
            999, new MessageId(Bytes.of(new byte[16])), impostor.address(), bob.address(), KEY));
    bob.takes(1);
    world.settle(bob);
    assertTrue(bob.store.transact(tx -> tx.contact(bob.user())).isEmpty());
    assertEquals(1, bob.store.transact(PeerStore.Tx::quarantined));
  }

  @Test
  void markOfAComparisonEndsWithTheKeyThatWasComparedAndNotBefore() throws Exception {
    world.connect(alice, bob);
    alice.say(bob, "hello");
    world.settle(alice, bob);
    alice.decide(bob, Decision.VERIFY);
    UserRecord.Signed sameKey = successor(bob.identity.record(), bob.identity.account());
    relay.shown.put(bob.user(), sameKey);
    alice.on(new PeerInput.Look(bob.user()));
    world.settle(alice);
    assertEquals(Trust.VERIFIED, alice.contact(bob).trust());
    Signing.Pair fresh = Peer.SUITE.signing().pair(Secret.take(bob.bytes(32)));
    relay.shown.put(bob.user(), successor(sameKey, fresh));
    alice.on(new PeerInput.Look(bob.user()));
    world.settle(alice);
    assertEquals(fresh.publicKey(), People.record(alice.contact(bob)).accountKey());
    assertEquals(Trust.NEW, alice.contact(bob).trust());
  }

  /** What follows {@code before} in bob's chain, signed by his first key. */
  private UserRecord.Signed successor(UserRecord.Signed before, Signing.Pair key)
      throws NoSuchAlgorithmException {
    UserRecord last = before.record();
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(before.encoded().toArray());
    return new UserRecord(
            last.user(),
            last.seq() + 1,
            Bytes.of(hash),
            key.publicKey(),
            last.vaultKey(),
            last.devices(),
            last.time())
        .sign(Peer.SUITE.signing(), bob.identity.account());
  }
}
