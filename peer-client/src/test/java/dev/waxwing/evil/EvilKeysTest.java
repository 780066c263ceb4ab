package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.identity.Prekeys;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys the relay puts in a person's place, or beside theirs. */
class EvilKeysTest extends EvilStage {
  private Impostor impostor(Someone of) {
    return new Impostor(of.user);
  }

  /** To these eyes the relay shows the impostor where it was asked for somebody. */
  private void pretend(Someone to, Impostor impostor) {
    UserId name = impostor.identity.user();
    evil.play(
        new Script() {
          private int ref = -1;

          @Override
          public void on(Passing it) {
            if (it.message() instanceof PeerMessage.FindUser ask && ask.user().equals(name)) {
              ref = it.line().isOf(to.user) ? ask.ref() : ref;
            } else if (it.message() instanceof PeerMessage.FetchBundles ask
                && ask.user().equals(name)) {
              ref = it.line().isOf(to.user) ? ask.ref() : ref;
            }
            if (it.message() instanceof RelayMessage.UserFound found
                && it.line().isOf(to.user)
                && found.ref() == ref) {
              it.pass(impostor.record().toBytes());
            } else if (it.message() instanceof RelayMessage.Bundles found
                && it.line().isOf(to.user)
                && found.ref() == ref) {
              it.pass(impostor.bundles().encode());
            } else {
              it.pass();
            }
          }
        });
  }

  private String digits(Someone at, Someone of) {
    return at.peer().safetyNumber(of.user).digits();
  }

  private Trust trust(Someone at, Someone of) {
    return at.peer().contact(of.user.name()).trust();
  }

  private static FaultCode refusal(Runnable what) {
    return assertThrows(Fault.class, what::run).code();
  }

  @Test
  @Case(
      id = "E21",
      relay = "shows its own key at first contact",
      peer = "the safety numbers differ, comparing refuses it, the true key shows as changed")
  void aKeyInPlaceOfANewPersonsIsExposedByComparing() {
    pretend(alice, impostor(bob));
    alice.peer().addContact(bob.user);
    assertEquals(Trust.NEW, trust(alice, bob));
    assertNotEquals(digits(bob, alice), digits(alice, bob));
    String atBob = digits(bob, alice);
    assertEquals(FaultCode.KEY_CHANGED, refusal(() -> alice.peer().markVerified(bob.user, atBob)));
    assertEquals(Trust.NEW, trust(alice, bob));
    evil.behave();
    alice.peer().addContact(bob.user);
    assertEquals(Trust.CHANGED, trust(alice, bob));
    alice.peer().markVerified(bob.user, atBob);
    assertEquals(Trust.VERIFIED, trust(alice, bob));
  }

  @Test
  @Case(
      id = "E22",
      relay = "shows its own key in place of one that is known",
      peer = "held: nothing is sealed, sending refuses, the person is told; the true key ends it")
  void aKeyInPlaceOfAKnownOneHoldsEverything() {
    acquaint();
    alice.peer().markVerified(bob.user, digits(bob, alice));
    pretend(alice, impostor(bob));
    alice.peer().addContact(bob.user);
    assertEquals(Trust.CHANGED, trust(alice, bob));
    long before = sentTo(bob.user);
    assertEquals(FaultCode.KEY_CHANGED, refusal(() -> alice.writes(bob, "who are you")));
    Someone.until(
        "a notice",
        () -> alice.notices().stream().anyMatch(it -> it.contains("safety number changed")));
    bob.writes(alice, "are you there");
    Someone.until("it", () -> alice.heard(bob).contains("are you there"));
    assertEquals(before, sentTo(bob.user), "not even a receipt");
    evil.behave();
    alice.peer().addContact(bob.user);
    assertEquals(Trust.VERIFIED, trust(alice, bob));
  }

  private long sentTo(UserId user) {
    return evil.passed(
            it -> it.message() instanceof PeerMessage.Send send && send.to().equals(user))
        .count();
  }

  private UserRecord recordOf(Someone of) {
    return evil.passed(
            it -> it.message() instanceof PeerMessage.Register && it.line().isOf(of.user))
        .map(it -> UserRecord.Signed.parse(it.body()).record())
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Case(
      id = "E23",
      relay = "adds a device of its own to somebody's record, and calls what is sent stale",
      peer = "the record is refused; nothing is sealed for another device")
  void aDeviceNobodySignedIsRefused() {
    acquaint();
    Impostor impostor = impostor(bob);
    UserRecord real = recordOf(bob);
    for (boolean later : new boolean[] {false, true}) {
      UserRecord.Signed more = impostor.withDevice(real, later);
      assertFalse(more.signedBy(HonestRelay.SUITE.signing(), real.accountKey()));
      evil.play(
          it -> {
            if (it.to(alice.user, RelayMessage.UserFound.class)) {
              it.pass(more.toBytes());
            } else if (it.to(alice.user, RelayMessage.Bundles.class)) {
              it.pass(new Prekeys.Bundles(more, impostor.bundles().bundles()).encode());
            } else if (it.from(alice.user, PeerMessage.Send.class)) {
              it.line().say(stale(it));
            } else {
              it.pass();
            }
          });
      assertEquals(FaultCode.RECORD_INVALID, refusal(() -> alice.peer().addContact(bob.user)));
      alice.writes(bob, "for bob's device alone");
      Someone.until(
          "a second look",
          () -> evil.passed(it -> it.from(alice.user, PeerMessage.FetchBundles.class)).count() > 1);
      assertEquals(Trust.NEW, trust(alice, bob));
      evil.behave();
      reconnect(alice);
    }
    Someone.until("both", () -> bob.heard(alice).size() == 3);
    assertTrue(
        evil.passed(it -> it.from(alice.user, PeerMessage.Send.class))
            .allMatch(it -> ((PeerMessage.Send) it.message()).targets().size() == 1));
  }

  private static RelayMessage.Refused stale(Passing it) {
    return new RelayMessage.Refused(
        null, ((PeerMessage.Send) it.message()).id(), null, FaultCode.DEVICES_STALE, "", 0);
  }

  @Test
  @Case(
      id = "E24",
      relay = "answers with somebody else's record, with none, with noise",
      peer = "refused; nobody is added")
  void anotherRecordIsRefused() {
    Someone carol = another("carol");
    UserRecord.Signed carols =
        evil.passed(it -> it.from(carol.user, PeerMessage.Register.class))
            .map(it -> UserRecord.Signed.parse(it.body()))
            .findFirst()
            .orElseThrow();
    byte[] unsigned =
        new UserRecord.Signed(
                recordOf(bob), Bytes.of(recordOf(bob).encode()), Bytes.of(new byte[64]))
            .toBytes();
    for (byte[] body : List.of(carols.toBytes(), unsigned, new byte[0], bytes(1_500))) {
      evil.play(
          it -> {
            if (it.to(alice.user, RelayMessage.UserFound.class)) {
              it.pass(body);
            } else {
              it.pass();
            }
          });
      Fault fault = assertThrows(Fault.class, () -> alice.peer().addContact(bob.user));
      assertTrue(
          fault.code() == FaultCode.RECORD_INVALID || fault.code() == FaultCode.NETWORK_UNREACHABLE,
          fault::toString);
      assertTrue(alice.peer().contacts().isEmpty());
      alice.peer().awaitOnline(Someone.PATIENCE_MILLIS);
    }
  }

  @Test
  @Case(
      id = "E28",
      relay = "shows two people two different keys of a third",
      peer = "whoever compares with the third finds out; nobody else is touched")
  void twoViewsOfOnePersonAreFoundByComparing() {
    Someone carol = another("carol");
    pretend(carol, impostor(bob));
    alice.peer().addContact(bob.user);
    carol.peer().addContact(bob.user);
    assertEquals(digits(bob, alice), digits(alice, bob));
    assertNotEquals(digits(bob, carol), digits(carol, bob));
    String atBob = digits(bob, carol);
    assertEquals(FaultCode.KEY_CHANGED, refusal(() -> carol.peer().markVerified(bob.user, atBob)));
    alice.peer().markVerified(bob.user, digits(bob, alice));
    assertEquals(Trust.VERIFIED, trust(alice, bob));
  }
}
