package dev.waxwing.peer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.PeerInput.Decide.Decision;
import dev.waxwing.peer.session.PeerStore.MessageRow.State;
import dev.waxwing.peer.session.PeerStore.OutboxRow;
import dev.waxwing.peer.store.MemoryPeerStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Mail between peers and what they keep of it. */
class PeerSessionTest {
  private final World world = World.acquainted();
  private final RelayModel relay = world.relay;
  private final Peer alice = world.alice;
  private final Peer bob = world.bob;
  private final Peer carol = world.carol;

  private void settle() {
    world.settle(alice, bob, carol);
  }

  private List<Bytes> sealed(MessageId id) {
    return relay.handedOver.stream()
        .filter(row -> row.id().equals(id))
        .map(RelayModel.Row::sealed)
        .toList();
  }

  @Test
  void messageReachesTheInboxOnceAndComesBackAsDelivered() {
    MessageId id = alice.say(bob, "one");
    assertEquals(State.QUEUED, alice.state(id));
    alice.relayTakes();
    alice.takes(1);
    assertEquals(State.ACCEPTED, alice.state(id));
    settle();
    assertEquals(State.DELIVERED, alice.state(id));
    assertEquals(State.UNREAD, bob.state(id));
    assertEquals(List.of("hello", "one"), bob.heard(alice.user()));
    assertEquals(0, alice.outbox(OutboxRow.State.ACCEPTED));
    assertTrue(relay.mailbox(bob.address()).isEmpty());
  }

  @Test
  void retryIsTheIdenticalCiphertextUntilAccepted() {
    MessageId id = alice.say(bob, "again");
    alice.relayTakes();
    alice.drop();
    alice.connect();
    alice.relayTakes();
    alice.crash();
    alice.connect();
    settle();
    assertEquals(3, sealed(id).size());
    assertEquals(1, sealed(id).stream().distinct().count());
    assertEquals(List.of("hello", "again"), bob.heard(alice.user()));
  }

  @Test
  void ciphertextLeavesOnlyAfterItsStateIsOnDisk() {
    alice.store.crashNext(MemoryPeerStore.Moment.BEFORE_COMMIT);
    MessageId lost = alice.say(bob, "lost with the process");
    alice.connect();
    settle();
    assertEquals(List.of(), sealed(lost));
    alice.store.crashNext(MemoryPeerStore.Moment.AFTER_COMMIT);
    MessageId kept = alice.say(bob, "kept");
    assertEquals(List.of(), sealed(kept));
    alice.connect();
    settle();
    assertEquals(List.of("hello", "kept"), bob.heard(alice.user()));
  }

  @Test
  void mailIsAckedAfterItIsStoredAndStoredOnceWhenTheAckIsLost() {
    MessageId id = alice.say(bob, "once");
    alice.relayTakes();
    bob.store.crashNext(MemoryPeerStore.Moment.BEFORE_COMMIT);
    bob.takes(1);
    assertEquals(1, relay.mailbox(bob.address()).size());
    bob.connect();
    bob.store.crashNext(MemoryPeerStore.Moment.AFTER_COMMIT);
    bob.takes(1);
    assertEquals(1, relay.mailbox(bob.address()).size());
    bob.connect();
    settle();
    assertEquals(List.of("hello", "once"), bob.heard(alice.user()));
    assertTrue(relay.mailbox(bob.address()).isEmpty());
    assertEquals(State.DELIVERED, alice.state(id));
  }

  @Test
  void deliveryRepeatedMuchLaterIsAckedAndNotStoredAgain() {
    alice.say(bob, "once");
    alice.relayTakes();
    RelayModel.Row row = relay.mailbox(bob.address()).firstEntry().getValue();
    settle();
    bob.crash();
    bob.connect();
    settle();
    RelayModel.deliver(bob, row);
    bob.takes(1);
    boolean acked =
        bob.toRelay.stream()
            .anyMatch(
                said ->
                    said.message() instanceof PeerMessage.Ack ack
                        && ack.mail().get(0).id().equals(row.id()));
    assertTrue(acked);
    assertEquals(List.of("hello", "once"), bob.heard(alice.user()));
    assertEquals(0, bob.store.transact(PeerStore.Tx::quarantined));
  }

  @Test
  void unknownSendersMailWaitsForTheirRecordInItsOrder() {
    List<String> said = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      said.add("from a stranger " + i);
      carol.say(bob, said.get(i));
    }
    world.settle(carol);
    relay.refuseLookups.add(FaultCode.RATE_LIMITED);
    settle();
    assertEquals(List.of(), bob.heard(carol.user()));
    assertEquals(5, relay.mailbox(bob.address()).size());
    world.pass(5_000, alice, bob, carol);
    assertEquals(said, bob.heard(carol.user()));
    assertEquals(0, bob.store.transact(PeerStore.Tx::quarantined));
  }

  @Test
  void strangersGetNoReceiptUntilTheyAreAnswered() {
    MessageId id = carol.say(bob, "do you know me");
    settle();
    assertEquals(State.ACCEPTED, carol.state(id));
    bob.say(carol, "now I do");
    settle();
    assertEquals(State.DELIVERED, carol.state(id));
  }

  @Test
  void strangersWhoAreAddedGetTheirReceipts() {
    MessageId id = carol.say(bob, "add me");
    settle();
    bob.decide(carol, Decision.ADD);
    settle();
    assertEquals(State.DELIVERED, carol.state(id));
  }

  @Test
  void whoeverIsWrittenToFirstGetsReceiptsForTheAnswer() {
    bob.say(carol, "a first word");
    settle();
    assertTrue(bob.contact(carol).marks().contact());
    MessageId answer = carol.say(bob, "an answer");
    settle();
    assertEquals(State.DELIVERED, carol.state(answer));
  }

  @Test
  void receiptsAreNeverAnsweredNotEvenWhenDeliveredAgain() {
    alice.say(bob, "hi");
    world.settle(alice);
    bob.takes(64);
    while (bob.relayTakes()) {}
    RelayModel.Row receipt = relay.mailbox(alice.address()).firstEntry().getValue();
    settle();
    int before = relay.handedOver.size();
    RelayModel.deliver(alice, receipt);
    settle();
    assertEquals(before, relay.handedOver.size());
  }

  @Test
  void blockedSendersMailIsAckedAndDroppedWithoutAReceipt() {
    bob.decide(alice, Decision.BLOCK);
    MessageId id = alice.say(bob, "unwanted");
    settle();
    assertTrue(relay.mailbox(bob.address()).isEmpty());
    assertEquals(List.of("hello"), bob.heard(alice.user()));
    bob.decide(alice, Decision.UNBLOCK);
    settle();
    assertEquals(State.ACCEPTED, alice.state(id));
    alice.say(bob, "wanted");
    settle();
    assertEquals(List.of("hello", "wanted"), bob.heard(alice.user()));
  }

  @Test
  void noteToOneselfMakesNoTraffic() {
    int before = relay.handedOver.size();
    MessageId id = alice.say(alice, "remember");
    settle();
    assertEquals(State.NOTE, alice.state(id));
    assertEquals(before, relay.handedOver.size());
    assertEquals(0, alice.outbox(OutboxRow.State.QUEUED));
  }

  @Test
  void submittingTheSameIdAgainChangesNothing() {
    MessageId id = alice.say(bob, "first");
    alice.on(new PeerInput.Submit(id, bob.user(), new Content.Text("second")));
    settle();
    alice.on(new PeerInput.Submit(id, bob.user(), new Content.Text("third")));
    settle();
    assertEquals(List.of("hello", "first"), bob.heard(alice.user()));
  }

  @Test
  void messageMayNotTakeThePlaceOfALineThereIs() {
    MessageId own = bob.say(alice, "what I said");
    settle();
    alice.store.transact(
        tx -> {
          tx.putOutbox(Plant.queued(own, bob.user(), own, "what he never said"));
          return true;
        });
    alice.on(new PeerInput.Tick());
    settle();
    assertEquals(State.DELIVERED, bob.state(own));
    assertEquals("what I said", bob.store.transact(tx -> tx.message(own)).orElseThrow().text());
    assertTrue(relay.mailbox(bob.address()).isEmpty());
  }

  @Test
  void innerIdMustBeTheOuterOne() {
    MessageId outer = Plant.id(7);
    alice.store.transact(
        tx -> {
          tx.putOutbox(Plant.queued(outer, bob.user(), Plant.id(8), "under another's name"));
          return true;
        });
    alice.on(new PeerInput.Tick());
    settle();
    assertEquals(List.of("hello"), bob.heard(alice.user()));
    assertEquals(1, bob.store.transact(PeerStore.Tx::quarantined));
    assertTrue(relay.mailbox(bob.address()).isEmpty());
    assertFalse(bob.notices().isEmpty());
  }

  @Test
  void windowIsBounded() {
    IntStream.range(0, 100).forEach(i -> alice.say(bob, "m" + i));
    assertEquals(32, alice.toRelay.size());
    assertEquals(32, alice.outbox(OutboxRow.State.SEALED));
    alice.relayTakes();
    alice.takes(1);
    assertEquals(32, alice.outbox(OutboxRow.State.SEALED));
    settle();
    assertEquals(101, bob.heard(alice.user()).size());
  }

  @Test
  void transientRefusalsAreRetriedWithIdenticalBytesInOrder() {
    List<MessageId> ids = IntStream.range(0, 40).mapToObj(i -> alice.say(bob, "m" + i)).toList();
    alice.relayTakes();
    relay.refuseSends.add(FaultCode.RATE_LIMITED);
    world.settle(alice);
    relay.refuseSends.add(FaultCode.DISK_FULL);
    for (int i = 0; i < 5; i++) {
      world.pass(1_000, alice, bob, carol);
    }
    List<String> expected = new ArrayList<>(List.of("hello"));
    IntStream.range(0, 40).forEach(i -> expected.add("m" + i));
    assertEquals(expected, bob.heard(alice.user()));
    ids.forEach(id -> assertEquals(1, sealed(id).stream().distinct().count()));
  }

  @Test
  void nothingIsHandedOverAgainBeforeAllAnswersAreThere() {
    relay.refuseSends.add(FaultCode.RATE_LIMITED);
    List.of("a", "b", "c").forEach(text -> alice.say(bob, text));
    alice.relayTakes();
    alice.takes(1);
    world.clock.now += 1_000;
    alice.on(new PeerInput.Tick());
    alice.say(bob, "d");
    assertEquals(2, alice.toRelay.size());
    settle();
    world.pass(1_000, alice, bob, carol);
    assertEquals(List.of("hello", "a", "b", "c", "d"), bob.heard(alice.user()));
  }

  @Test
  void refusedMessageHoldsBackOnlyItsOwnRecipient() {
    relay.refuseSends.add(FaultCode.RATE_LIMITED);
    alice.say(bob, "refused");
    alice.say(carol, "passes");
    settle();
    assertEquals(List.of("passes"), carol.heard(alice.user()));
    assertEquals(List.of("hello"), bob.heard(alice.user()));
    world.pass(1_000, alice, bob, carol);
    assertEquals(List.of("hello", "refused"), bob.heard(alice.user()));
  }

  @Test
  void retryIsNotMadeBeforeItsTime() {
    relay.refuseSends.add(FaultCode.DISK_FULL);
    alice.say(bob, "later");
    settle();
    int before = relay.handedOver.size();
    world.pass(500, alice, bob);
    assertEquals(before, relay.handedOver.size());
    world.pass(500, alice, bob);
    assertEquals(List.of("hello", "later"), bob.heard(alice.user()));
  }

  @Test
  void finalRefusalFailsTheMessageAndTellsWhy() {
    relay.refuseSends.add(FaultCode.MAILBOX_FULL);
    MessageId id = alice.say(bob, "no room");
    settle();
    assertEquals(State.FAILED, alice.state(id));
    assertEquals(FaultCode.MAILBOX_FULL, alice.undeliverable().get(0).code());
    alice.on(new PeerInput.Retry(id));
    settle();
    assertEquals(State.DELIVERED, alice.state(id));
  }

  @Test
  void receiptThatFoundAFullMailboxIsTriedAgain() {
    MessageId id = alice.say(bob, "hi");
    world.settle(alice);
    relay.refuseSends.add(FaultCode.MAILBOX_FULL);
    settle();
    assertEquals(State.ACCEPTED, alice.state(id));
    world.pass(60_000, alice, bob);
    assertEquals(State.DELIVERED, alice.state(id));
  }

  @Test
  void aRelayThatSaysNothingButBehindIsNotAskedWithoutEnd() {
    alice.say(bob, "never");
    for (int i = 0; i < 50; i++) {
      relay.refuseSends.add(FaultCode.MESSAGE_BEHIND);
    }
    settle();
    assertEquals(48, relay.refuseSends.size());
    world.pass(1_000, alice, bob);
    assertEquals(47, relay.refuseSends.size());
  }

  @Test
  void whatAPersonSendsAgainWaitsForEveryAnswer() {
    relay.refuseSends.add(FaultCode.MAILBOX_FULL);
    MessageId full = alice.say(bob, "no room");
    settle();
    alice.say(bob, "x");
    alice.on(new PeerInput.Retry(full));
    alice.say(bob, "y");
    assertEquals(1, alice.toRelay.size());
    settle();
    assertEquals(List.of("hello", "x", "no room", "y"), bob.heard(alice.user()));
  }

  @Test
  void lineBehindAReceiptThatFindsNoRoomIsTriedByItself() {
    alice.say(bob, "hi");
    world.settle(alice);
    relay.refuseSends.add(FaultCode.MAILBOX_SHARE_FULL);
    settle();
    MessageId line = bob.say(alice, "and you");
    relay.refuseSends.addAll(List.of(FaultCode.MAILBOX_SHARE_FULL, FaultCode.MESSAGE_BEHIND));
    world.pass(60_000, alice, bob);
    assertEquals(State.QUEUED, bob.state(line));
    relay.refuseSends.addAll(List.of(FaultCode.MAILBOX_SHARE_FULL, FaultCode.MESSAGE_BEHIND));
    world.pass(60_000, alice, bob);
    assertEquals(State.FAILED, bob.state(line));
    assertEquals(FaultCode.MAILBOX_SHARE_FULL, bob.undeliverable().get(0).code());
  }

  @Test
  void staleDevicesAreFetchedOnceAndTheMessageSealedAnew() {
    int before = relay.bundlesGiven;
    relay.refuseSends.add(FaultCode.DEVICES_STALE);
    MessageId id = alice.say(bob, "stale");
    settle();
    assertEquals(State.DELIVERED, alice.state(id));
    assertEquals(2, sealed(id).stream().distinct().count());
    assertEquals(before + 1, relay.bundlesGiven);
  }

  @Test
  void devicesThatStayStaleEndTheMessage() {
    relay.refuseSends.addAll(Collections.nCopies(4, FaultCode.DEVICES_STALE));
    MessageId id = alice.say(bob, "stale for ever");
    settle();
    assertEquals(State.FAILED, alice.state(id));
    assertEquals(4, sealed(id).size());
  }

  @Test
  void devicesThatStayStaleEndEveryMessageAfterItsFourthCiphertext() {
    relay.refuseSends.addAll(Collections.nCopies(100, FaultCode.DEVICES_STALE));
    List<MessageId> ids = IntStream.range(0, 5).mapToObj(i -> alice.say(bob, "m" + i)).toList();
    settle();
    ids.forEach(id -> assertEquals(State.FAILED, alice.state(id)));
    ids.forEach(id -> assertEquals(4, sealed(id).stream().distinct().count()));
  }

  @Test
  void userUnknownFailsTheMessage() {
    MessageId id = alice.tell(new UserId("nobody"), new Content.Text("anybody there"));
    settle();
    assertEquals(State.FAILED, alice.state(id));
    assertEquals(FaultCode.USER_UNKNOWN, alice.undeliverable().get(0).code());
  }

  @Test
  void plaintextIsKeptUntilItsReceiptOrThirtyDays() {
    bob.drop();
    MessageId id = alice.say(bob, "are you there");
    world.settle(alice);
    world.pass(30L * 24 * 3_600_000, alice);
    assertEquals(1, alice.outbox(OutboxRow.State.ACCEPTED));
    world.pass(1, alice);
    assertEquals(0, alice.outbox(OutboxRow.State.ACCEPTED));
    assertEquals(State.ACCEPTED, alice.state(id));
  }

  @Test
  void messageThatCouldNotBeSentForThirtyDaysFails() {
    alice.drop();
    MessageId id = alice.say(bob, "never left");
    world.pass(30L * 24 * 3_600_000 + 1, alice);
    assertEquals(State.FAILED, alice.state(id));
    assertEquals(FaultCode.MESSAGE_EXPIRED, alice.undeliverable().get(0).code());
  }

  @Test
  void aClockThatIsWrongForYearsGivesNothingUp() {
    alice.drop();
    MessageId id = alice.say(bob, "later");
    world.leap(20 * 365 * World.DAY, alice);
    world.leap(-20 * 365 * World.DAY, alice);
    assertEquals(State.QUEUED, alice.state(id));
    world.leap(20 * 365 * World.DAY, new Peer[0]);
    alice.crash();
    alice.on(new PeerInput.Tick());
    assertEquals(State.QUEUED, alice.state(id));
    // The first leap made a week and an hour; the second only made good the fall.
    world.pass(23 * World.DAY - 3_600_000, alice);
    assertEquals(State.QUEUED, alice.state(id));
    world.pass(1, alice);
    assertEquals(State.FAILED, alice.state(id));
  }

  @Test
  void aDeviceThatStartsIn1970AgesNoFaster() {
    startsInThePast(5_000);
  }

  @Test
  void anOldLeapAndFallMakeItAgeFasterOnce() {
    world.leap(90 * 365 * World.DAY, alice);
    world.leap(-90 * 365 * World.DAY, alice);
    startsBack(3 * 365 * World.DAY);
  }

  @Test
  void aClockThatIsHoursBackAtEachStartMakesNothingOlderWhateverItWasBefore() {
    world.leap(365 * World.DAY, alice);
    world.leap(-365 * World.DAY, alice);
    startsBack(World.DAY / 3);
  }

  @Test
  void aClockThatIsDaysBackAtEachStartMakesNothingOlderWhateverItWasBefore() {
    world.leap(365 * World.DAY, alice);
    world.leap(-365 * World.DAY, alice);
    startsBack(6 * World.DAY);
  }

  @Test
  void manySmallFallsDoNotHideTheGreatOne() {
    alice.drop();
    MessageId id = alice.say(bob, "later");
    long right = world.clock.now;
    for (int i = 0; i < 20; i++) {
      world.clock.now = i < 2 ? 5_000 : world.clock.now - 3_600_000;
      alice.on(new PeerInput.Tick());
    }
    for (int day = 1; day < 22; day++) {
      world.clock.now = right + day * World.DAY;
      alice.on(new PeerInput.Tick());
      assertEquals(State.QUEUED, alice.state(id), "after day " + day);
    }
  }

  private void startsInThePast(long then) {
    starts(right -> then);
  }

  private void startsBack(long millis) {
    starts(right -> right - millis);
  }

  /** A device whose clock is wrong at each start and right soon after, once a day. */
  private void starts(LongUnaryOperator wrong) {
    alice.drop();
    MessageId id = alice.say(bob, "later");
    for (int i = 0; i < 22; i++) {
      long right = world.clock.now;
      world.clock.now = wrong.applyAsLong(right);
      alice.crash();
      alice.on(new PeerInput.Tick());
      world.clock.now = right + World.DAY;
      alice.on(new PeerInput.Tick());
      assertEquals(State.QUEUED, alice.state(id), "after day " + i);
    }
    world.pass(9 * World.DAY, alice);
    assertEquals(State.FAILED, alice.state(id));
  }

  @Test
  void leapsInTurnsThatFailedAreOneLeap() {
    alice.drop();
    MessageId id = alice.say(bob, "later");
    for (int i = 0; i < 8; i++) {
      world.clock.now += 40 * World.DAY;
      assertThrows(Fault.class, () -> alice.say(bob, "x".repeat(65_536)));
    }
    alice.on(new PeerInput.Tick());
    assertEquals(State.QUEUED, alice.state(id));
  }

  @Test
  void failedTransactionLeavesNoTraceInMemory() {
    String tooLong = "x".repeat(65_536);
    for (int i = 0; i < 40; i++) {
      assertThrows(Fault.class, () -> alice.say(bob, tooLong));
    }
    MessageId id = alice.say(bob, "short");
    settle();
    assertEquals(State.DELIVERED, alice.state(id));
  }

  @Test
  void lookWithoutConnectionIsAnsweredAtOnceAndOneUnderWayWhenTheConnectionEnds() {
    alice.drop();
    alice.effects.clear();
    alice.on(new PeerInput.Look(carol.user()));
    assertEquals(FaultCode.NETWORK_UNREACHABLE, alice.looked());
    alice.connect();
    alice.on(new PeerInput.Look(carol.user()));
    alice.effects.clear();
    alice.drop();
    assertEquals(FaultCode.NETWORK_UNREACHABLE, alice.looked());
  }

  @Test
  void newEpochReplacesAllPrekeysAndSendsAgainWhatHasNoReceipt() {
    RelayModel.Backup backup = relay.backup();
    bob.drop();
    List<MessageId> ids = IntStream.range(0, 3).mapToObj(i -> alice.say(bob, "m" + i)).toList();
    world.settle(alice);
    relay.restore(backup);
    relay.published.clear();
    alice.connect();
    MessageId last = alice.say(bob, "m3");
    bob.connect();
    settle();
    assertEquals(List.of("hello", "m0", "m1", "m2", "m3"), bob.heard(alice.user()));
    ids.forEach(id -> assertEquals(State.DELIVERED, alice.state(id)));
    assertEquals(State.DELIVERED, alice.state(last));
    assertTrue(relay.published.contains("alice replaces 150"), relay.published::toString);
    assertTrue(relay.published.contains("bob replaces 150"), relay.published::toString);
  }

  @Test
  void messageDeliveredBeforeTheRelayWasRestoredIsNotStoredAgainButItsReceiptComes() {
    RelayModel.Backup backup = relay.backup();
    MessageId id = alice.say(bob, "delivered");
    world.settle(alice);
    bob.takes(64);
    while (bob.relayTakes()) {}
    alice.disconnect();
    alice.crash();
    relay.restore(backup);
    world.connect(alice, bob);
    assertEquals(List.of("hello", "delivered"), bob.heard(alice.user()));
    assertEquals(State.DELIVERED, alice.state(id));
    assertNotEquals(0, relay.accepted.size());
  }

  @Test
  void aClockThatIsSetBackHoldsNoMessageUp() {
    World world = World.acquainted();
    world.relay.refuseSends.add(FaultCode.RATE_LIMITED);
    world.alice.say(world.bob, "later");
    world.settle(world.alice, world.bob);
    world.pass(-3_600_000, world.alice, world.bob);
    assertFalse(world.bob.heard(world.alice.user()).contains("later"), "it waits");
    world.pass(2_000, world.alice, world.bob);
    assertTrue(world.bob.heard(world.alice.user()).contains("later"), "it went");
  }
}
