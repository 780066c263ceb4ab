package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.EpochId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.store.StoreEngine;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class HubMailTest {
  private final HubRig rig = new HubRig();
  private final HubRig.Person anna = rig.known("anna", 1);
  private final HubRig.Person ben = rig.known("ben", 2);
  private final ConnectionId sender = rig.login(anna);

  @Test
  void acceptedIsSaidOnlyAfterTheStoreAnswered() {
    rig.answering = false;
    rig.send(sender, 1, ben, 100);
    assertTrue(rig.said(sender, RelayMessage.Accepted.class).isEmpty());
    rig.answerAll();
    assertEquals(HubRig.id(1), rig.last(sender, RelayMessage.Accepted.class).id());
  }

  @Test
  void mailIsDatedByTheClockAsItIsSetNow() {
    rig.jumped += 3_600_000;
    rig.send(sender, 1, ben, 100);
    ConnectionId receiver = rig.login(ben);
    assertEquals(rig.now + rig.jumped, rig.last(receiver, RelayMessage.Deliver.class).at());
  }

  @Test
  void nothingIsAcceptedWhenTheStoreFails() {
    rig.answering = false;
    rig.send(sender, 1, ben, 100);
    rig.fail(FaultCode.STORE_STOPPED);
    assertTrue(rig.said(sender, RelayMessage.Accepted.class).isEmpty());
    assertEquals(FaultCode.STORE_STOPPED, rig.refused(sender));
    assertEquals(HubStatus.State.STOPPED, rig.hub.status().state());
    rig.send(sender, 2, ben, 100);
    assertTrue(rig.asks.isEmpty(), "a stopped store is not asked again");
    assertEquals(2, rig.said(sender, RelayMessage.Refused.class).size());
  }

  @Test
  void aFullDiskRefusesAndRecovers() {
    rig.answering = false;
    rig.send(sender, 1, ben, 100);
    rig.fail(FaultCode.DISK_FULL);
    assertEquals(FaultCode.DISK_FULL, rig.refused(sender));
    assertEquals(HubStatus.State.DISK_FULL, rig.hub.status().state());
    rig.answering = true;
    rig.send(sender, 1, ben, 100);
    assertEquals(1, rig.said(sender, RelayMessage.Accepted.class).size());
    assertEquals(HubStatus.State.RUNNING, rig.hub.status().state());
  }

  @Test
  void mailIsDeliveredInOrderAndRemovedByItsAckOnly() {
    ConnectionId receiver = rig.login(ben);
    for (int i = 1; i <= 3; i++) {
      rig.send(sender, i, ben, 10 * i);
    }
    List<RelayMessage.Deliver> mail = rig.said(receiver, RelayMessage.Deliver.class);
    assertEquals(
        List.of(HubRig.id(1), HubRig.id(2), HubRig.id(3)),
        mail.stream().map(RelayMessage.Deliver::id).toList());
    assertEquals(anna.who, mail.get(0).from());
    rig.say(
        receiver,
        new PeerMessage.Ack(
            new EpochId(HubRig.bytes(16, 9)),
            List.of(new PeerMessage.Mail(mail.get(0).seq(), mail.get(0).id()))));
    assertEquals(3, rig.store.box(ben.who).size(), "an ack of another epoch removes nothing");
    rig.ack(receiver, mail.get(1));
    assertFalse(rig.store.box(ben.who).containsKey(mail.get(1).seq()));
    assertEquals(2, rig.store.box(ben.who).size());
  }

  @Test
  void mailThatWaitedComesAtLoginAndAgainUntilAcked() {
    rig.send(sender, 1, ben, 10);
    ConnectionId first = rig.login(ben);
    assertEquals(1, rig.said(first, RelayMessage.Deliver.class).size());
    ConnectionId second = rig.login(ben);
    rig.ack(second, rig.last(second, RelayMessage.Deliver.class));
    ConnectionId third = rig.login(ben);
    assertTrue(rig.said(third, RelayMessage.Deliver.class).isEmpty());
  }

  @Test
  void welcomeSaysHowMuchMailWaits() {
    for (int i = 1; i <= 300; i++) {
      rig.send(sender, i, ben, 10);
    }
    ConnectionId receiver = rig.login(ben);
    assertEquals(300, rig.last(receiver, RelayMessage.Welcome.class).waiting());
    assertEquals(0, rig.last(sender, RelayMessage.Welcome.class).waiting());
  }

  @Test
  void noMoreThanTheWindowIsDeliveredWithoutAcks() {
    ConnectionId receiver = rig.login(ben);
    for (int i = 0; i < 400; i++) {
      rig.now += 100;
      rig.send(sender, i, ben, 10);
    }
    List<RelayMessage.Deliver> mail = rig.said(receiver, RelayMessage.Deliver.class);
    assertEquals(MailCursor.WINDOW, mail.size());
    rig.ack(receiver, mail.get(0));
    assertEquals(MailCursor.WINDOW + 1, rig.said(receiver, RelayMessage.Deliver.class).size());
    for (int i = 1; i < 400; i++) {
      rig.ack(receiver, rig.said(receiver, RelayMessage.Deliver.class).get(i));
    }
    mail = rig.said(receiver, RelayMessage.Deliver.class);
    for (int i = 0; i < 400; i++) {
      assertEquals(HubRig.id(i), mail.get(i).id());
    }
    assertEquals(400, mail.size());
    assertTrue(rig.store.box(ben.who).isEmpty());
  }

  @Test
  void theWindowCountsBytesToo() {
    ConnectionId receiver = rig.login(ben);
    for (int i = 0; i < 30; i++) {
      rig.send(sender, i, ben, 70_000);
    }
    int delivered = rig.said(receiver, RelayMessage.Deliver.class).size();
    assertTrue(delivered * 70_000L <= MailCursor.WINDOW_BYTES, delivered + " delivered");
    assertTrue(delivered >= 13, delivered + " delivered");
  }

  @Test
  void aLongMailboxIsFetchedInSteps() {
    for (int i = 0; i < 10; i++) {
      rig.send(sender, i, ben, 70_000);
    }
    rig.all.clear();
    ConnectionId receiver = rig.login(ben);
    assertEquals(10, rig.said(receiver, RelayMessage.Deliver.class).size());
    for (HubEffect effect : rig.all) {
      if (effect instanceof HubEffect.Ask ask && ask.call() instanceof StoreCall.Fetch fetch) {
        assertTrue(fetch.maxBytes() <= Mail.FETCH_BYTES);
      }
    }
  }

  @Test
  void everyRefusalOfTheStoreNamesTheMessage() {
    rig.send(sender, 1, new HubRig.Person("nobody1", 9), 10);
    assertEquals(FaultCode.USER_UNKNOWN, rig.refused(sender));
    rig.send(sender, 2, new HubRig.Person("ben", 9), 10);
    assertEquals(FaultCode.DEVICES_STALE, rig.refused(sender));
    assertEquals(HubRig.id(2), rig.last(sender, RelayMessage.Refused.class).id());
  }

  @Test
  void aBodyThatDoesNotFitItsTargetsIsRefused() {
    rig.say(
        sender,
        new PeerMessage.Send(
            HubRig.id(1), ben.who.user(), List.of(new PeerMessage.Target(ben.who.device(), 5))),
        new byte[6]);
    assertEquals(FaultCode.HEADER_MALFORMED, rig.refused(sender));
  }

  @Test
  void sendingIsLimitedAndTheAnswerSaysHowLong() {
    int burst = Policy.Limits.DEFAULT.messages().burst();
    for (int i = 0; i < burst; i++) {
      rig.send(sender, i, ben, 1);
    }
    assertEquals(burst, rig.said(sender, RelayMessage.Accepted.class).size());
    rig.send(sender, burst, ben, 1);
    assertEquals(FaultCode.RATE_LIMITED, rig.refused(sender));
    rig.now += rig.last(sender, RelayMessage.Refused.class).retryAfterMillis();
    rig.send(sender, burst, ben, 1);
    assertEquals(burst + 1, rig.said(sender, RelayMessage.Accepted.class).size());
  }

  @Test
  void readingPausesWhileTooManySendsWait() {
    rig.answering = false;
    for (int i = 0; i < Turn.MOST_IN_FLIGHT - 1; i++) {
      rig.send(sender, i, ben, 1);
    }
    assertFalse(rig.did(HubEffect.PauseReading.class));
    rig.send(sender, 99, ben, 1);
    assertTrue(rig.did(HubEffect.PauseReading.class));
    assertFalse(rig.did(HubEffect.ResumeReading.class));
    rig.answer();
    assertTrue(rig.did(HubEffect.ResumeReading.class));
  }

  @Test
  void readingPausesWhileThePeerDoesNotReadItsAnswers() {
    rig.flowing = false;
    for (int i = 0; i < 40; i++) {
      rig.say(sender, new PeerMessage.FindUser(i, ben.who.user()));
    }
    assertFalse(rig.did(HubEffect.PauseReading.class));
    rig.on(new HubEvent.SetPolicy(Policy.byInvite("x")));
    for (int i = 0; i < 160; i++) {
      rig.now += 1000;
      for (int j = 0; j < 20; j++) {
        rig.say(sender, new PeerMessage.FindUser(i, ben.who.user()));
      }
    }
    assertTrue(rig.did(HubEffect.PauseReading.class));
    rig.on(new HubEvent.Written(sender, 100L << 20));
    assertTrue(rig.did(HubEffect.ResumeReading.class));
  }

  @Test
  void aDamagedStoreIsShownAndRefusesAsOneThatStopped() {
    rig.on(new HubEvent.StoreEnded(StoreEngine.State.CORRUPT));
    rig.on(new HubEvent.StoreEnded(StoreEngine.State.CORRUPT));
    assertEquals(HubStatus.State.CORRUPT, rig.hub.status().state());
    assertEquals(
        1,
        rig.all.stream()
            .filter(effect -> effect instanceof HubEffect.Log log && log.event().equals("corrupt"))
            .count());
    rig.on(new HubEvent.StoreEnded(StoreEngine.State.STOPPED));
    assertEquals(HubStatus.State.CORRUPT, rig.hub.status().state(), "the worse of the two");
    rig.send(sender, 77, ben, 10);
    assertEquals(FaultCode.STORE_STOPPED, rig.refused(sender), "it may be sent again later");
  }

  @Test
  void aStoreThatStoppedWithoutBeingAskedIsShown() {
    rig.on(new HubEvent.StoreEnded(StoreEngine.State.STOPPED));
    assertEquals(HubStatus.State.STOPPED, rig.hub.status().state());
  }
}
