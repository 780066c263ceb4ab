package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Order per sender and recipient, also when something is refused in between. */
class HubOrderTest {
  private final HubRig rig = new HubRig();
  private final HubRig.Person anna = rig.known("anna", 1);
  private final HubRig.Person ben = rig.known("ben", 2);
  private final HubRig.Person cem = rig.known("cem", 3);
  private final ConnectionId sender = rig.login(anna);

  private static List<MessageId> ids(long... numbers) {
    return LongStream.of(numbers).mapToObj(HubRig::id).toList();
  }

  private List<MessageId> accepted() {
    return rig.said(sender, RelayMessage.Accepted.class).stream()
        .map(RelayMessage.Accepted::id)
        .toList();
  }

  private List<MessageId> refused() {
    return rig.said(sender, RelayMessage.Refused.class).stream()
        .map(RelayMessage.Refused::id)
        .toList();
  }

  private void exhaustTheRate() {
    for (int i = 0; i < Policy.Limits.DEFAULT.messages().burst(); i++) {
      rig.send(sender, 1_000 + i, cem, 1);
    }
    rig.out.clear();
  }

  @Test
  void afterARefusalNothingLaterIsTakenUntilTheRefusedComesAgain() {
    exhaustTheRate();
    rig.send(sender, 1, ben, 1);
    assertEquals(FaultCode.RATE_LIMITED, rig.refused(sender));
    rig.now += 5_000;
    rig.send(sender, 2, ben, 1);
    rig.send(sender, 3, ben, 1);
    assertEquals(ids(1, 2, 3), refused(), "2 and 3 were on their way when 1 was refused");
    assertEquals(FaultCode.RATE_LIMITED, rig.refused(sender));
    rig.send(sender, 1, ben, 1);
    rig.send(sender, 2, ben, 1);
    rig.send(sender, 3, ben, 1);
    assertEquals(ids(1, 2, 3), accepted());
  }

  @Test
  void aRefusalHoldsUpNobodyElse() {
    exhaustTheRate();
    rig.send(sender, 1, ben, 1);
    rig.now += 5_000;
    rig.send(sender, 2, cem, 1);
    assertEquals(ids(2), accepted());
    ConnectionId again = rig.login(anna);
    rig.send(again, 3, ben, 1);
    assertEquals(1, rig.said(again, RelayMessage.Accepted.class).size());
  }

  @Test
  void aRefusedMessageIsNotWaitedForForever() {
    exhaustTheRate();
    rig.send(sender, 1, ben, 1);
    rig.now += Lane.HOLD_MILLIS;
    rig.send(sender, 2, ben, 1);
    assertEquals(ids(2), accepted());
  }

  @Test
  void nothingOvertakesAMessageThatTheStoreRefuses() {
    rig.answering = false;
    for (int i = 1; i <= 3; i++) {
      rig.send(sender, i, ben, 1);
    }
    rig.fail(FaultCode.STORE_BUSY);
    rig.send(sender, 4, ben, 1);
    rig.answerAll();
    assertEquals(List.of(), accepted());
    assertEquals(ids(1, 2, 3, 4), refused());
    assertEquals(FaultCode.STORE_BUSY, rig.refused(sender));
    rig.answering = true;
    for (int i = 1; i <= 4; i++) {
      rig.send(sender, i, ben, 1);
    }
    assertEquals(ids(1, 2, 3, 4), accepted());
  }

  @Test
  void whatWasRefusedBeforeAnOlderOneOfTheStoreIsRememberedWithIt() {
    rig.answering = false;
    rig.send(sender, 1, ben, 1);
    rig.answering = true;
    HubEffect.Ask first = rig.asks.remove();
    exhaustTheRate();
    rig.send(sender, 8, ben, 1);
    rig.on(new HubEvent.Answered(first.ticket(), TinyStore.failed(FaultCode.DISK_FULL)));
    rig.send(sender, 9, ben, 1);
    assertEquals(ids(8, 1, 9), refused());
    rig.now += 5_000;
    rig.send(sender, 8, ben, 1);
    rig.send(sender, 9, ben, 1);
    assertEquals(ids(8, 9), accepted(), "1 was given up");
  }

  @Test
  void aRefusedMessageThatNeverComesAgainHoldsUpNothing() {
    exhaustTheRate();
    for (int i = 1; i <= 3; i++) {
      rig.send(sender, i, ben, 1);
    }
    rig.now += 5_000;
    rig.send(sender, 2, ben, 1);
    rig.send(sender, 3, ben, 1);
    assertEquals(ids(2, 3), accepted(), "1 got its receipt by another way");
  }

  @Test
  void whatFollowsARefusedMessageIsRefusedHoweverLongItIsOnItsWay() {
    exhaustTheRate();
    rig.send(sender, 1, ben, 1);
    rig.now += Lane.HOLD_MILLIS - 1;
    rig.send(sender, 2, ben, 1);
    rig.now += Lane.HOLD_MILLIS - 1;
    rig.send(sender, 3, ben, 1);
    assertEquals(ids(1, 2, 3), refused());
  }

  @Test
  void nothingIsTakenBehindAMessageThatFoundNoRoom() {
    rig.answering = false;
    for (int i = 1; i <= 4; i++) {
      rig.send(sender, i, ben, 1);
    }
    rig.answer();
    rig.send(sender, 5, ben, 1);
    Mailbox.Appended full = new Mailbox.Appended(Mailbox.Outcome.MAILBOX_FULL, List.of());
    rig.on(
        new HubEvent.Answered(rig.asks.remove().ticket(), new StoreReply.Appended(List.of(full))));
    assertEquals(ids(1), accepted());
    assertEquals(ids(2, 3, 4, 5), refused());
    assertEquals(FaultCode.MESSAGE_BEHIND, rig.refused(sender));
    rig.answering = true;
    rig.send(sender, 6, ben, 1);
    assertEquals(ids(2, 3, 4, 5, 6), refused(), "it was on its way before the refusals came");
    rig.send(sender, 3, ben, 1);
    rig.send(sender, 4, ben, 1);
    assertEquals(ids(1, 3, 4), accepted(), "2 was given up by its sender");
    rig.on(new HubEvent.Drain());
    assertTrue(rig.did(HubEffect.Drained.class), "nothing is counted as under way");
  }

  @Test
  void nothingIsTakenBehindWhatIsRefusedForGoodBeforeItsSenderKnows() {
    rig.send(sender, 1, new HubRig.Person("ben", 9), 1);
    assertEquals(FaultCode.DEVICES_STALE, rig.refused(sender));
    rig.send(sender, 2, ben, 1);
    assertEquals(FaultCode.MESSAGE_BEHIND, rig.refused(sender));
    rig.send(sender, 2, ben, 1);
    assertEquals(ids(2), accepted());
  }

  @Test
  void aWholeWindowThatNeverComesAgainHoldsUpNothing() {
    exhaustTheRate();
    LongStream.rangeClosed(1, 32).forEach(i -> rig.send(sender, i, ben, 1));
    rig.now += 5_000;
    rig.send(sender, 33, ben, 1);
    rig.send(sender, 34, ben, 1);
    rig.send(sender, 33, ben, 1);
    rig.send(sender, 34, ben, 1);
    assertEquals(ids(33, 34), accepted());
  }

  @Test
  void refusedMessagesToAsManyAsAFileMayHaveLeaveTheConnectionOpen() {
    exhaustTheRate();
    for (int i = 0; i <= WireLimits.MAX_RECIPIENTS; i++) {
      rig.send(sender, i, new HubRig.Person("someone" + i, 9), 1);
    }
    assertNull(rig.bye(sender));
  }

  @Test
  void waitingMessagesGoTogetherAndOneThatFailsTakesNoOtherWithIt() {
    rig.answering = false;
    for (int i = 1; i <= 4; i++) {
      rig.send(sender, i, ben, 1);
    }
    rig.answer();
    assertEquals(1, rig.asks.size());
    assertEquals(3, ((StoreCall.Append) rig.asks.peek().call()).messages().size());
    rig.fail(FaultCode.INTERNAL);
    rig.answer();
    rig.fail(FaultCode.INTERNAL);
    rig.answerAll();
    assertEquals(ids(1, 2, 4), accepted());
    assertEquals(ids(3), refused());
  }

  @Test
  void whatWaitsForAClosedConnectionIsDropped() {
    rig.answering = false;
    rig.send(sender, 1, ben, 1);
    rig.send(sender, 2, ben, 1);
    rig.on(new HubEvent.Closed(sender));
    rig.answerAll();
    assertEquals(1, rig.store.box(ben.who).size());
    rig.on(new HubEvent.Drain());
    assertTrue(rig.did(HubEffect.Drained.class), "nothing is counted as under way");
  }

  @Test
  void refusalsToManyPeopleDoNotGrowForEver() {
    exhaustTheRate();
    for (int i = 0; i <= Sending.MOST_LANES && rig.bye(sender) == null; i++) {
      rig.send(sender, i, new HubRig.Person("someone" + i, 9), 1);
    }
    assertEquals(FaultCode.RATE_LIMITED, rig.bye(sender));
  }

  @Test
  void anAckTheStoreCouldNotTakeIsTriedAgain() {
    ConnectionId receiver = rig.login(ben);
    rig.send(sender, 1, ben, 10);
    rig.answering = false;
    rig.ack(receiver, rig.last(receiver, RelayMessage.Deliver.class));
    rig.fail(FaultCode.DISK_FULL);
    assertEquals(1, rig.store.box(ben.who).size());
    rig.answering = true;
    rig.on(new HubEvent.Tick());
    assertTrue(rig.store.box(ben.who).isEmpty());
  }

  @Test
  void tooManyRequestsOfAnyKindWithoutAnAnswerEndTheConnection() {
    rig.answering = false;
    for (int i = 0; i < Turn.HARD_LIMIT; i++) {
      rig.say(sender, new PeerMessage.SetBlocked(i, ben.who.user(), true));
    }
    assertNull(rig.bye(sender));
    rig.say(sender, new PeerMessage.SetBlocked(0, ben.who.user(), true));
    assertEquals(FaultCode.RATE_LIMITED, rig.bye(sender));
  }
}
