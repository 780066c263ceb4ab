package dev.waxwing.peer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.BlobId;
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

/**
 * A person's key signs another, as its owner does, or a thief of the key with the relay's help: the
 * new key is believed from then on, and gets nothing that was written for the old one.
 */
class FollowedKeyTest {
  private final World world = World.acquainted();
  private final RelayModel relay = world.relay;
  private final Peer alice = world.alice;
  private final Peer bob = world.bob;

  /** Alice compared bob's key; then it signed another, of another device. */
  private Peer successor() {
    alice.decide(bob, Decision.VERIFY);
    bob.drop();
    Identity next = bob.successor();
    relay.records.put(bob.user(), next.record());
    return new Peer(next, bob);
  }

  /** Alice sees the new record. */
  private void follow() {
    alice.on(new PeerInput.Look(bob.user()));
    world.settle(alice);
    assertEquals(Trust.NEW, alice.contact(bob).trust());
  }

  private MessageId accepted(String text) {
    bob.drop();
    MessageId id = alice.say(bob, text);
    world.settle(alice);
    assertEquals(State.ACCEPTED, alice.state(id));
    return id;
  }

  /** Sealed and refused for a while, so that it is about to be handed over again. */
  private MessageId sealed(String text) {
    relay.refuseSends.add(FaultCode.RATE_LIMITED);
    MessageId id = alice.say(bob, text);
    world.settle(alice);
    assertEquals(1, alice.outbox(OutboxRow.State.SEALED));
    return id;
  }

  /** Behind one that is sealed. */
  private MessageId queued(String text) {
    MessageId id = alice.say(bob, text);
    assertEquals(1, alice.outbox(OutboxRow.State.QUEUED));
    return id;
  }

  @Test
  void whatWentToTheOldKeyIsNotSealedAgainForItsSuccessor() {
    MessageId id = accepted("for the old key, verified");
    Peer next = successor();
    world.connect(next);
    next.tell(alice.user(), new Content.Resend(List.of(id)));
    world.settle(alice, next);
    assertEquals(Trust.NEW, alice.contact(bob).trust());
    relay.restore(relay.backup());
    world.connect(alice, next);
    world.pass(3_600_000, alice, next);
    assertEquals(List.of(), next.heard(alice.user()));
    assertEquals(0, alice.outbox(OutboxRow.State.ACCEPTED));
    assertEquals(State.ACCEPTED, alice.state(id));
  }

  @Test
  void whatWaitedForTheOldKeyIsHeldWhateverTheRelayAndTheNewKeySay() {
    MessageId sealed = sealed("sealed");
    MessageId queued = queued("queued");
    Peer next = successor();
    follow();
    assertEquals(State.HELD, alice.state(sealed));
    assertEquals(State.HELD, alice.state(queued));
    assertEquals(2, alice.outbox(OutboxRow.State.HELD));
    world.connect(next);
    world.pass(3_600_000, alice, next);
    relay.restore(relay.backup());
    world.connect(alice, next);
    assertEquals(List.of(), next.heard(alice.user()));
    assertEquals(State.HELD, alice.state(sealed));
    assertEquals(State.HELD, alice.state(queued));
  }

  @Test
  void anOfferThatWaitedForTheOldKeyIsGivenUpAndNeverHeld() {
    relay.refuseSends.add(FaultCode.RATE_LIMITED);
    MessageId sealed = alice.tell(bob.user(), offer(1));
    world.settle(alice);
    assertEquals(1, alice.outbox(OutboxRow.State.SEALED));
    MessageId queued = alice.tell(bob.user(), offer(2));
    assertEquals(1, alice.outbox(OutboxRow.State.QUEUED));
    Peer next = successor();
    follow();
    assertEquals(State.FAILED, alice.state(sealed));
    assertEquals(State.FAILED, alice.state(queued));
    assertEquals(0, alice.outbox(OutboxRow.State.HELD));
    assertEquals(
        List.of(FaultCode.KEY_CHANGED, FaultCode.KEY_CHANGED),
        alice.undeliverable().stream().map(Fault::code).toList());
    world.connect(next);
    world.pass(3_600_000, alice, next);
    assertEquals(List.of(), next.heard(alice.user()));
  }

  private static Content offer(int number) {
    byte[] id = new byte[BlobId.LENGTH];
    id[0] = (byte) number;
    return new Content.Offer(
        new BlobId(Bytes.of(id)),
        Bytes.of(new byte[32]),
        "a.txt",
        Content.Shape.FILE,
        5,
        0,
        "",
        null);
  }

  @Test
  void theNewKeyCannotAskForWhatIsHeld() {
    MessageId sealed = sealed("sealed");
    MessageId queued = queued("queued");
    Peer next = successor();
    follow();
    world.connect(next);
    next.tell(alice.user(), new Content.Resend(List.of(sealed, queued)));
    world.settle(alice, next);
    world.pass(3_600_000, alice, next);
    assertEquals(List.of(), next.heard(alice.user()));
    assertEquals(2, alice.outbox(OutboxRow.State.HELD));
  }

  @Test
  void staleDevicesThatShowASuccessorHoldTheMessage() {
    Peer next = successor();
    world.connect(next);
    MessageId id = alice.say(bob, "before I knew");
    world.settle(alice, next);
    assertEquals(State.HELD, alice.state(id));
    assertEquals(List.of(), next.heard(alice.user()));
  }

  @Test
  void whatIsWrittenAfterwardsGoesAtOnceAndTheOwnerIsToldWhatWaits() {
    sealed("before");
    Peer next = successor();
    follow();
    // On this connection the relay would wait for the message it refused.
    alice.drop();
    world.connect(alice, next);
    MessageId id = alice.say(bob, "after");
    world.pass(3_600_000, alice, next);
    assertEquals(List.of("after"), next.heard(alice.user()));
    assertEquals(State.ACCEPTED, alice.state(id));
    assertEquals(1, alice.notices().size());
    assertTrue(alice.notices().get(0).contains("signed by the old; what you wrote before is held"));
  }

  @Test
  void withNothingWaitingTheOwnerHearsOfTheKeyAlone() {
    successor();
    follow();
    assertEquals(List.of("bob has a new key, signed by the old"), alice.notices());
  }

  @Test
  void verifyingTheNewKeyReleasesWhatIsHeldInItsOrder() {
    MessageId sealed = sealed("sealed");
    queued("queued");
    Peer next = successor();
    follow();
    world.connect(next);
    alice.decide(next, Decision.VERIFY);
    world.pass(3_600_000, alice, next);
    assertEquals(List.of("sealed", "queued"), next.heard(alice.user()));
    assertEquals(Trust.VERIFIED, alice.contact(bob).trust());
    next.decide(alice, Decision.ADD);
    world.settle(alice, next);
    assertEquals(State.DELIVERED, alice.state(sealed));
    assertEquals(0, alice.outbox(OutboxRow.State.HELD));
  }

  @Test
  void acceptingTheNewKeyReleasesWhatIsHeld() {
    sealed("sealed");
    MessageId queued = queued("queued");
    Peer next = successor();
    follow();
    alice.decide(bob, Decision.ACCEPT_NEW_KEY);
    assertEquals(State.QUEUED, alice.state(queued));
    world.connect(next);
    world.pass(3_600_000, alice, next);
    assertEquals(List.of("sealed", "queued"), next.heard(alice.user()));
    assertEquals(Trust.NEW, alice.contact(bob).trust());
  }

  @Test
  void acceptingAResetAlsoReleasesWhatASignedChangeHeld() {
    sealed("sealed");
    successor();
    follow();
    Identity reset = Identity.create(Peer.SUITE, bob.user(), bob::bytes, world.clock.now);
    relay.records.put(bob.user(), reset.record());
    Peer last = new Peer(reset, bob);
    world.connect(last);
    alice.on(new PeerInput.Look(bob.user()));
    world.settle(alice, last);
    assertEquals(Trust.CHANGED, alice.contact(bob).trust());
    alice.decide(bob, Decision.ACCEPT_NEW_KEY);
    world.pass(3_600_000, alice, last);
    assertEquals(List.of("sealed"), last.heard(alice.user()));
  }

  @Test
  void noOtherDecisionReleasesWhatIsHeld() {
    sealed("sealed");
    Peer next = successor();
    follow();
    world.connect(next);
    for (Decision decision :
        List.of(Decision.ADD, Decision.BLOCK, Decision.UNBLOCK, Decision.UNVERIFY)) {
      alice.decide(bob, decision);
      world.pass(3_600_000, alice, next);
    }
    assertEquals(List.of(), next.heard(alice.user()));
    assertEquals(1, alice.outbox(OutboxRow.State.HELD));
  }

  @Test
  void anotherRecordOfTheSameKeyHoldsNothing() {
    MessageId id = accepted("for bob");
    MessageId sealed = sealed("for bob too");
    UserRecord before = bob.identity.record().record();
    UserRecord next =
        new UserRecord(
            before.user(),
            1,
            Peer.hash(bob.identity.record()),
            before.accountKey(),
            before.vaultKey(),
            before.devices(),
            world.clock.now);
    relay.records.put(bob.user(), next.sign(Peer.SUITE.signing(), bob.identity.account()));
    alice.on(new PeerInput.Look(bob.user()));
    world.settle(alice);
    assertEquals(1, People.record(alice.contact(bob)).seq());
    bob.connect();
    world.pass(3_600_000, alice, bob);
    assertEquals(List.of("hello", "for bob", "for bob too"), bob.heard(alice.user()));
    assertEquals(State.DELIVERED, alice.state(id));
    assertEquals(State.DELIVERED, alice.state(sealed));
  }

  @Test
  void whatIsHeldFailsWithThePersonForgotten() {
    MessageId id = sealed("sealed");
    Peer next = successor();
    follow();
    world.connect(next);
    alice.decide(bob, Decision.FORGET);
    world.pass(3_600_000, alice, next);
    assertEquals(State.FAILED, alice.state(id));
    assertEquals(0, alice.outbox(OutboxRow.State.HELD));
  }

  @Test
  void whatIsHeldForThirtyDaysFails() {
    MessageId id = sealed("sealed");
    successor();
    follow();
    world.pass(30L * 24 * 3_600_000, alice);
    assertEquals(State.HELD, alice.state(id));
    world.pass(1, alice);
    assertEquals(State.FAILED, alice.state(id));
    assertEquals(FaultCode.MESSAGE_EXPIRED, alice.undeliverable().get(0).code());
  }
}
