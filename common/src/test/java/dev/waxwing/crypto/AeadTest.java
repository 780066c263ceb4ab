package dev.waxwing.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AeadTest {
  private static final long SEED = 7380;
  private static final byte[] KEY = random(32, SEED);
  private static final byte[] NONCE = random(12, SEED + 1);
  private static final byte[] AAD = random(20, SEED + 2);
  private static final byte[] PLAIN =
      "forty bytes, and none of them may leak!!".getBytes(StandardCharsets.US_ASCII);

  static List<Aead> aeads() {
    return Providers.aeads();
  }

  @ParameterizedTest
  @MethodSource("aeads")
  void everyFlippedBitOfCiphertextTagNonceAadAndKeyIsRefused(Aead aead) {
    byte[] sealed = keyed(aead).seal(NONCE, AAD, PLAIN);
    assertArrayEquals(PLAIN, keyed(aead).open(NONCE, AAD, sealed));
    try (Aead.Keyed keyed = keyed(aead)) {
      for (int bit = 0; bit < sealed.length * 8; bit++) {
        assertNull(keyed.open(NONCE, AAD, flip(sealed, bit)), "ciphertext bit " + bit);
      }
      for (int bit = 0; bit < NONCE.length * 8; bit++) {
        assertNull(keyed.open(flip(NONCE, bit), AAD, sealed), "nonce bit " + bit);
      }
      for (int bit = 0; bit < AAD.length * 8; bit++) {
        assertNull(keyed.open(NONCE, flip(AAD, bit), sealed), "aad bit " + bit);
      }
      assertArrayEquals(PLAIN, keyed.open(NONCE, AAD, sealed));
    }
    for (int bit = 0; bit < KEY.length * 8; bit++) {
      try (Aead.Keyed keyed = aead.keyed(Secret.take(flip(KEY, bit)))) {
        assertNull(keyed.open(NONCE, AAD, sealed), "key bit " + bit);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("aeads")
  void everyShorterOrLongerCiphertextIsRefused(Aead aead) {
    try (Aead.Keyed keyed = keyed(aead)) {
      byte[] sealed = keyed.seal(NONCE, AAD, PLAIN);
      for (int length = 0; length < sealed.length; length++) {
        assertNull(keyed.open(NONCE, AAD, Arrays.copyOf(sealed, length)), "length " + length);
      }
      assertNull(keyed.open(NONCE, AAD, Arrays.copyOf(sealed, sealed.length + 1)));
    }
  }

  @ParameterizedTest
  @MethodSource("aeads")
  void refusedCiphertextLeavesNoPlaintextBehind(Aead aead) {
    try (Aead.Keyed keyed = keyed(aead)) {
      for (int size : new int[] {1, 40, 64, 65, 1000, 65_536}) {
        byte[] plain = random(size, SEED + size);
        byte[] sealed = keyed.seal(NONCE, AAD, plain);
        sealed[sealed.length - 1] ^= 1;
        byte[] out = new byte[size];
        assertEquals(-1, keyed.open(NONCE, AAD, sealed, 0, sealed.length, out, 0));
        assertArrayEquals(new byte[size], out, "size " + size);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("aeads")
  void everyProviderOpensWhatEveryOtherSeals(Aead aead) {
    for (Aead other : aeads()) {
      for (int size : new int[] {0, 1, 15, 16, 17, 63, 64, 65, 4095, 65_536, 300_001}) {
        byte[] plain = random(size, SEED + size);
        try (Aead.Keyed sealing = keyed(aead);
            Aead.Keyed opening = keyed(other)) {
          byte[] sealed = sealing.seal(NONCE, AAD, plain);
          assertEquals(size + Aead.TAG, sealed.length);
          assertArrayEquals(plain, opening.open(NONCE, AAD, sealed), other + " " + size);
          assertArrayEquals(sealed, opening.seal(NONCE, AAD, plain), other + " " + size);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("aeads")
  void chunksOfOneKeySealAndOpenInAnyOrderAndAgain(Aead aead) {
    try (Aead.Keyed keyed = keyed(aead)) {
      byte[][] sealed = new byte[20][];
      for (int chunk = 0; chunk < sealed.length; chunk++) {
        sealed[chunk] = keyed.seal(chunkNonce(chunk), new byte[0], new byte[] {(byte) chunk});
        assertArrayEquals(
            new byte[] {(byte) chunk},
            keyed.open(chunkNonce(chunk), new byte[0], sealed[chunk]),
            "opened at once");
      }
      for (int chunk = sealed.length - 1; chunk >= 0; chunk--) {
        byte[] plain = {(byte) chunk};
        assertArrayEquals(plain, keyed.open(chunkNonce(chunk), new byte[0], sealed[chunk]));
        assertArrayEquals(plain, keyed.open(chunkNonce(chunk), new byte[0], sealed[chunk]));
        assertArrayEquals(sealed[chunk], keyed.seal(chunkNonce(chunk), new byte[0], plain));
        assertArrayEquals(sealed[chunk], keyed.seal(chunkNonce(chunk), new byte[0], plain));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("aeads")
  void nothingOutsideTheRangeIsReadOrWritten(Aead aead) {
    try (Aead.Keyed keyed = keyed(aead)) {
      byte[] expected = keyed.seal(NONCE, AAD, PLAIN);
      byte[] in = filled(7 + PLAIN.length + 5);
      System.arraycopy(PLAIN, 0, in, 7, PLAIN.length);
      byte[] out = filled(3 + expected.length + 9);
      assertEquals(expected.length, keyed.seal(NONCE, AAD, in, 7, PLAIN.length, out, 3));
      assertArrayEquals(around(expected, 3, 9), out);
      byte[] opened = filled(11 + PLAIN.length + 2);
      assertEquals(PLAIN.length, keyed.open(NONCE, AAD, out, 3, expected.length, opened, 11));
      assertArrayEquals(around(PLAIN, 11, 2), opened);
    }
  }

  @ParameterizedTest
  @MethodSource("aeads")
  void rangesOutsideTheArraysAreRefusedBeforeAnythingIsTouched(Aead aead) {
    Class<IndexOutOfBoundsException> bounds = IndexOutOfBoundsException.class;
    byte[] in = new byte[64];
    byte[] out = new byte[64];
    try (Aead.Keyed keyed = keyed(aead)) {
      assertThrows(bounds, () -> keyed.seal(NONCE, AAD, in, 0, 65, new byte[99], 0));
      assertThrows(bounds, () -> keyed.seal(NONCE, AAD, in, -1, 8, out, 0));
      assertThrows(bounds, () -> keyed.seal(NONCE, AAD, in, 0, -1, out, 0));
      assertThrows(bounds, () -> keyed.seal(NONCE, AAD, in, 0, 49, out, 0));
      assertThrows(bounds, () -> keyed.seal(NONCE, AAD, in, 0, 8, out, 41));
      assertThrows(bounds, () -> keyed.seal(NONCE, AAD, in, 0, 8, out, -1));
      assertThrows(bounds, () -> keyed.open(NONCE, AAD, in, 0, 65, out, 0));
      assertThrows(bounds, () -> keyed.open(NONCE, AAD, in, 0, -1, out, 0));
      assertThrows(bounds, () -> keyed.open(NONCE, AAD, in, 0, 64, out, 17));
      assertThrows(bounds, () -> keyed.open(NONCE, AAD, in, 0, 64, out, -1));
      assertArrayEquals(new byte[64], out);
    }
  }

  @ParameterizedTest
  @MethodSource("aeads")
  void keysAndNoncesOfOtherLengthsAreRefused(Aead aead) {
    Class<IllegalArgumentException> illegal = IllegalArgumentException.class;
    assertThrows(illegal, () -> aead.keyed(Secret.copyOf(new byte[31])));
    assertThrows(illegal, () -> aead.keyed(Secret.copyOf(new byte[33])));
    try (Aead.Keyed keyed = keyed(aead)) {
      for (int length : new int[] {0, 11, 13, 24}) {
        assertThrows(illegal, () -> keyed.seal(new byte[length], AAD, PLAIN));
        assertThrows(illegal, () -> keyed.open(new byte[length], AAD, new byte[16]));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("aeads")
  void closedCipherIsRefusedAndMayBeClosedAgain(Aead aead) {
    Aead.Keyed keyed = keyed(aead);
    byte[] sealed = keyed.seal(NONCE, AAD, PLAIN);
    keyed.close();
    keyed.close();
    assertThrows(IllegalStateException.class, () -> keyed.seal(NONCE, AAD, PLAIN));
    assertThrows(IllegalStateException.class, () -> keyed.open(NONCE, AAD, sealed));
  }

  @ParameterizedTest
  @MethodSource("aeads")
  void closingTheCipherLeavesTheCallersKeyAlone(Aead aead) {
    Secret key = Secret.copyOf(KEY);
    aead.keyed(key).close();
    assertArrayEquals(KEY, key.exposeCopy());
  }

  private static Aead.Keyed keyed(Aead aead) {
    return aead.keyed(Secret.copyOf(KEY));
  }

  /** As age makes them: 11 bytes of counter and the last-chunk flag. */
  private static byte[] chunkNonce(long chunk) {
    return ByteBuffer.allocate(12).putLong(3, chunk).array();
  }

  private static byte[] flip(byte[] bytes, int bit) {
    byte[] flipped = bytes.clone();
    flipped[bit / 8] ^= (byte) (1 << bit % 8);
    return flipped;
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0x55);
    return bytes;
  }

  private static byte[] around(byte[] middle, int before, int after) {
    byte[] bytes = filled(before + middle.length + after);
    System.arraycopy(middle, 0, bytes, before, middle.length);
    return bytes;
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
