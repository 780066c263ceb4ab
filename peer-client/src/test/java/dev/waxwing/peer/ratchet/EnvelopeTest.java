package dev.waxwing.peer.ratchet;

import static dev.waxwing.peer.ratchet.Faults.assertFault;
import static dev.waxwing.peer.ratchet.Faults.assertUndecryptable;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.identity.Prekeys.Kind;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  private final Actor alice = new Actor("alice", new Random(41), 0);
  private final RatchetMessage message =
      new RatchetMessage(alice.bytes(32), 7, 0x01020304, alice.bytes(300));
  private final Opening opening =
      new Opening(
          alice.party.id(),
          alice.bytes(32),
          0x1122334455667788L,
          new PrekeyRef(Kind.ONE_TIME_KEM, 3),
          Optional.of(new PrekeyRef(Kind.ONE_TIME, 0)),
          alice.bytes(1088));

  @Test
  void firstMessageIsLaidOutAsWrittenDown() {
    byte[] encoded = new Envelope.First(opening, message).encode();
    assertEquals(1154, Opening.LENGTH);
    assertEquals(2 + 1154 + 41 + 300, encoded.length);
    Bytes expected =
        Bytes.fromHex("0101")
            .concat(alice.party.id().value())
            .concat(opening.ephemeral())
            .concat(Bytes.fromHex("1122334455667788"))
            .concat(Bytes.fromHex("020000000000000003"))
            .concat(Bytes.fromHex("020000000000000000"))
            .concat(opening.ciphertext())
            .concat(Bytes.fromHex("01"))
            .concat(message.ratchetKey())
            .concat(Bytes.fromHex("0000000701020304"))
            .concat(message.body());
    assertEquals(expected, Bytes.of(encoded));
    assertEquals(new Envelope.First(opening, message), Envelope.decode(expected));
  }

  @Test
  void plainMessageIsLaidOutAsWrittenDown() {
    byte[] encoded = new Envelope.Plain(message).encode();
    assertEquals(2 + 41 + 300, encoded.length);
    assertArrayEquals(new byte[] {1, 2, 1}, Arrays.copyOf(encoded, 3));
    assertEquals(new Envelope.Plain(message), Envelope.decode(Bytes.of(encoded)));
  }

  @Test
  void openingWithoutOneTimeKeysComesBack() {
    Opening bare =
        new Opening(
            opening.sender(),
            opening.ephemeral(),
            1,
            new PrekeyRef(Kind.LAST_RESORT_KEM, 2),
            Optional.empty(),
            opening.ciphertext());
    Envelope envelope = new Envelope.First(bare, message);
    assertEquals(envelope, Envelope.decode(Bytes.of(envelope.encode())));
    assertEquals(
        List.of(new PrekeyRef(Kind.SIGNED, 1), new PrekeyRef(Kind.LAST_RESORT_KEM, 2)),
        bare.wanted());
    assertEquals(List.of(), bare.spent());
  }

  @Test
  void unknownSuiteIsRefusedByItsCode() {
    for (int suite = 0; suite < 256; suite++) {
      if (suite != 1) {
        Bytes sealed = Bytes.of(new byte[] {(byte) suite, 9, 9});
        assertFault(FaultCode.SUITE_UNKNOWN, () -> Envelope.decode(sealed));
      }
    }
  }

  @Test
  void everyCutAndEveryImpossibleFieldIsRefused() {
    for (Envelope envelope :
        List.of(new Envelope.First(opening, message), new Envelope.Plain(message))) {
      byte[] whole = envelope.encode();
      int shortest = whole.length - 300 + RatchetLimits.SALT + 16;
      for (int length = 0; length < shortest; length++) {
        Bytes cut = Bytes.of(whole, 0, length);
        assertUndecryptable(() -> Envelope.decode(cut));
      }
      Envelope.decode(Bytes.of(whole, 0, shortest));
    }
    byte[] first = new Envelope.First(opening, message).encode();
    // kind, signs of the three ids, KEM kind, OPK flag, ratchet version
    int[][] damage = {{1, 3}, {42, 0x80}, {50, 0}, {50, 3}, {51, 0x80}, {59, 1}, {60, 0x80}};
    for (int[] change : damage) {
      byte[] forged = first.clone();
      forged[change[0]] = (byte) change[1];
      assertUndecryptable(() -> Envelope.decode(Bytes.of(forged)));
    }
    byte[] idWithoutKey = first.clone();
    idWithoutKey[59] = 0;
    idWithoutKey[67] = 1;
    assertUndecryptable(() -> Envelope.decode(Bytes.of(idWithoutKey)));
    byte[] version = first.clone();
    version[2 + Opening.LENGTH] = 2;
    assertUndecryptable(() -> Envelope.decode(Bytes.of(version)));
  }

  @Test
  void longestMessageFitsTheWireAsFirstMessageToo() {
    Actor bob = new Actor("bob", alice.random, 1);
    Conversation conversation =
        Conversation.none(alice.linkTo(bob)).restart(bob.bundle(), alice.secret(96), Actor.START);
    byte[] longest = new byte[WireLimits.MAX_PLAINTEXT];
    alice.random.nextBytes(longest);
    Bytes sealed = conversation.seal(longest, alice.bytes(16)).sealed();
    assertTrue(sealed.length() <= WireLimits.MAX_SEALED_MESSAGE, "" + sealed.length());
    assertEquals(2 + 1154 + 41 + 16 + 65_536 + 256 + 16, sealed.length());
    Envelope envelope = Envelope.decode(sealed);
    Conversation.Opened opened =
        Conversation.none(bob.linkTo(alice))
            .open(envelope, bob.lookUp(envelope), bob.secret(32), Actor.START);
    assertArrayEquals(longest, opened.plaintext());
    assertFault(
        FaultCode.MESSAGE_TOO_LARGE,
        () -> conversation.seal(new byte[WireLimits.MAX_PLAINTEXT + 1], alice.bytes(16)));
    assertUndecryptable(
        () ->
            Envelope.decode(
                Bytes.of(Arrays.copyOf(sealed.toArray(), WireLimits.MAX_SEALED_MESSAGE + 1))));
  }
}
