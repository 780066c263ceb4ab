package dev.waxwing.peer.ratchet;

import static dev.waxwing.peer.ratchet.Faults.assertUndecryptable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.identity.Prekeys.Bundle;
import dev.waxwing.identity.Prekeys.Kind;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConversationTest extends TwoPeople {
  @Test
  void firstMessageIsRepeatedUntilTheFirstAnswer() {
    aliceStarts(bob.bundle());
    Bytes one = aliceSeals("one");
    Bytes two = aliceSeals("two");
    Opening opening = Envelope.decode(one).opening().orElseThrow();
    assertEquals(opening, Envelope.decode(two).opening().orElseThrow());
    assertEquals("two", bobOpens(two));
    assertEquals("one", bobOpens(one));
    assertEquals(1, atBob.sessions());
    Bytes three = aliceSeals("three");
    assertTrue(Envelope.decode(three).opening().isPresent());
    Bytes answer = bobSeals("answer");
    assertInstanceOf(Envelope.Plain.class, Envelope.decode(answer));
    assertEquals("answer", aliceOpens(answer));
    Bytes four = aliceSeals("four");
    assertInstanceOf(Envelope.Plain.class, Envelope.decode(four));
    assertEquals("four", bobOpens(four));
    assertEquals("three", bobOpens(three));
    assertEquals(1, atBob.sessions());
    assertEquals(1, atAlice.sessions());
  }

  @Test
  void oneTimeKeysAreSpentOnTheFirstSuccessAndOnlyThen() {
    aliceStarts(bob.bundle());
    byte[] forged = aliceSeals("one").toArray();
    forged[forged.length - 1] ^= 1;
    assertBobRefuses(FaultCode.UNDECRYPTABLE, Bytes.of(forged));
    Envelope genuine = Envelope.decode(aliceSeals("two"));
    Conversation.Opened opened = atBob.open(genuine, bob.lookUp(genuine), bob.secret(32), now);
    Opening opening = genuine.opening().orElseThrow();
    assertEquals(List.of(opening.kem(), opening.oneTime().orElseThrow()), opened.spent());
    assertEquals(Optional.empty(), opened.remember());
    int before = bob.stock.keys().size();
    bob.commit(opened);
    assertEquals(before - 2, bob.stock.keys().size());
    atBob = opened.conversation();
    Envelope repeated = Envelope.decode(aliceSeals("three"));
    Conversation.Opened next = atBob.open(repeated, bob.lookUp(repeated), bob.secret(32), now);
    assertEquals(List.of(), next.spent());
    assertEquals(Optional.empty(), next.remember());
  }

  @Test
  void openingWithoutOneTimeKeyIsRememberedAndRefusedWhenItsSessionIsGone() {
    aliceStarts(bob.bundleWithoutOneTime());
    Bytes first = aliceSeals("first");
    assertEquals("first", bobOpens(first));
    Opening opening = Envelope.decode(first).opening().orElseThrow();
    assertEquals(java.util.Set.of(opening.hash()), bob.remembered);
    assertBobRefuses(FaultCode.UNDECRYPTABLE, first);
    atBob = Conversation.none(bob.linkTo(alice));
    assertBobRefuses(FaultCode.MESSAGE_REPLAYED, first);
  }

  @Test
  void openingWithOneTimeKeyIsRefusedWhenItsSessionIsGone() {
    aliceStarts(bob.bundle());
    Bytes first = aliceSeals("first");
    assertEquals("first", bobOpens(first));
    assertTrue(bob.remembered.isEmpty());
    atBob = Conversation.none(bob.linkTo(alice));
    assertBobRefuses(FaultCode.UNDECRYPTABLE, first);
  }

  @Test
  void oneOneTimeKeyOfEitherKindIsEnoughToRefuseReplay() {
    Bundle full = bob.bundle();
    List<Bundle> mixed =
        List.of(
            new Bundle(full.device(), full.signed(), full.kem(), Optional.empty()),
            new Bundle(
                full.device(),
                full.signed(),
                bob.bundleWithoutOneTime().kem(),
                bob.bundle().oneTime()));
    for (Bundle bundle : mixed) {
      aliceStarts(bundle);
      Bytes first = aliceSeals("first");
      assertEquals("first", bobOpens(first));
      assertTrue(bob.remembered.isEmpty());
      atBob = Conversation.none(bob.linkTo(alice));
      assertBobRefuses(FaultCode.UNDECRYPTABLE, first);
    }
  }

  @Test
  void everyFieldOfAnOpeningIsAuthenticated() {
    aliceStarts(bob.bundle());
    byte[] genuine = aliceSeals("genuine").toArray();
    int end = 2 + Opening.LENGTH;
    // All bytes before the ciphertext, every 50th of it, and the header and salt behind it.
    for (int i = 1; i < end + 57; i += i < end - 1088 || i >= end ? 1 : 50) {
      byte[] forged = genuine.clone();
      forged[i] ^= 1;
      assertBobRefuses(FaultCode.UNDECRYPTABLE, Bytes.of(forged));
    }
    assertEquals("genuine", bobOpens(Bytes.of(genuine)));
  }

  @Test
  void everyFieldOfRepeatedOpeningIsAuthenticatedToo() {
    aliceStarts(bob.bundle());
    assertEquals("first", bobOpens(aliceSeals("first")));
    byte[] genuine = aliceSeals("repeated").toArray();
    for (int i = 1; i < 2 + Opening.LENGTH; i++) {
      byte[] forged = genuine.clone();
      forged[i] ^= 1;
      assertBobRefuses(FaultCode.UNDECRYPTABLE, Bytes.of(forged));
    }
    assertEquals("repeated", bobOpens(Bytes.of(genuine)));
  }

  @Test
  void bothMayStartAtOnceAndNothingIsLost() {
    aliceStarts(bob.bundle());
    bobStarts(alice.bundle());
    Bytes fromAlice = aliceSeals("a1");
    Bytes fromBob = bobSeals("b1");
    assertEquals("a1", bobOpens(fromAlice));
    assertEquals("b1", aliceOpens(fromBob));
    for (int i = 2; i < 9; i++) {
      Bytes a = aliceSeals("a" + i);
      Bytes b = bobSeals("b" + i);
      assertEquals("a" + i, bobOpens(a));
      assertEquals("b" + i, aliceOpens(b));
    }
    assertEquals(2, atAlice.sessions());
    assertEquals(2, atBob.sessions());
    assertEquals("last", aliceOpens(bobSeals("last")));
    assertEquals("answer", bobOpens(aliceSeals("answer")));
  }

  @Test
  void lostStateIsHealedByFreshSession() {
    talk();
    atBob = Conversation.none(bob.linkTo(alice));
    Bytes unreadable = aliceSeals("unreadable");
    assertBobRefuses(FaultCode.UNDECRYPTABLE, unreadable);
    bobStarts(alice.bundle());
    assertEquals("resend", aliceOpens(bobSeals("resend")));
    assertEquals(2, atAlice.sessions());
    assertEquals("again", bobOpens(aliceSeals("again")));
  }

  @Test
  void restartKeepsTheOldSessionForReceiving() {
    talk();
    Bytes late = bobSeals("late");
    aliceStarts(bob.bundle());
    assertTrue(Envelope.decode(aliceSeals("x")).opening().isPresent());
    assertEquals("late", aliceOpens(late));
    assertEquals(2, atAlice.sessions());
    // The one last received on is current again.
    assertInstanceOf(Envelope.Plain.class, Envelope.decode(aliceSeals("y")));
  }

  @Test
  void refusedMessageLeavesTheConversationIdentical() {
    talk();
    Bytes sealed = bobSeals("x");
    for (int i = 1; i < sealed.length(); i++) {
      byte[] forged = sealed.toArray();
      forged[i] ^= 0x10;
      assertAliceRefuses(Bytes.of(forged));
    }
    assertEquals("x", aliceOpens(sealed));
    assertAliceRefuses(sealed);
  }

  @Test
  void thirdPersonsMessageIsRefused() {
    Actor mallory = new Actor("mallory", random, 1);
    talk();
    Conversation theirs =
        Conversation.none(mallory.linkTo(bob)).restart(bob.bundle(), mallory.secret(96), now);
    Bytes first = theirs.seal(new byte[] {1}, mallory.bytes(16)).sealed();
    assertBobRefuses(FaultCode.UNDECRYPTABLE, first);
    byte[] posing = first.toArray();
    System.arraycopy(alice.party.id().value().toArray(), 0, posing, 2, 8);
    assertBobRefuses(FaultCode.UNDECRYPTABLE, Bytes.of(posing));
  }

  @Test
  void keysSkippedOnOneSessionDoNotOpenMessagesOfAnother() {
    aliceStarts(bob.bundle());
    Bytes one = aliceSeals("one");
    aliceStarts(bob.bundle());
    Bytes two = aliceSeals("two");
    assertNotEquals(
        Envelope.decode(one).opening().orElseThrow().hash(),
        Envelope.decode(two).opening().orElseThrow().hash());
    Envelope.First first = (Envelope.First) Envelope.decode(one);
    Envelope.First second = (Envelope.First) Envelope.decode(two);
    Envelope crossed = new Envelope.First(first.start(), second.message());
    assertUndecryptable(() -> atBob.open(crossed, bob.lookUp(crossed), bob.secret(32), now));
    assertEquals("one", bobOpens(one));
    assertEquals("two", bobOpens(two));
    assertEquals(2, atBob.sessions());
    assertEquals(7, bob.stock.keys().stream().filter(k -> k.ref().kind() == Kind.ONE_TIME).count());
  }
}
