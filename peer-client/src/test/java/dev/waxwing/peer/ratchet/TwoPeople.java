package dev.waxwing.peer.ratchet;

import static dev.waxwing.peer.ratchet.Faults.assertFault;
import static dev.waxwing.peer.ratchet.Faults.assertUndecryptable;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.waxwing.crypto.Secret;
import dev.waxwing.identity.Prekeys.Bundle;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;

/** Alice and Bob, their conversations, and a line between them; the tests of both extend it. */
class TwoPeople {
  static final long SEED = 31;
  static final long NOW = Actor.START;
  static final long DAY = 24L * 60 * 60 * 1000;

  final Random random = new Random(SEED);
  final Actor alice = new Actor("alice", random, 9);
  final Actor bob = new Actor("bob", random, 9);
  Conversation atAlice = Conversation.none(alice.linkTo(bob));
  Conversation atBob = Conversation.none(bob.linkTo(alice));
  long now = NOW;

  @BeforeAll
  static void printSeed() {
    System.err.println("Conversation tests: seed " + SEED);
  }

  void talk() {
    aliceStarts(bob.bundle());
    bobOpens(aliceSeals("hello"));
    aliceOpens(bobSeals("hello yourself"));
    bobOpens(aliceSeals("well then"));
  }

  void aliceStarts(Bundle bundle) {
    atAlice = atAlice.restart(bundle, alice.secret(96), now);
  }

  void bobStarts(Bundle bundle) {
    atBob = atBob.restart(bundle, bob.secret(96), now);
  }

  Bytes aliceSeals(String text) {
    Conversation.Sealed sealed =
        atAlice.seal(text.getBytes(StandardCharsets.UTF_8), alice.bytes(16));
    atAlice = sealed.conversation();
    return sealed.sealed();
  }

  Bytes bobSeals(String text) {
    Conversation.Sealed sealed = atBob.seal(text.getBytes(StandardCharsets.UTF_8), bob.bytes(16));
    atBob = sealed.conversation();
    return sealed.sealed();
  }

  String bobOpens(Bytes sealed) {
    Envelope envelope = Envelope.decode(sealed);
    Conversation.Opened opened = atBob.open(envelope, bob.lookUp(envelope), bob.secret(32), now);
    bob.commit(opened);
    atBob = opened.conversation();
    return new String(opened.plaintext(), StandardCharsets.UTF_8);
  }

  String aliceOpens(Bytes sealed) {
    Envelope envelope = Envelope.decode(sealed);
    Conversation.Opened opened =
        atAlice.open(envelope, alice.lookUp(envelope), alice.secret(32), now);
    alice.commit(opened);
    atAlice = opened.conversation();
    return new String(opened.plaintext(), StandardCharsets.UTF_8);
  }

  void assertBobRefuses(FaultCode code, Bytes sealed) {
    Secret before = atBob.encode();
    assertFault(code, () -> bobOpens(sealed));
    assertEquals(before, atBob.encode());
  }

  void assertAliceRefuses(Bytes sealed) {
    Secret before = atAlice.encode();
    assertUndecryptable(() -> aliceOpens(sealed));
    assertEquals(before, atAlice.encode());
  }
}
