package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.Address;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.RelayMessage.Deliver;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.wire.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Mail that the relay drops, repeats, holds back or brings out of order. */
class EvilMailTest extends EvilStage {
  private static Deliver under(Deliver mail, long seq) {
    return new Deliver(seq, mail.id(), mail.from(), mail.at());
  }

  @Test
  @Case(id = "E01", relay = "drops one message", peer = "its sender never sees it as delivered")
  void whatIsDroppedIsNeverSaidToBeDelivered() {
    acquaint();
    List<MessageId> lost = new ArrayList<>();
    evil.play(
        it -> {
          boolean dropped =
              it.message() instanceof Deliver mail
                  && it.to(bob.user, Deliver.class)
                  && (lost.isEmpty() || lost.contains(mail.id()));
          if (dropped) {
            lost.add(((Deliver) it.message()).id());
          } else {
            it.pass();
          }
        });
    Message first = alice.writes(bob, "one");
    alice.peer().awaitMessage(first.id(), MessageState.ACCEPTED, Someone.PATIENCE_MILLIS);
    alice.tells(bob, "two");
    assertEquals(List.of("hello", "two"), bob.heard(alice));
    assertEquals(MessageState.ACCEPTED, state(first.id()));
    evil.behave();
    evil.hangUp(bob.user);
    Someone.until("its receipt", () -> state(first.id()) == MessageState.DELIVERED);
    assertEquals(List.of("hello", "two", "one"), bob.heard(alice));
  }

  private MessageState state(MessageId id) {
    return alice.lines(bob).stream()
        .filter(line -> line.id().equals(id))
        .findFirst()
        .orElseThrow()
        .state();
  }

  @Test
  @Case(
      id = "E02",
      relay = "says accepted for what it throws away, and for what it was never given",
      peer = "accepted at most, not delivered; what was not handed over stays queued")
  void acceptedWithoutAReceiptIsNotDelivered() {
    acquaint();
    evil.play(
        it -> {
          if (it.from(alice.user, PeerMessage.Send.class)) {
            it.line().say(new RelayMessage.Accepted(((PeerMessage.Send) it.message()).id()));
          } else {
            it.pass();
          }
        });
    Message thrown = alice.writes(bob, "thrown away");
    alice.peer().awaitMessage(thrown.id(), MessageState.ACCEPTED, Someone.PATIENCE_MILLIS);
    Someone carol = another("carol");
    evil.play(
        it -> {
          if (!it.to(alice.user, RelayMessage.Bundles.class)) {
            it.pass();
          }
        });
    Message queued = alice.writes(carol, "never handed over");
    evil.line(alice.user).say(new RelayMessage.Accepted(queued.id()));
    alice.tells(bob, "something else");
    assertEquals(MessageState.ACCEPTED, state(thrown.id()));
    assertEquals(MessageState.QUEUED, alice.lines(carol).get(0).state());
  }

  @Test
  @Case(
      id = "E03",
      relay = "delivers twice, under the same and under another number",
      peer = "stored once, acked each time")
  void deliveredTwiceIsStoredOnce() {
    acquaint();
    evil.play(
        it -> {
          it.pass();
          if (it.message() instanceof Deliver mail && it.to(bob.user, Deliver.class)) {
            it.pass();
            it.line().say(under(mail, mail.seq() + 1_000_000), it.body());
          }
        });
    alice.tells(bob, "once");
    alice.tells(bob, "and then");
    assertEquals(List.of("hello", "once", "and then"), bob.heard(alice));
  }

  @Test
  @Case(
      id = "E04",
      relay = "delivers everything again on the next connection, in the opposite order",
      peer = "stored once")
  void replayedOnTheNextConnectionIsStoredOnce() {
    acquaint();
    alice.tells(bob, "once");
    List<Passing> before =
        new ArrayList<>(evil.passed(it -> it.to(bob.user, Deliver.class)).toList());
    Collections.reverse(before);
    evil.play(
        it -> {
          it.pass();
          if (it.to(bob.user, RelayMessage.Welcome.class)) {
            before.forEach(old -> it.line().toPeer(old.frame()));
          }
        });
    Line last = evil.line(bob.user);
    evil.hangUp(bob.user);
    Someone.until("the next", () -> evil.find(bob.user).filter(one -> one != last).isPresent());
    alice.tells(bob, "and then");
    assertEquals(List.of("hello", "once", "and then"), bob.heard(alice));
  }

  @Test
  @Case(
      id = "E05",
      relay = "delivers the same bytes again under another ID",
      peer = "nothing more is shown; set aside")
  void replayedUnderAnotherIdIsNotShown() {
    acquaint();
    Message sent = alice.writes(bob, "once");
    Passing mail = delivery(sent.id());
    Someone.until("it", () -> bob.heard(alice).contains("once"));
    Deliver head = (Deliver) mail.message();
    MessageId other = new MessageId(Bytes.of(bytes(MessageId.LENGTH)));
    evil.line(bob.user).say(new Deliver(head.seq() + 7, other, head.from(), 0), mail.body());
    alice.tells(bob, "and then");
    assertEquals(List.of("hello", "once", "and then"), bob.heard(alice));
    assertAcked(other);
  }

  private void assertAcked(MessageId id) {
    Someone.until(
        "an ack of " + id,
        () ->
            evil.passed(it -> it.from(bob.user, PeerMessage.Ack.class))
                .flatMap(it -> ((PeerMessage.Ack) it.message()).mail().stream())
                .anyMatch(row -> row.id().equals(id)));
  }

  @Test
  @Case(
      id = "E06",
      relay = "holds five messages back and delivers them backwards",
      peer = "each is stored once, with the time its sender wrote it")
  void reorderedMailIsStoredOnceEach() {
    acquaint();
    List<Passing> held = Collections.synchronizedList(new ArrayList<>());
    evil.play(
        it -> {
          if (it.to(bob.user, Deliver.class) && held.size() < 5) {
            held.add(it);
          } else {
            it.pass();
          }
        });
    List<String> said = List.of("1", "2", "3", "4", "5");
    said.forEach(text -> alice.writes(bob, text));
    Someone.until("five", () -> held.size() == 5);
    evil.behave();
    Collections.reverse(held);
    held.forEach(Passing::pass);
    alice.tells(bob, "6");
    List<String> heard = bob.heard(alice);
    assertEquals(7, heard.size(), heard::toString);
    assertEquals(Set.of("hello", "1", "2", "3", "4", "5", "6"), new TreeSet<>(heard));
    List<String> byTime =
        bob.lines(alice).stream()
            .filter(line -> said.contains(line.text()))
            .sorted(
                (a, b) -> Long.compare(a.sentAt(), b.sentAt()) * 2 + a.text().compareTo(b.text()))
            .map(Message::text)
            .toList();
    assertEquals(said, byTime);
  }

  @Test
  @Case(
      id = "E07",
      relay = "numbers mail backwards, below zero and at the end of numbers",
      peer = "stored once; the ack names what came")
  void anyNumberIsAckedAsItCame() {
    acquaint();
    List<Long> numbers = List.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 1L);
    List<String> said = new ArrayList<>(List.of("hello"));
    for (long seq : numbers) {
      evil.play(
          it -> {
            if (it.message() instanceof Deliver mail && it.to(bob.user, Deliver.class)) {
              it.line().say(under(mail, seq), it.body());
            } else {
              it.pass();
            }
          });
      alice.tells(bob, "number " + seq);
      said.add("number " + seq);
    }
    assertEquals(said, bob.heard(alice));
    List<Long> acked =
        evil.passed(it -> it.from(bob.user, PeerMessage.Ack.class))
            .flatMap(it -> ((PeerMessage.Ack) it.message()).mail().stream())
            .map(PeerMessage.Mail::seq)
            .toList();
    assertTrue(acked.containsAll(numbers), acked::toString);
  }

  @Test
  @Case(
      id = "E08",
      relay = "delivers one message a thousand times",
      peer = "stored once; receipts do not pile up")
  void repeatingWithoutEndMakesNoEndOfReceipts() {
    acquaint();
    Message sent = alice.writes(bob, "again");
    Passing mail = delivery(sent.id());
    Someone.until("it", () -> bob.heard(alice).contains("again"));
    // A relay that takes nothing more: what it makes a peer write stays in the peer's outbox.
    evil.play(
        it -> {
          if (!it.from(bob.user, PeerMessage.Send.class)) {
            it.pass();
          }
        });
    for (int i = 0; i < 1_000; i++) {
      mail.pass();
    }
    acknowledged(sent.id(), 1_000);
    int waiting = bob.peer().link().waiting();
    assertTrue(waiting <= 4, () -> waiting + " messages wait");
    assertEquals(List.of("hello", "again"), bob.heard(alice));
    evil.hangUp(bob.user);
  }

  private void acknowledged(MessageId id, int times) {
    Someone.until(
        times + " acks",
        () ->
            evil.passed(it -> it.from(bob.user, PeerMessage.Ack.class))
                    .flatMap(it -> ((PeerMessage.Ack) it.message()).mail().stream())
                    .filter(row -> row.id().equals(id))
                    .count()
                >= times);
  }

  @Test
  @Case(
      id = "E09",
      relay = "delivers an old receipt again, and one message's receipt as another's",
      peer = "nothing becomes delivered by it")
  void oldReceiptsDeliverNothing() {
    acquaint();
    alice.tells(bob, "one");
    List<Passing> receipts = evil.passed(it -> it.to(alice.user, Deliver.class)).toList();
    evil.play(
        it -> {
          if (!it.to(bob.user, Deliver.class)) {
            it.pass();
          }
        });
    Message second = alice.writes(bob, "two");
    alice.peer().awaitMessage(second.id(), MessageState.ACCEPTED, Someone.PATIENCE_MILLIS);
    Line line = evil.line(alice.user);
    Address from = ((Deliver) receipts.get(0).message()).from();
    for (Passing old : receipts) {
      old.pass();
      line.say(new Deliver(1, second.id(), from, 0), old.body());
    }
    Someone.until(
        "acks",
        () ->
            evil.passed(it -> it.from(alice.user, PeerMessage.Ack.class))
                .flatMap(it -> ((PeerMessage.Ack) it.message()).mail().stream())
                .anyMatch(row -> row.id().equals(second.id())));
    assertEquals(MessageState.ACCEPTED, state(second.id()));
    evil.behave();
    evil.hangUp(bob.user);
  }
}
