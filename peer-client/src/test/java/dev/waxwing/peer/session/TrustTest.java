package dev.waxwing.peer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.MessageId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.PeerInput.Decide.Decision;
import dev.waxwing.peer.session.PeerStore.MessageRow.State;
import dev.waxwing.peer.session.PeerStore.OutboxRow;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose key is believed, and what a key that is not may do. */
class TrustTest {
  private final World world = World.acquainted();
  private final RelayModel relay = world.relay;
  private final Peer alice = world.alice;
  private final Peer bob = world.bob;

  /** The operator reset bob: another identity under his name, which his old key did not sign. */
  private Peer resetBob() {
    bob.drop();
    Identity fresh = Identity.create(Peer.SUITE, bob.user(), bob::bytes, world.clock.now);
    relay.records.put(bob.user(), fresh.record());
    Peer next = new Peer(fresh, bob);
    next.connect();
    world.settle(alice, next);
    return next;
  }

  private void look() {
    alice.on(new PeerInput.Look(bob.user()));
    world.settle(alice, bob);
  }

  private static UserRecord.Signed successor(
      Identity of, Bytes previous, Signing.Pair key, Signing.Pair signer) {
    UserRecord before = of.record().record();
    UserRecord next =
        new UserRecord(
            before.user(),
            before.seq() + 1,
            previous,
            key.publicKey(),
            before.vaultKey(),
            before.devices(),
            World.START);
    return next.sign(Peer.SUITE.signing(), signer);
  }

  @Test
  void keyThePinnedOneDidNotSignIsHeldAndNothingIsSealedForIt() {
    Bytes pinned = alice.contact(bob).record();
    Peer next = resetBob();
    MessageId id = alice.say(next, "for bob as I know him");
    world.settle(alice, next);
    assertEquals(Trust.CHANGED, alice.contact(bob).trust());
    assertEquals(pinned, alice.contact(bob).record());
    assertNotNull(alice.contact(bob).pending());
    assertEquals(State.HELD, alice.state(id));
    assertEquals(List.of(), next.heard(alice.user()));
    assertTrue(next.store.transact(PeerStore.Tx::conversations).isEmpty());
    assertTrue(alice.notices().get(0).contains("safety number changed"));
    world.pass(3_600_000, alice, next);
    assertEquals(State.HELD, alice.state(id));
  }

  @Test
  void acceptingTheKeyReleasesWhatIsHeld() {
    Peer next = resetBob();
    MessageId id = alice.say(next, "held");
    world.settle(alice, next);
    alice.decide(bob, Decision.ACCEPT_NEW_KEY);
    world.settle(alice, next);
    assertEquals(List.of("held"), next.heard(alice.user()));
    assertEquals(Trust.NEW, alice.contact(bob).trust());
    next.decide(alice, Decision.ADD);
    world.settle(alice, next);
    assertEquals(State.DELIVERED, alice.state(id));
  }

  @Test
  void verifyingTheKeyReleasesWhatIsHeld() {
    Peer next = resetBob();
    alice.say(next, "held");
    world.settle(alice, next);
    alice.decide(next, Decision.VERIFY);
    world.settle(alice, next);
    assertEquals(List.of("held"), next.heard(alice.user()));
    assertEquals(Trust.VERIFIED, alice.contact(bob).trust());
  }

  @Test
  void aKeyThatIsNotTheOneComparedIsNotTaken() {
    Peer next = resetBob();
    alice.say(next, "held");
    world.settle(alice, next);
    Fault fault = assertThrows(Fault.class, () -> alice.decide(bob, Decision.VERIFY));
    assertEquals(FaultCode.KEY_CHANGED, fault.code());
    assertEquals(Trust.CHANGED, alice.contact(bob).trust());
    assertEquals(List.of(), next.heard(alice.user()));
  }

  @Test
  void whatWentToTheOldKeyIsNeverSealedForTheNew() {
    bob.drop();
    MessageId id = alice.say(bob, "for the old key");
    world.settle(alice);
    assertEquals(State.ACCEPTED, alice.state(id));
    Peer next = resetBob();
    look();
    alice.decide(bob, Decision.ACCEPT_NEW_KEY);
    world.settle(alice, next);
    next.connect();
    next.tell(alice.user(), new Content.Resend(List.of(id)));
    world.settle(alice, next);
    relay.restore(relay.backup());
    world.connect(alice, next);
    assertEquals(List.of(), next.heard(alice.user()));
    assertEquals(0, alice.outbox(OutboxRow.State.ACCEPTED));
  }

  @Test
  void heldKeyCannotAnswerForThePinnedOne() {
    bob.drop();
    MessageId id = alice.say(bob, "is it you");
    world.settle(alice);
    Peer next = resetBob();
    next.say(alice, "it is me");
    next.tell(alice.user(), new Content.Receipt(List.of(id)));
    world.settle(alice, next);
    assertEquals(List.of("hello"), alice.heard(bob.user()));
    assertEquals(State.ACCEPTED, alice.state(id));
    assertEquals(1, alice.outbox(OutboxRow.State.ACCEPTED));
    assertEquals(Trust.CHANGED, alice.contact(bob).trust());
  }

  @Test
  void forgettingSomebodyTakesAlongWhatWasMeantForTheirKey() {
    Peer next = resetBob();
    MessageId id = alice.say(next, "held");
    world.settle(alice, next);
    alice.decide(bob, Decision.FORGET);
    world.pass(3_600_000, alice, next);
    assertEquals(State.FAILED, alice.state(id));
    assertEquals(List.of(), next.heard(alice.user()));
  }

  @Test
  void successorSignedByThePinnedKeyIsFollowedWithANotice() {
    Signing.Pair fresh = Peer.SUITE.signing().pair(Secret.take(bob.bytes(32)));
    UserRecord.Signed record =
        successor(bob.identity, Peer.hash(bob.identity.record()), fresh, bob.identity.account());
    relay.shown.put(bob.user(), record);
    look();
    assertEquals(Bytes.of(record.toBytes()), alice.contact(bob).record());
    assertEquals(Trust.NEW, alice.contact(bob).trust());
    assertEquals(1, alice.notices().size());
    relay.shown.put(bob.user(), bob.identity.record());
    look();
    assertEquals(Trust.CHANGED, alice.contact(bob).trust());
    assertEquals(Bytes.of(record.toBytes()), alice.contact(bob).record());
  }

  @Test
  void outdatedRecordIsRefused() {
    UserRecord.Signed record =
        successor(
            bob.identity,
            Peer.hash(bob.identity.record()),
            bob.identity.account(),
            bob.identity.account());
    relay.shown.put(bob.user(), record);
    look();
    relay.shown.put(bob.user(), bob.identity.record());
    alice.effects.clear();
    look();
    assertEquals(FaultCode.RECORD_INVALID, alice.looked());
    assertEquals(Bytes.of(record.toBytes()), alice.contact(bob).record());
    assertEquals(Trust.NEW, alice.contact(bob).trust());
  }

  @Test
  void successorThatDoesNotNameItsPredecessorIsRefused() {
    Bytes pinned = alice.contact(bob).record();
    relay.shown.put(
        bob.user(),
        successor(
            bob.identity, Bytes.of(new byte[32]), bob.identity.account(), bob.identity.account()));
    look();
    assertEquals(pinned, alice.contact(bob).record());
  }

  @Test
  void recordNobodySignedIsRefused() {
    UserRecord.Signed real = bob.identity.record();
    relay.shown.put(
        bob.user(), new UserRecord.Signed(real.record(), real.encoded(), Bytes.of(new byte[64])));
    world.carol.effects.clear();
    world.carol.on(new PeerInput.Look(bob.user()));
    world.settle(world.carol);
    assertEquals(FaultCode.RECORD_INVALID, world.carol.looked());
    assertTrue(world.carol.store.transact(tx -> tx.contact(bob.user())).isEmpty());
  }

  @Test
  void relayThatShowsABadRecordIsNotAskedWithoutEnd() {
    UserRecord.Signed real = bob.identity.record();
    relay.shown.put(
        bob.user(), new UserRecord.Signed(real.record(), real.encoded(), Bytes.of(new byte[64])));
    int before = relay.bundlesGiven;
    world.carol.say(bob, "who are you");
    world.settle(world.carol);
    assertEquals(before + 1, relay.bundlesGiven);
    relay.shown.clear();
    world.pass(10_000, world.carol, bob);
    assertEquals(List.of("who are you"), bob.heard(world.carol.user()));
  }

  @Test
  void keyThatReturnsToThePinnedOneIsNoLongerChanged() {
    Identity other = Identity.create(Peer.SUITE, bob.user(), bob::bytes, world.clock.now);
    relay.shown.put(bob.user(), other.record());
    look();
    assertEquals(Trust.CHANGED, alice.contact(bob).trust());
    relay.shown.clear();
    look();
    assertEquals(Trust.NEW, alice.contact(bob).trust());
    assertNull(alice.contact(bob).pending());
    MessageId id = alice.say(bob, "after all");
    world.settle(alice, bob);
    assertEquals(State.DELIVERED, alice.state(id));
    assertFalse(alice.notices().isEmpty());
  }
}
