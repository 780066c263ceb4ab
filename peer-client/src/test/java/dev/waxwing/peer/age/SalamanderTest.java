package dev.waxwing.peer.age;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/**
 * One ciphertext that opens under two keys (an "invisible salamander"): ChaCha20-Poly1305 does not
 * commit to its key, so a sender who knows both can make one. Made here for the stanza of an age
 * file, whose two receivers then unwrap two file keys. The header's MAC is what only one of them
 * passes.
 */
class SalamanderTest {
  private static final BigInteger PRIME =
      BigInteger.ONE.shiftLeft(130).subtract(BigInteger.valueOf(5));
  private static final BigInteger TOP = BigInteger.ONE.shiftLeft(128);

  /** The block of lengths: no associated data, 16 bytes of ciphertext. */
  private static final BigInteger LENGTHS = TOP.add(BigInteger.valueOf(16).shiftLeft(64));

  private final AgeIdentity one = AgeFiles.identity(1);
  private final AgeIdentity other = AgeFiles.identity(2);

  /** What a wrap key makes of 16 bytes: the key of the one-time authenticator, and the pad. */
  private record Opening(BigInteger r, BigInteger s, byte[] pad) {
    static Opening of(byte[] wrapKey) throws GeneralSecurityException {
      Cipher cipher = Cipher.getInstance("ChaCha20");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(wrapKey, "ChaCha20"),
          new ChaCha20ParameterSpec(new byte[12], 0));
      byte[] stream = cipher.doFinal(new byte[80]);
      byte[] r = Arrays.copyOf(stream, 16);
      for (int i = 3; i < 16; i += 4) {
        r[i] &= 15;
      }
      for (int i = 4; i < 16; i += 4) {
        r[i] &= (byte) 252;
      }
      return new Opening(
          little(r),
          little(Arrays.copyOfRange(stream, 16, 32)),
          Arrays.copyOfRange(stream, 64, 80));
    }

    /** The tag over a ciphertext of one block. */
    BigInteger tag(BigInteger block) {
      BigInteger sum = block.add(TOP).multiply(r).add(LENGTHS).multiply(r).mod(PRIME);
      return sum.add(s).mod(TOP);
    }

    byte[] plaintext(BigInteger block) {
      byte[] bytes = bytes(block);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] ^= pad[i];
      }
      return bytes;
    }
  }

  private static BigInteger little(byte[] bytes) {
    byte[] big = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      big[i] = bytes[bytes.length - 1 - i];
    }
    return new BigInteger(1, big);
  }

  private static byte[] bytes(BigInteger value) {
    byte[] bytes = new byte[16];
    for (int i = 0; i < 16; i++) {
      bytes[i] = value.shiftRight(8 * i).byteValue();
    }
    return bytes;
  }

  /** A block that has the same tag under both; there is one for about every second pair of keys. */
  private static Optional<BigInteger> collision(Opening a, Opening b) {
    BigInteger squares = a.r().multiply(a.r()).subtract(b.r().multiply(b.r())).mod(PRIME);
    BigInteger fixed = LENGTHS.multiply(a.r().subtract(b.r()));
    for (int k = -4; k <= 4; k++) {
      BigInteger wanted = b.s().subtract(a.s()).add(TOP.multiply(BigInteger.valueOf(k)));
      BigInteger block =
          wanted.subtract(fixed).multiply(squares.modInverse(PRIME)).subtract(TOP).mod(PRIME);
      if (block.bitLength() <= 128 && a.tag(block).equals(b.tag(block))) {
        return Optional.of(block);
      }
    }
    return Optional.empty();
  }

  /** A stanza both identities unwrap, and the two file keys they find in it. */
  private record Salamander(X25519Stanza stanza, byte[] ofOne, byte[] ofOther) {}

  private Salamander salamander() throws GeneralSecurityException {
    for (int seed = 100; ; seed++) {
      KeyAgreement.Pair ephemeral = AgeFiles.SUITE.agreement().pair(AgeFiles.secret(seed));
      Opening a = Opening.of(wrapKey(ephemeral, one));
      Opening b = Opening.of(wrapKey(ephemeral, other));
      BigInteger block = collision(a, b).orElse(null);
      if (block != null) {
        Bytes wrapped = Bytes.of(bytes(block)).concat(Bytes.of(bytes(a.tag(block))));
        return new Salamander(
            new X25519Stanza(ephemeral.publicKey(), wrapped),
            a.plaintext(block),
            b.plaintext(block));
      }
    }
  }

  private static byte[] wrapKey(KeyAgreement.Pair ephemeral, AgeIdentity to) {
    try (Secret shared = AgeFiles.SUITE.agreement().agree(ephemeral.secret(), to.recipient());
        Secret key =
            AgeFiles.SUITE
                .kdf()
                .hkdf(
                    ephemeral.publicKey().concat(to.recipient()).toArray(),
                    shared,
                    "age-encryption.org/v1/X25519".getBytes(StandardCharsets.US_ASCII),
                    32)) {
      return key.exposeCopy();
    }
  }

  /** A header with that stanza and the MAC of one of its keys. */
  private static ByteBuffer start(X25519Stanza stanza, byte[] fileKey) {
    byte[] marked =
        ("age-encryption.org/v1\n" + stanza.text() + "---").getBytes(StandardCharsets.US_ASCII);
    try (Secret key = Secret.copyOf(fileKey);
        Secret macKey =
            AgeFiles.SUITE
                .kdf()
                .hkdf(new byte[32], key, "header".getBytes(StandardCharsets.US_ASCII), 32)) {
      String mac =
          Base64.getEncoder()
              .withoutPadding()
              .encodeToString(AgeFiles.SUITE.kdf().hmac(macKey, marked));
      return ByteBuffer.wrap(
          Bytes.of(marked)
              .concat(Bytes.of((" " + mac + "\n").getBytes(StandardCharsets.US_ASCII)))
              .concat(Bytes.of(new byte[AgeKeys.NONCE]))
              .toArray());
    }
  }

  private static FaultCode refusal(AgeIdentity identity, ByteBuffer start) {
    return assertThrows(Fault.class, () -> AgeReader.open(AgeFiles.SUITE, identity, start).close())
        .code();
  }

  @Test
  void aStanzaThatOpensUnderTwoKeysIsAFileForOneOfThem() throws GeneralSecurityException {
    Salamander made = salamander();
    assertArrayEquals(made.ofOne(), made.stanza().unwrap(AgeFiles.SUITE, one).exposeCopy());
    assertArrayEquals(made.ofOther(), made.stanza().unwrap(AgeFiles.SUITE, other).exposeCopy());
    assertNotEquals(Bytes.of(made.ofOne()), Bytes.of(made.ofOther()));

    AgeReader.open(AgeFiles.SUITE, one, start(made.stanza(), made.ofOne())).close();
    AgeReader.open(AgeFiles.SUITE, other, start(made.stanza(), made.ofOther())).close();
    assertEquals(FaultCode.AGE_HEADER_MAC, refusal(other, start(made.stanza(), made.ofOne())));
    assertEquals(FaultCode.AGE_HEADER_MAC, refusal(one, start(made.stanza(), made.ofOther())));
  }
}
