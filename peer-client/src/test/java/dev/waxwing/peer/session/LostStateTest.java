package dev.waxwing.peer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.identity.Prekeys;
import dev.waxwing.message.Address;
import dev.waxwing.message.MessageId;
import dev.waxwing.peer.ratchet.Envelope;
import dev.waxwing.peer.ratchet.Opening;
import dev.waxwing.peer.ratchet.PrekeyRef;
import dev.waxwing.peer.session.PeerStore.MessageRow.State;
import dev.waxwing.peer.store.MemoryPeerStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Mail that cannot be read, state that is gone, and the prekeys that mend it. */
class LostStateTest {
  private final World world = World.acquainted();
  private final RelayModel relay = world.relay;
  private final Peer alice = world.alice;
  private final Peer bob = world.bob;

  private void settle() {
    world.settle(alice, bob);
  }

  /** What the relay has for bob is damaged on its way. */
  private void damage() {
    relay
        .mailbox(bob.address())
        .replaceAll(
            (seq, row) -> {
              byte[] sealed = row.sealed().toArray();
              sealed[sealed.length - 1] ^= 1;
              return new RelayModel.Row(seq, row.id(), row.from(), row.to(), Bytes.of(sealed));
            });
  }

  private Envelope envelope(RelayModel.Row row) {
    return Envelope.decode(row.sealed());
  }

  private Peer bobWithoutState() {
    bob.drop();
    Peer next = new Peer(bob.identity, bob);
    return next;
  }

  @Test
  void unreadableMailIsSetAsideAckedAndAskedForOverAFreshSession() {
    bob.drop();
    MessageId id = alice.say(bob, "damaged once");
    world.settle(alice);
    damage();
    int before = relay.accepted.size();
    bob.connect();
    settle();
    RelayModel.Row resend = relay.accepted.get(before);
    assertEquals(bob.address(), resend.from());
    assertTrue(envelope(resend).opening().isPresent());
    assertEquals(1, bob.store.transact(PeerStore.Tx::quarantined));
    assertTrue(relay.mailbox(bob.address()).isEmpty());
    assertEquals(List.of("hello", "damaged once"), bob.heard(alice.user()));
    assertEquals(State.DELIVERED, alice.state(id));
  }

  @Test
  void resendGoesOverAFreshSessionAlsoAfterACrash() {
    bob.drop();
    alice.say(bob, "damaged once");
    world.settle(alice);
    damage();
    int before = relay.accepted.size();
    bob.connect();
    bob.takes(1);
    bob.store.crashNext(MemoryPeerStore.Moment.AFTER_COMMIT);
    bob.takes(64);
    bob.crash();
    bob.connect();
    settle();
    assertTrue(envelope(relay.accepted.get(before)).opening().isPresent());
    assertEquals(List.of("hello", "damaged once"), bob.heard(alice.user()));
  }

  @Test
  void mailThatStaysUnreadableIsAskedForThreeTimesThenBothAreTold() {
    Peer deaf = bob;
    deaf.drop();
    MessageId id = alice.say(deaf, "never readable");
    world.settle(alice);
    for (int i = 0; i < 6; i++) {
      damage();
      deaf.connect();
      deaf.takes(64);
      for (int step = 0; step < 20; step++) {
        deaf.relayTakes();
        deaf.takes(64);
      }
      deaf.drop();
      world.settle(alice);
    }
    long copies = relay.accepted.stream().filter(row -> row.id().equals(id)).count();
    assertEquals(4, copies);
    assertEquals(State.FAILED, alice.state(id));
    assertEquals(FaultCode.UNDECRYPTABLE, alice.undeliverable().get(0).code());
    assertEquals(1, deaf.notices().size());
  }

  /** Different ciphertexts of a message that were handed over. */
  private long copies(MessageId id) {
    return relay.handedOver.stream()
        .filter(row -> row.id().equals(id))
        .map(RelayModel.Row::sealed)
        .distinct()
        .count();
  }

  @Test
  void relayThatIsRestoredAtEachLoginGetsFourCiphertextsThenTheSenderIsTold() {
    bob.drop();
    MessageId id = alice.say(bob, "without a receipt");
    world.settle(alice);
    for (int i = 1; i <= 6; i++) {
      assertEquals(i < 5 ? State.ACCEPTED : State.FAILED, alice.state(id));
      relay.restore(relay.backup());
      alice.connect();
      world.settle(alice);
    }
    assertEquals(4, copies(id));
    assertEquals(1, alice.undeliverable().size());
    assertEquals(FaultCode.NOT_DELIVERED, alice.undeliverable().get(0).code());
    assertEquals(0, alice.outbox(PeerStore.OutboxRow.State.ACCEPTED));
  }

  @Test
  void relayThatIsRestoredAtEachLoginAndTakesNothingGetsFourCiphertextsToo() {
    bob.drop();
    MessageId id = alice.say(bob, "never accepted");
    for (int i = 0; i < 6; i++) {
      alice.disconnect();
      relay.restore(relay.backup());
      alice.connect();
      while (alice.toRelay.size() > 0) {
        relay.refuseSends.add(FaultCode.RATE_LIMITED);
        alice.relayTakes();
      }
    }
    assertEquals(3, copies(id));
    assertEquals(State.FAILED, alice.state(id));
  }

  @Test
  void askingAndRestoringCountTogether() {
    bob.drop();
    MessageId id = alice.say(bob, "never readable");
    world.settle(alice);
    damage();
    bob.connect();
    for (int step = 0; step < 20; step++) {
      bob.takes(64);
      bob.relayTakes();
    }
    bob.drop();
    world.settle(alice);
    assertEquals(2, copies(id));
    for (int i = 0; i < 6; i++) {
      relay.restore(relay.backup());
      alice.connect();
      world.settle(alice);
    }
    assertEquals(4, copies(id));
    assertEquals(State.FAILED, alice.state(id));
  }

  @Test
  void peerWhoLostAllStateReplacesItsPrekeysAndReadsOnAfterAResend() {
    relay.published.clear();
    MessageId before = alice.say(bob, "to the old state");
    world.settle(alice);
    Peer next = bobWithoutState();
    next.connect();
    world.settle(alice, next);
    assertEquals(List.of("bob replaces 150"), relay.published);
    MessageId after = alice.say(next, "to the new state");
    world.settle(alice, next);
    assertEquals(List.of("to the old state", "to the new state"), next.heard(alice.user()));
    next.say(alice, "I am back");
    world.settle(alice, next);
    assertEquals(State.DELIVERED, alice.state(before));
    assertEquals(State.DELIVERED, alice.state(after));
  }

  @Test
  void peerWhoLostAllStateGivesNoPrekeyAnIdItUsedBefore() {
    long highest =
        bob.store.transact(tx -> tx.prekeys(Prekeys.Kind.ONE_TIME)).stream()
            .mapToLong(PeerStore.PrekeyRow::id)
            .max()
            .orElseThrow();
    world.clock.now += 1_000;
    Peer next = bobWithoutState();
    next.connect();
    world.settle(next);
    assertTrue(relay.stock(next.address()).signed.id() > highest);
  }

  @Test
  void prekeysAreStoredBeforeTheyArePublishedAndMadeAfreshWhenTheReplyIsLost() {
    Peer dora = new Peer("dora", relay, world.clock, 9);
    dora.store.crashNext(MemoryPeerStore.Moment.BEFORE_COMMIT);
    dora.connect();
    assertTrue(dora.toRelay.isEmpty());
    dora.connect();
    assertEquals(100, dora.store.transact(tx -> tx.prekeys(Prekeys.Kind.ONE_TIME)).size());
    assertEquals(50, dora.store.transact(tx -> tx.prekeys(Prekeys.Kind.ONE_TIME_KEM)).size());
    dora.relayTakes();
    dora.drop();
    relay.published.clear();
    dora.connect();
    world.settle(dora);
    assertEquals(List.of("dora replaces 150"), relay.published);
    relay.published.clear();
    dora.crash();
    dora.connect();
    world.settle(dora);
    assertEquals(List.of(), relay.published);
  }

  @Test
  void oneTimeHalvesAreGoneWithTheFirstMessageThatOpened() {
    world.carol.say(bob, "first");
    world.settle(world.carol, bob);
    RelayModel.Row first = relay.accepted.get(relay.accepted.size() - 1);
    Opening opening =
        relay.accepted.stream()
            .filter(row -> row.from().equals(world.carol.address()))
            .map(row -> envelope(row).opening().orElseThrow())
            .findFirst()
            .orElseThrow();
    assertEquals(world.carol.address(), first.from());
    PrekeyRef oneTime = opening.oneTime().orElseThrow();
    assertEquals(Prekeys.Kind.ONE_TIME_KEM, opening.kem().kind());
    for (PrekeyRef ref : List.of(oneTime, opening.kem())) {
      Optional<PeerStore.PrekeyRow> left =
          bob.store.transact(tx -> tx.prekey(ref.kind(), ref.id()));
      assertTrue(left.isEmpty());
    }
  }

  @Test
  void firstMessageWithoutOneTimeKeyReplayedUnderAnotherIdIsDropped() {
    RelayModel.Stock stock = relay.stock(bob.address());
    stock.oneTime.clear();
    stock.oneTimeKem.clear();
    world.carol.say(bob, "first");
    world.settle(world.carol, bob);
    RelayModel.Row first =
        relay.accepted.stream()
            .filter(row -> row.from().equals(world.carol.address()))
            .findFirst()
            .orElseThrow();
    Address from = first.from();
    // As if the session it opened were long gone.
    bob.store.transact(
        tx -> {
          tx.putConversation(from, new byte[] {1, 0});
          return true;
        });
    int handedOver = relay.handedOver.size();
    RelayModel.deliver(
        bob, new RelayModel.Row(999, Plant.id(9), from, bob.address(), first.sealed()));
    bob.takes(64);
    settle();
    assertEquals(List.of("first"), bob.heard(from.user()));
    assertEquals(handedOver, relay.handedOver.size());
    boolean seen = bob.store.transact(tx -> tx.seen(from, Plant.id(9)));
    assertFalse(seen);
  }

  @Test
  void bundleWithImpossibleKeysOnlyDelaysMailToItsOwner() {
    relay.stock(bob.address()).signed =
        Prekeys.Prekey.sign(
            Peer.SUITE.signing(),
            bob.identity.signing(),
            bob.address(),
            new Prekeys.Unsigned(Prekeys.Kind.SIGNED, 1, World.START, Bytes.of(new byte[32])));
    world.carol.say(bob, "to a key that is no key");
    world.settle(world.carol);
    assertTrue(world.carol.online);
    MessageId id = world.carol.say(alice, "to another");
    world.settle(world.carol, alice);
    assertEquals(State.ACCEPTED, world.carol.state(id));
  }

  @Test
  void simultaneousFirstMessagesMeet() {
    Peer dora = new Peer("dora", relay, world.clock, 9);
    world.connect(dora);
    MessageId one = dora.say(world.carol, "from dora");
    MessageId two = world.carol.say(dora, "from carol");
    world.settle(dora, world.carol);
    assertEquals(State.DELIVERED, dora.state(one));
    assertEquals(State.DELIVERED, world.carol.state(two));
    assertEquals(0, dora.store.transact(PeerStore.Tx::quarantined));
    assertEquals(0, world.carol.store.transact(PeerStore.Tx::quarantined));
  }

  @Test
  void keysOfMailThatNeverCameGoAfterTheirTime() {
    bob.drop();
    alice.say(bob, "lost");
    alice.say(bob, "lost too");
    alice.say(bob, "arrives");
    world.settle(alice);
    var waiting = relay.mailbox(bob.address());
    while (waiting.size() > 1) {
      waiting.remove(waiting.firstKey());
    }
    bob.connect();
    settle();
    assertEquals(List.of("hello", "arrives"), bob.heard(alice.user()));
    int kept = conversationSize();
    world.pass(31 * World.DAY, bob);
    assertTrue(conversationSize() < kept, kept + " bytes before, " + conversationSize() + " after");
  }

  private int conversationSize() {
    return bob.store.transact(tx -> tx.conversation(alice.address())).orElseThrow().length;
  }
}
