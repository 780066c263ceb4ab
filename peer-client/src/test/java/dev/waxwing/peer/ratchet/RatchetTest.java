package dev.waxwing.peer.ratchet;

import static dev.waxwing.peer.ratchet.Faults.assertFault;
import static dev.waxwing.peer.ratchet.Faults.assertUndecryptable;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RatchetTest {
  private static final Suite SUITE = Suite.wx1();
  private static final long NOW = Actor.START;
  private static final int SEED = 11;

  private final Ratchet ratchet = new Ratchet(SUITE);
  private final Random random = new Random(SEED);
  private RatchetState alice;
  private RatchetState bob;

  @BeforeAll
  static void printSeed() {
    System.err.println("RatchetTest seed " + SEED);
  }

  @BeforeEach
  void agree() {
    Secret shared = secret();
    Bytes ad = bytes(32);
    KeyAgreement.Pair prekey = SUITE.agreement().pair(secret());
    alice = ratchet.initiator(shared, ad, prekey.publicKey(), secret());
    bob = ratchet.responder(shared, ad, prekey);
  }

  @Test
  void messageIsReadOnceAndRefusedTheSecondTime() {
    RatchetMessage message = aliceSays("one");
    assertEquals("one", bobReads(message));
    assertBobRefuses(message);
    assertBobRefuses(message);
    assertEquals("two", bobReads(aliceSays("two")));
  }

  @Test
  void skippedMessageIsReadOnceAndRefusedTheSecondTime() {
    RatchetMessage first = aliceSays("first");
    assertEquals("second", bobReads(aliceSays("second")));
    assertEquals(1, bob.skipped().size());
    assertEquals("first", bobReads(first));
    assertEquals(0, bob.skipped().size());
    assertBobRefuses(first);
  }

  @Test
  void everyByteOfHeaderAndBodyIsAuthenticatedAndFailureLeavesTheStateIdentical() {
    bobReads(aliceSays("before"));
    aliceReads(bobSays("turn"));
    byte[] genuine = aliceSays("genuine").encode();
    Secret before = bob.encode();
    for (int i = 0; i < genuine.length; i++) {
      byte[] forged = genuine.clone();
      forged[i] ^= (byte) (1 << random.nextInt(8));
      assertUndecryptable(() -> ratchet.decrypt(bob, RatchetMessage.decode(forged), secret(), NOW));
      assertEquals(before, bob.encode());
    }
    for (int length = 0; length < genuine.length; length++) {
      byte[] cut = Arrays.copyOf(genuine, length);
      assertUndecryptable(() -> ratchet.decrypt(bob, RatchetMessage.decode(cut), secret(), NOW));
    }
    assertEquals("genuine", bobReads(RatchetMessage.decode(genuine)));
  }

  @Test
  void forgedCopyOfSkippedMessageDoesNotUseUpItsKey() {
    RatchetMessage first = aliceSays("first");
    bobReads(aliceSays("second"));
    byte[] body = first.body().toArray();
    body[20] ^= 1;
    RatchetMessage forged =
        new RatchetMessage(first.ratchetKey(), first.previous(), first.number(), Bytes.of(body));
    assertBobRefuses(forged);
    assertEquals("first", bobReads(first));
  }

  @Test
  void messageForAnotherSessionsAssociatedDataIsRefused() {
    RatchetState other =
        new RatchetState(
            bytes(32),
            alice.root(),
            alice.ours(),
            alice.sending(),
            alice.receiving(),
            alice.skipped());
    assertBobRefuses(ratchet.encrypt(other, utf8("misbound"), salt()).message());
  }

  @Test
  void thousandSkippedMessagesAreReadAndOneMoreIsRefused() {
    bobReads(aliceSays("0"));
    List<RatchetMessage> sent = new ArrayList<>();
    for (int i = 1; i <= RatchetLimits.MAX_SKIP + 2; i++) {
      sent.add(aliceSays("" + i));
    }
    assertBobRefuses(sent.get(RatchetLimits.MAX_SKIP + 1));
    assertEquals("1001", bobReads(sent.get(RatchetLimits.MAX_SKIP)));
    assertEquals(RatchetLimits.MAX_SKIP, bob.skipped().size());
    assertEquals("1", bobReads(sent.get(0)));
    assertEquals("1000", bobReads(sent.get(RatchetLimits.MAX_SKIP - 1)));
    assertEquals("1002", bobReads(sent.get(RatchetLimits.MAX_SKIP + 1)));
  }

  @Test
  void headerTooFarAheadIsRefusedBeforeAnythingIsDerived() {
    bobReads(aliceSays("0"));
    Bytes known = bob.receiving().orElseThrow().ratchetKey();
    Bytes unknown = SUITE.agreement().pair(secret()).publicKey();
    Bytes body = bytes(64);
    // Every key in this state is destroyed: deriving from it throws something else than a Fault.
    RatchetState trap = withDestroyedKeys(bob);
    int next = bob.receiving().orElseThrow().chain().next();
    List<RatchetMessage> refused =
        List.of(
            new RatchetMessage(known, 0, next + RatchetLimits.MAX_SKIP + 1, body),
            new RatchetMessage(known, 0, Integer.MAX_VALUE, body),
            new RatchetMessage(known, 0, 0, body),
            new RatchetMessage(unknown, next, RatchetLimits.MAX_SKIP + 1, body),
            new RatchetMessage(unknown, next + RatchetLimits.MAX_SKIP + 1, 0, body),
            new RatchetMessage(unknown, Integer.MAX_VALUE, Integer.MAX_VALUE, body),
            new RatchetMessage(unknown, 0, 0, body));
    for (RatchetMessage message : refused) {
      assertUndecryptable(() -> ratchet.decrypt(trap, message, secret(), NOW));
    }
    List<RatchetMessage> derived =
        List.of(
            new RatchetMessage(known, 0, next + RatchetLimits.MAX_SKIP, body),
            new RatchetMessage(unknown, next, RatchetLimits.MAX_SKIP, body));
    for (RatchetMessage message : derived) {
      assertThrows(
          IllegalStateException.class, () -> ratchet.decrypt(trap, message, secret(), NOW));
    }
  }

  @Test
  void numbersAboveTwoToTheThirtyFirstAreMalformed() {
    byte[] encoded = aliceSays("x").encode();
    for (int at : new int[] {33, 37}) {
      byte[] forged = encoded.clone();
      forged[at] = (byte) 0x80;
      assertUndecryptable(() -> RatchetMessage.decode(forged));
    }
  }

  @Test
  void sessionKeepsTwoThousandSkippedKeysAndNotOneMore() {
    for (int i = 0; i < 2; i++) {
      skip(RatchetLimits.MAX_SKIP);
      bobReads(aliceSays("after"));
    }
    assertEquals(RatchetLimits.MAX_KEPT, bob.skipped().size());
    RatchetState full = bob;
    RatchetState aliceThen = alice;
    skip(1);
    assertBobRefuses(aliceSays("one too many"));
    alice = aliceThen;
    assertEquals(full.encode(), bob.encode());
    assertEquals("in order", bobReads(aliceSays("in order")));
    assertEquals(StateCodec.MAX, bob.encode().length());
    assertEquals(bob, RatchetState.decode(bob.encode()));
  }

  @Test
  void roomIsCountedOverBothChainsOfAStep() {
    skip(RatchetLimits.MAX_SKIP);
    bobReads(aliceSays("after"));
    skip(600);
    aliceReads(bobSays("turn"));
    skip(400);
    RatchetMessage fits = aliceSays("1000 + 600 + 400");
    assertBobRefuses(aliceSays("1000 + 600 + 401"));
    assertEquals("1000 + 600 + 400", bobReads(fits));
    assertEquals(RatchetLimits.MAX_KEPT, bob.skipped().size());
  }

  @Test
  void skippedKeysAreForgottenAfterThirtyDays() {
    RatchetMessage first = aliceSays("first");
    RatchetMessage second = aliceSays("second");
    bobReads(aliceSays("third"));
    RatchetState kept = bob;
    long limit = NOW + RatchetLimits.KEEP_SKIPPED;
    assertArrayEquals(utf8("first"), ratchet.decrypt(kept, first, secret(), limit).plaintext());
    assertUndecryptable(() -> ratchet.decrypt(kept, second, secret(), limit + 1));
    RatchetState later = ratchet.decrypt(kept, aliceSays("fourth"), secret(), limit + 1).state();
    assertEquals(0, later.skipped().size());
  }

  @Test
  void messagesBeyondPnOnAnOldChainAreRefused() {
    RatchetMessage first = aliceSays("0");
    RatchetMessage second = aliceSays("1");
    bobReads(first);
    RatchetState rolledBack = alice;
    aliceReads(bobSays("turn"));
    bobReads(aliceSays("new chain"));
    RatchetMessage beyond = ratchet.encrypt(rolledBack, utf8("2"), salt()).message();
    assertEquals(2, beyond.number());
    assertBobRefuses(beyond);
    assertEquals("1", bobReads(second));
    assertBobRefuses(beyond);
  }

  @Test
  void chainThatClaimsToHaveBeenShorterThanWhatWasReadIsRefused() {
    bobReads(aliceSays("0"));
    bobReads(aliceSays("1"));
    RatchetState beforeTurn = alice;
    aliceReads(bobSays("turn"));
    RatchetState lying =
        alice.withSending(new RatchetState.Sending(alice.sending().orElseThrow().chain(), 1));
    assertEquals(2, beforeTurn.sending().orElseThrow().chain().next());
    assertBobRefuses(ratchet.encrypt(lying, utf8("lie"), salt()).message());
  }

  @Test
  void lowOrderRatchetKeyIsRefused() {
    bobReads(aliceSays("0"));
    assertBobRefuses(new RatchetMessage(Bytes.of(new byte[32]), 1, 0, bytes(64)));
  }

  @Test
  void rolledBackStateStillNeverReusesKeyAndNonce() {
    Ratchet.Encrypted one = ratchet.encrypt(alice, new byte[64], salt());
    Ratchet.Encrypted two = ratchet.encrypt(alice, new byte[64], salt());
    assertEquals(one.message().number(), two.message().number());
    Bytes first = one.message().body().slice(16, one.message().body().length());
    Bytes second = two.message().body().slice(16, two.message().body().length());
    assertNotEquals(first, second);
  }

  @Test
  void responderCannotSendBeforeItReceived() {
    assertThrows(IllegalStateException.class, () -> ratchet.encrypt(bob, new byte[0], salt()));
    assertThrows(
        IllegalArgumentException.class, () -> ratchet.encrypt(alice, new byte[0], bytes(15)));
  }

  @Test
  void storedStateCutShortOrLengthenedIsDamagedAndNewerFormIsForeign() {
    skip(3);
    bobReads(aliceSays("x"));
    byte[] stored = bob.encode().exposeCopy();
    for (int length = 0; length < stored.length; length++) {
      byte[] cut = Arrays.copyOf(stored, length);
      assertFault(FaultCode.PROFILE_CORRUPT, () -> RatchetState.decode(Secret.copyOf(cut)));
    }
    byte[] longer = Arrays.copyOf(stored, stored.length + 1);
    assertFault(FaultCode.PROFILE_CORRUPT, () -> RatchetState.decode(Secret.copyOf(longer)));
    byte[] flags = stored.clone();
    flags[1] |= 4;
    assertFault(FaultCode.PROFILE_CORRUPT, () -> RatchetState.decode(Secret.copyOf(flags)));
    byte[] newer = stored.clone();
    newer[0] = 2;
    assertFault(FaultCode.PROFILE_FOREIGN, () -> RatchetState.decode(Secret.copyOf(newer)));
    assertEquals(bob, RatchetState.decode(Secret.copyOf(stored)));
  }

  @Test
  void storedStateWithMoreKeysThanAllowedIsDamaged() {
    skip(1);
    bobReads(aliceSays("x"));
    SkippedKeys.Entry entry = bob.skipped().entries().get(0);
    for (int count : new int[] {RatchetLimits.MAX_KEPT, RatchetLimits.MAX_KEPT + 1}) {
      Secret stored = bob.withSkipped(new SkippedKeys(Collections.nCopies(count, entry))).encode();
      if (count == RatchetLimits.MAX_KEPT) {
        assertEquals(count, RatchetState.decode(stored).skipped().size());
      } else {
        assertFault(FaultCode.PROFILE_CORRUPT, () -> RatchetState.decode(stored));
      }
    }
  }

  @Test
  void freshStateIsSmall() {
    assertTrue(alice.encode().length() <= 256, "" + alice.encode().length());
  }

  private RatchetMessage aliceSays(String text) {
    Ratchet.Encrypted step = ratchet.encrypt(alice, utf8(text), salt());
    alice = step.state();
    return step.message();
  }

  private RatchetMessage bobSays(String text) {
    Ratchet.Encrypted step = ratchet.encrypt(bob, utf8(text), salt());
    bob = step.state();
    return step.message();
  }

  private void skip(int count) {
    for (int i = 0; i < count; i++) {
      aliceSays("lost");
    }
  }

  private String bobReads(RatchetMessage message) {
    Ratchet.Decrypted step = ratchet.decrypt(bob, message, secret(), NOW);
    bob = step.state();
    return new String(step.plaintext(), StandardCharsets.UTF_8);
  }

  private void aliceReads(RatchetMessage message) {
    alice = ratchet.decrypt(alice, message, secret(), NOW).state();
  }

  private void assertBobRefuses(RatchetMessage message) {
    Secret before = bob.encode();
    assertUndecryptable(() -> ratchet.decrypt(bob, message, secret(), NOW));
    assertEquals(before, bob.encode());
  }

  private static RatchetState withDestroyedKeys(RatchetState state) {
    RatchetState copy = RatchetState.decode(state.encode());
    copy.root().destroy();
    copy.ours().secret().destroy();
    copy.sending().orElseThrow().chain().key().destroy();
    copy.receiving().orElseThrow().chain().key().destroy();
    return new RatchetState(
        copy.ad(), copy.root(), copy.ours(), copy.sending(), copy.receiving(), copy.skipped());
  }

  private Secret secret() {
    return Secret.take(bytes(32).toArray());
  }

  private Bytes salt() {
    return bytes(RatchetLimits.SALT);
  }

  private Bytes bytes(int length) {
    byte[] value = new byte[length];
    random.nextBytes(value);
    return Bytes.of(value);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
