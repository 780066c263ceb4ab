package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.EpochId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.RelayMessage.Welcome;
import dev.waxwing.peer.api.Link;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A relay that lies once somebody is logged in: about the time, its state, what waits. */
class EvilWelcomeTest extends EvilStage {
  /** Changes the welcome of every login of bob's that is made from now on. */
  private void welcome(UnaryOperator<Welcome> how) {
    evil.play(
        it -> {
          if (it.message() instanceof Welcome welcome && it.line().isOf(bob.user)) {
            it.line().say(how.apply(welcome));
          } else {
            it.pass();
          }
        });
    Line before = evil.line(bob.user);
    evil.hangUp(bob.user);
    Someone.until(
        "another connection", () -> evil.find(bob.user).filter(it -> it != before).isPresent());
    bob.peer().awaitOnline(Someone.PATIENCE_MILLIS);
  }

  private static Welcome with(Welcome it, EpochId epoch, long time, int left, int waiting) {
    return new Welcome(it.user(), it.device(), epoch, time, left, left, it.contactsOnly(), waiting);
  }

  @Test
  @Case(
      id = "E35",
      relay = "lies about how much mail waits",
      peer = "whoever waits for it waits as long as they said, and not longer")
  void mailThatNeverComesIsNotWaitedForWithoutEnd() {
    acquaint();
    for (int waiting : new int[] {Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
      welcome(it -> with(it, it.epoch(), it.time(), it.oneTime(), waiting));
      bob.peer().settle(300);
      alice.tells(bob, waiting + " wait");
    }
    assertEquals(4, bob.heard(alice).size());
  }

  @Test
  @Case(
      id = "E36",
      relay = "lies about the time: the beginning, the end, below zero",
      peer = "its own clock decides; the difference is shown, nothing expires, nothing is odd")
  void theRelaysClockDecidesNothing() {
    acquaint();
    for (long time : new long[] {0, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      welcome(it -> with(it, it.epoch(), time, it.oneTime(), 0));
      alice.tells(bob, "at " + time);
      bob.tells(alice, "at " + time);
    }
    assertTrue(bob.lines(alice).stream().noneMatch(Message::clockOdd));
    assertNotEquals(0, bob.peer().link().clockSkewMillis());
  }

  @Test
  @Case(
      id = "E37",
      relay = "lies about how many prekeys are left",
      peer = "publishes when told that few are, not without end")
  void prekeysLeftMayBeAnyNumber() {
    acquaint();
    for (int left : new int[] {0, -5, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      welcome(it -> with(it, it.epoch(), it.time(), left, 0));
      alice.tells(bob, left + " left");
    }
    long batches = evil.passed(it -> it.from(bob.user, PeerMessage.PublishPrekeys.class)).count();
    assertTrue(batches >= 4 && batches <= 8, () -> batches + " batches");
  }

  @Test
  @Case(
      id = "E38",
      relay = "says at each login that it was restored (epoch flapping)",
      peer = "four ciphertexts of a message at most, stored once; prekeys anew each time")
  void anEpochThatFlapsCostsFourCiphertexts() {
    acquaint();
    evil.play(
        it -> {
          if (!it.to(alice.user, RelayMessage.Deliver.class)) {
            it.pass();
          }
        });
    Message sent = bob.writes(alice, "how often");
    bob.peer().awaitMessage(sent.id(), MessageState.ACCEPTED, Someone.PATIENCE_MILLIS);
    for (int i = 0; i < 7; i++) {
      EpochId epoch = new EpochId(Bytes.of(bytes(EpochId.LENGTH)));
      UnaryOperator<Welcome> restored = it -> with(it, epoch, it.time(), 0, 0);
      evil.play(
          it -> {
            if (it.message() instanceof Welcome welcome && it.line().isOf(bob.user)) {
              it.line().say(restored.apply(welcome));
            } else if (!it.to(alice.user, RelayMessage.Deliver.class)) {
              it.pass();
            }
          });
      Line before = evil.line(bob.user);
      evil.hangUp(bob.user);
      Someone.until(
          "another connection", () -> evil.find(bob.user).filter(it -> it != before).isPresent());
      bob.peer().awaitOnline(Someone.PATIENCE_MILLIS);
      bob.peer().addContact(alice.user);
    }
    long sealed =
        evil.passed(it -> it.from(bob.user, PeerMessage.Send.class))
            .filter(it -> ((PeerMessage.Send) it.message()).id().equals(sent.id()))
            .map(it -> Bytes.of(it.body()))
            .distinct()
            .count();
    assertTrue(sealed <= 4, () -> sealed + " ciphertexts");
    evil.behave();
    evil.hangUp(alice.user);
    Someone.until("it", () -> alice.heard(bob).contains("how often"));
    bob.tells(alice, "and then");
    assertEquals(1, alice.heard(bob).stream().filter("how often"::equals).count());
  }

  @Test
  @Case(
      id = "E39",
      relay = "says goodbye right after each welcome, twenty times",
      peer = "comes again each time; what it wrote meanwhile arrives once")
  void goodbyesWithoutEndAreSurvived() {
    acquaint();
    AtomicInteger logins = new AtomicInteger();
    evil.play(
        it -> {
          it.pass();
          if (it.to(bob.user, Welcome.class)) {
            logins.incrementAndGet();
            it.line().say(new RelayMessage.Bye(FaultCode.RELAY_DRAINING, "goodbye"));
          }
        });
    bob.writes(alice, "meanwhile");
    evil.hangUp(bob.user);
    Someone.until("twenty logins", () -> logins.get() >= 20);
    evil.behave();
    Someone.until("it", () -> alice.heard(bob).contains("meanwhile"));
    bob.tells(alice, "and then");
    assertEquals(List.of("hello", "meanwhile", "and then"), alice.heard(bob));
  }

  @Test
  @Case(
      id = "E79",
      relay = "says that the peer's own profile or store is broken",
      peer = "that is the relay's trouble: dials again, online once it is over")
  void theRelaysBrokenStoreIsNotThisDevices() {
    acquaint();
    for (FaultCode code : List.of(FaultCode.STORE_STOPPED, FaultCode.PROFILE_CORRUPT)) {
      AtomicInteger refused = new AtomicInteger();
      evil.play(
          it -> {
            if (it.to(bob.user, Welcome.class)) {
              refused.incrementAndGet();
              it.line().say(new RelayMessage.Bye(code, "broken"));
            } else {
              it.pass();
            }
          });
      evil.hangUp(bob.user);
      Someone.until("two refusals of " + code, () -> refused.get() >= 2);
      evil.behave();
      Someone.until("bob", () -> bob.peer().link().state() == Link.State.ONLINE);
      alice.tells(bob, "after " + code);
    }
  }
}
