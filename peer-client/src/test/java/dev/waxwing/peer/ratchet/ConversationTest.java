package dev.waxwing.peer.ratchet;

import static dev.waxwing.peer.ratchet.Faults.assertFault;
import static dev.waxwing.peer.ratchet.Faults.assertUndecryptable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.identity.Prekeys.Bundle;
import dev.waxwing.identity.Prekeys.Kind;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private static final long SEED = 31;
  private static final long NOW = Actor.START;
  private static final long DAY = 24L * 60 * 60 * 1000;

  private final Random random = new Random(SEED);
  private final Actor alice = new Actor("alice", random, 9);
  private final Actor bob = new Actor("bob", random, 9);
  private Conversation atAlice = Conversation.none(alice.linkTo(bob));
  private Conversation atBob = Conversation.none(bob.linkTo(alice));
  private long now = NOW;

  @BeforeAll
  static void printSeed() {
    System.err.println("ConversationTest seed " + SEED);
  }

  @Test
  void conversationWithoutSessionNeedsBundle() {
    assertTrue(atAlice.needsBundle());
    assertThrows(IllegalStateException.class, () -> aliceSeals("x"));
    aliceStarts(bob.bundle());
    assertFalse(atAlice.needsBundle());
  }

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
  void atMostEightSessionsAreKeptAndTheLeastRecentlyUsedGoes() {
    talk();
    Bytes late = bobSeals("late");
    for (int i = 0; i < RatchetLimits.MAX_SESSIONS - 1; i++) {
      aliceStarts(bob.bundleWithoutOneTime());
    }
    assertEquals(8, atAlice.sessions());
    Conversation eight = atAlice;
    aliceStarts(bob.bundleWithoutOneTime());
    assertEquals(8, atAlice.sessions());
    assertAliceRefuses(late);
    atAlice = eight;
    assertEquals("late", aliceOpens(late));
  }

  @Test
  void replacedSessionIsDroppedAfterThirtyDaysAndTheCurrentOneNever() {
    talk();
    Bytes late = bobSeals("late");
    now += 100 * DAY;
    aliceStarts(bob.bundle());
    long replaced = now;
    assertEquals(2, atAlice.sessions());
    assertEquals(2, atAlice.expire(replaced + RatchetLimits.KEEP_SESSION).sessions());
    Conversation after = atAlice.expire(replaced + RatchetLimits.KEEP_SESSION + 1);
    assertEquals(1, after.sessions());
    assertEquals(1, after.expire(replaced + 1000 * DAY).sessions());
    assertEquals("late", aliceOpens(late));
    atAlice = after;
    assertAliceRefuses(late);
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
  void unansweredCountsWhatCameSinceWeLastSent() {
    assertEquals(0, atAlice.unanswered());
    talk();
    bobSeals("lost");
    for (int i = 0; i < 3; i++) {
      aliceOpens(bobSeals("x"));
    }
    assertTrue(atAlice.unanswered() >= 3, "" + atAlice.unanswered());
    aliceSeals("receipt");
    assertEquals(0, atAlice.unanswered());
  }

  @Test
  void storedConversationComesBackAndDamageIsFound() {
    assertEquals(
        atAlice.encode(), Conversation.decode(alice.linkTo(bob), atAlice.encode()).encode());
    talk();
    aliceStarts(bob.bundle());
    byte[] stored = atAlice.encode().exposeCopy();
    Link link = alice.linkTo(bob);
    for (int length = 0; length < stored.length; length++) {
      Secret cut = Secret.copyOf(Arrays.copyOf(stored, length));
      assertFault(FaultCode.PROFILE_CORRUPT, () -> Conversation.decode(link, cut));
    }
    for (int[] damage : new int[][] {{1, 9}, {1, -1}, {1, 1}, {6, 8}}) {
      byte[] damaged = stored.clone();
      damaged[damage[0]] = (byte) damage[1];
      assertFault(
          FaultCode.PROFILE_CORRUPT, () -> Conversation.decode(link, Secret.copyOf(damaged)));
    }
    // Nine whole sessions, one more than there can be.
    byte[] session = Arrays.copyOfRange(stored, 2, 6 + stored[4] * 256 + (stored[5] & 0xff));
    ByteBuffer nine = ByteBuffer.allocate(2 + 9 * session.length).put((byte) 1).put((byte) 9);
    for (int i = 0; i < 9; i++) {
      nine.put(session);
    }
    assertFault(
        FaultCode.PROFILE_CORRUPT, () -> Conversation.decode(link, Secret.copyOf(nine.array())));
    byte[] eight = Arrays.copyOf(nine.array(), 2 + 8 * session.length);
    eight[1] = 8;
    assertEquals(8, Conversation.decode(link, Secret.copyOf(eight)).sessions());
    byte[] newer = stored.clone();
    newer[0] = 2;
    assertFault(FaultCode.PROFILE_FOREIGN, () -> Conversation.decode(link, Secret.copyOf(newer)));
    assertEquals(Secret.copyOf(stored), Conversation.decode(link, Secret.copyOf(stored)).encode());
  }

  @Test
  void accountWideLimitDropsTheOldestSkippedKeys() {
    Conversation[] all = new Conversation[3];
    for (int i = 0; i < all.length; i++) {
      atAlice = Conversation.none(alice.linkTo(bob));
      atBob = Conversation.none(bob.linkTo(alice));
      aliceStarts(bob.bundleWithoutOneTime());
      now += 1000;
      for (int lost = 0; lost < 10; lost++) {
        aliceSeals("lost");
      }
      bobOpens(aliceSeals("x"));
      all[i] = atBob;
    }
    List<Conversation> before = List.of(all);
    assertSame(before, SkippedBudget.trim(before, 30));
    List<Conversation> after = SkippedBudget.trim(before, 15);
    assertEquals(List.of(0, 0, 10), after.stream().map(Conversation::skippedKeys).toList());
    assertSame(all[2], after.get(2));
    List<Conversation> none = SkippedBudget.trim(before, 0);
    assertEquals(0, none.stream().mapToInt(Conversation::skippedKeys).sum());
  }

  @Test
  void accountWideLimitLeavesExactlyTheNewestWhenTimesDiffer() {
    aliceStarts(bob.bundle());
    for (int i = 0; i < 5; i++) {
      aliceSeals("lost");
      now += 1000;
      bobOpens(aliceSeals("x"));
    }
    for (int limit = 0; limit <= 5; limit++) {
      Conversation trimmed = SkippedBudget.trim(List.of(atBob), limit).get(0);
      assertEquals(limit, trimmed.skippedKeys());
    }
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

  private void talk() {
    aliceStarts(bob.bundle());
    bobOpens(aliceSeals("hello"));
    aliceOpens(bobSeals("hello yourself"));
    bobOpens(aliceSeals("well then"));
  }

  private void aliceStarts(Bundle bundle) {
    atAlice = atAlice.restart(bundle, alice.secret(96), now);
  }

  private void bobStarts(Bundle bundle) {
    atBob = atBob.restart(bundle, bob.secret(96), now);
  }

  private Bytes aliceSeals(String text) {
    Conversation.Sealed sealed =
        atAlice.seal(text.getBytes(StandardCharsets.UTF_8), alice.bytes(16));
    atAlice = sealed.conversation();
    return sealed.sealed();
  }

  private Bytes bobSeals(String text) {
    Conversation.Sealed sealed = atBob.seal(text.getBytes(StandardCharsets.UTF_8), bob.bytes(16));
    atBob = sealed.conversation();
    return sealed.sealed();
  }

  private String bobOpens(Bytes sealed) {
    Envelope envelope = Envelope.decode(sealed);
    Conversation.Opened opened = atBob.open(envelope, bob.lookUp(envelope), bob.secret(32), now);
    bob.commit(opened);
    atBob = opened.conversation();
    return new String(opened.plaintext(), StandardCharsets.UTF_8);
  }

  private String aliceOpens(Bytes sealed) {
    Envelope envelope = Envelope.decode(sealed);
    Conversation.Opened opened =
        atAlice.open(envelope, alice.lookUp(envelope), alice.secret(32), now);
    alice.commit(opened);
    atAlice = opened.conversation();
    return new String(opened.plaintext(), StandardCharsets.UTF_8);
  }

  private void assertBobRefuses(FaultCode code, Bytes sealed) {
    Secret before = atBob.encode();
    assertFault(code, () -> bobOpens(sealed));
    assertEquals(before, atBob.encode());
  }

  private void assertAliceRefuses(Bytes sealed) {
    Secret before = atAlice.encode();
    assertUndecryptable(() -> aliceOpens(sealed));
    assertEquals(before, atAlice.encode());
  }
}
