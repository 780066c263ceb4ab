package dev.waxwing.peer.age;

import static dev.waxwing.peer.age.AgeFiles.PART;
import static dev.waxwing.peer.age.AgeFiles.SIZES;
import static dev.waxwing.peer.age.AgeFiles.SUITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Aead;
import dev.waxwing.crypto.Providers;
import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AgeFileTest {
  private static final AgeIdentity IDENTITY = AgeFiles.identity(5);

  @Test
  void everySizeComesBackAndHasTheSizeThatTheWireExpects() {
    for (int size : SIZES) {
      byte[] plaintext = AgeFiles.random(size, size);
      byte[] file = AgeFiles.sealed(IDENTITY, plaintext);
      assertEquals(WireLimits.ciphertextSize(size), file.length);
      assertEquals(WireLimits.partCount(file.length), AgeWriter.partCount(size));
      assertArrayEquals(plaintext, AgeFiles.opened(IDENTITY, file), "size " + size);
    }
  }

  @Test
  void partsOpenInAnyOrderAndOnlyTheLastSaysSo() {
    byte[] plaintext = AgeFiles.random(3 * PART, 9);
    List<byte[]> parts = AgeFiles.parts(AgeFiles.writer(IDENTITY, 1), plaintext);
    try (AgeReader reader = AgeReader.open(SUITE, IDENTITY, ByteBuffer.wrap(parts.get(0)))) {
      for (int part : new int[] {1, 0, 2, 1}) {
        ByteBuffer out = ByteBuffer.allocate(PART);
        assertEquals(part == 2, reader.openPart(part, ByteBuffer.wrap(parts.get(part)), out));
        assertEquals(PART, out.position());
        assertArrayEquals(
            Arrays.copyOfRange(plaintext, part * PART, (part + 1) * PART), out.array());
      }
      assertTrue(reader.sawLast());
    }
  }

  @Test
  void writerMadeAgainFromItsSeedSealsTheSameBytes() {
    byte[] plaintext = AgeFiles.random(2 * PART + 5, 3);
    List<byte[]> first = AgeFiles.parts(AgeFiles.writer(IDENTITY, 8), plaintext);
    try (AgeWriter again = AgeFiles.writer(IDENTITY, 8)) {
      for (int part : new int[] {2, 1, 1, 0}) {
        assertArrayEquals(first.get(part), AgeFiles.part(again, plaintext, part));
      }
    }
  }

  @Test
  void onlyPartOfOneChunkSealsTwiceAlike() {
    byte[] plaintext = AgeFiles.random(10, 3);
    for (Aead aead : Providers.aeads()) {
      try (AgeWriter writer = writer(aead)) {
        assertArrayEquals(
            AgeFiles.part(writer, plaintext, 0),
            AgeFiles.part(writer, plaintext, 0),
            aead.provider());
      }
    }
  }

  @Test
  void everyProviderSealsTheSameFile() {
    byte[] plaintext = AgeFiles.random(PART + 70_000, 11);
    byte[] expected = null;
    for (Aead aead : Providers.aeads()) {
      try (AgeWriter writer = writer(aead)) {
        byte[] file = AgeFiles.join(AgeFiles.parts(writer, plaintext));
        assertArrayEquals(expected == null ? file : expected, file, aead.provider());
        expected = file;
      }
    }
  }

  @Test
  void seedForAnotherRecipientOrAnotherSeedSharesNoKey() {
    Secret seed = AgeFiles.secret(1);
    AgeKeys one = AgeKeys.derive(SUITE.kdf(), seed, IDENTITY.recipient());
    AgeKeys two = AgeKeys.derive(SUITE.kdf(), seed, AgeFiles.identity(6).recipient());
    AgeKeys three = AgeKeys.derive(SUITE.kdf(), AgeFiles.secret(2), IDENTITY.recipient());
    assertNotEquals(one.fileKey(), two.fileKey());
    assertNotEquals(one.fileKey(), three.fileKey());
    assertNotEquals(one.nonce(), two.nonce());
    assertNotEquals(one.ephemeral(), two.ephemeral());
  }

  @Test
  void leafIsTheHashOfZeroAndThePart() throws Exception {
    byte[] plaintext = AgeFiles.random(PART + 1, 3);
    try (AgeWriter writer = AgeFiles.writer(IDENTITY, 8)) {
      for (int part = 0; part < 2; part++) {
        ByteBuffer out = ByteBuffer.allocate(WireLimits.MAX_PART);
        Bytes leaf = AgeFiles.seal(writer, plaintext, part, out);
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update((byte) 0);
        sha256.update(out.array(), 0, out.position());
        assertEquals(Bytes.of(sha256.digest()), leaf);
      }
    }
  }

  @Test
  void buffersWithAnOffsetAreRespected() {
    byte[] plaintext = AgeFiles.random(70_000, 3);
    ByteBuffer in = ByteBuffer.allocate(80_000).position(7).slice();
    in.put(3, plaintext).position(3).limit(70_003);
    ByteBuffer out = ByteBuffer.allocate(90_000).position(11).slice().position(5);
    try (AgeWriter writer = AgeFiles.writer(IDENTITY, 77)) {
      writer.sealPart(0, in, true, out);
    }
    byte[] file = new byte[out.position() - 5];
    out.get(5, file);
    assertArrayEquals(AgeFiles.sealed(IDENTITY, plaintext), file);
  }

  @Test
  void partOfAWrongLengthIsNotSealed() {
    try (AgeWriter writer = AgeFiles.writer(IDENTITY, 1)) {
      ByteBuffer out = ByteBuffer.allocate(WireLimits.MAX_PART);
      for (int length : new int[] {0, 1, PART - 1, PART + 1}) {
        assertThrows(
            IllegalArgumentException.class,
            () -> writer.sealPart(0, ByteBuffer.allocate(length), false, out));
      }
      assertThrows(
          IllegalArgumentException.class,
          () -> writer.sealPart(1, ByteBuffer.allocate(0), true, out));
    }
  }

  @Test
  void noNonceEverServesTwoPlaintexts() {
    Recording aead = new Recording(SUITE.aead());
    for (int size : SIZES) {
      aead.seen.clear();
      byte[] plaintext = AgeFiles.random(size, 1);
      // Twice, as after a restart: the same nonce may come again, but with the same chunk only.
      for (int run = 0; run < 2; run++) {
        try (AgeWriter writer = writer(aead)) {
          AgeFiles.parts(writer, plaintext);
        }
      }
      assertEquals(Math.max(1, (size + 65_535) / 65_536), aead.seen.size());
    }
  }

  @Test
  void everyFlippedBitOfAShortFileIsFound() {
    byte[] file = AgeFiles.sealed(IDENTITY, AgeFiles.random(20, 2));
    for (int bit = 0; bit < file.length * 8; bit++) {
      byte[] damaged = file.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(Fault.class, () -> AgeFiles.opened(IDENTITY, damaged), "bit " + bit);
    }
  }

  @Test
  void everyTruncationOfAShortFileIsFound() {
    byte[] file = AgeFiles.sealed(IDENTITY, AgeFiles.random(20, 2));
    for (int length = 0; length < file.length; length++) {
      byte[] damaged = Arrays.copyOf(file, length);
      assertThrows(Fault.class, () -> AgeFiles.opened(IDENTITY, damaged), "length " + length);
    }
  }

  @Test
  void fileCutBetweenChunksOrPartsIsFound() {
    byte[] file = AgeFiles.sealed(IDENTITY, AgeFiles.random(PART + 3 * 65_536, 2));
    for (int chunks = 0; chunks < 19; chunks++) {
      byte[] damaged =
          Arrays.copyOf(file, WireLimits.AGE_PREFIX + chunks * WireLimits.SEALED_CHUNK);
      payloadFault(() -> AgeFiles.opened(IDENTITY, damaged));
    }
  }

  @Test
  void exchangedRepeatedAndAppendedChunksAreFound() {
    byte[] file = AgeFiles.sealed(IDENTITY, AgeFiles.random(4 * 65_536, 2));
    int[][] orders = {{1, 0, 2, 3}, {0, 1, 1, 3}, {0, 2, 1, 3}, {0, 1, 2, 3, 3}, {3, 1, 2, 0}};
    for (int[] order : orders) {
      payloadFault(() -> AgeFiles.opened(IDENTITY, rearranged(file, order)));
    }
    assertEquals(4 * 65_536, AgeFiles.opened(IDENTITY, rearranged(file, 0, 1, 2, 3)).length);
  }

  @Test
  void failedPartGivesOutNothing() {
    byte[] part = AgeFiles.sealed(IDENTITY, AgeFiles.random(PART, 2));
    Random random = new Random(42);
    for (int i = 0; i < 20; i++) {
      byte[] damaged = part.clone();
      damaged[WireLimits.AGE_PREFIX + random.nextInt(WireLimits.PART)] ^= 4;
      try (AgeReader reader = AgeReader.open(SUITE, IDENTITY, ByteBuffer.wrap(part))) {
        ByteBuffer out = ByteBuffer.allocate(PART + 9).position(9);
        payloadFault(() -> reader.openPart(0, ByteBuffer.wrap(damaged), out));
        assertEquals(9, out.position());
        assertArrayEquals(new byte[PART + 9], out.array());
      }
    }
  }

  @Test
  void nothingOpensBehindTheLastChunkNorALastOneBeforeOthers() {
    // The same keys seal a longer and a shorter file: what a careless sender would do.
    byte[] plaintext = AgeFiles.random(PART + 10, 2);
    List<byte[]> longer = AgeFiles.parts(AgeFiles.writer(IDENTITY, 1), plaintext);
    byte[] shorter = AgeFiles.part(AgeFiles.writer(IDENTITY, 1), Arrays.copyOf(plaintext, PART), 0);
    try (AgeReader reader = AgeReader.open(SUITE, IDENTITY, ByteBuffer.wrap(shorter))) {
      ByteBuffer out = ByteBuffer.allocate(2 * PART);
      assertTrue(reader.openPart(0, ByteBuffer.wrap(shorter), out));
      payloadFault(() -> reader.openPart(1, ByteBuffer.wrap(longer.get(1)), out));
    }
    try (AgeReader reader = AgeReader.open(SUITE, IDENTITY, ByteBuffer.wrap(shorter))) {
      ByteBuffer out = ByteBuffer.allocate(2 * PART);
      assertTrue(reader.openPart(1, ByteBuffer.wrap(longer.get(1)), out));
      payloadFault(() -> reader.openPart(0, ByteBuffer.wrap(shorter), out));
    }
  }

  @Test
  void shortPartInTheMiddleAndPartTooLongAreFound() {
    List<byte[]> parts = AgeFiles.parts(AgeFiles.writer(IDENTITY, 1), AgeFiles.random(2 * PART, 2));
    try (AgeReader reader = AgeReader.open(SUITE, IDENTITY, ByteBuffer.wrap(parts.get(0)))) {
      ByteBuffer out = ByteBuffer.allocate(2 * PART);
      byte[] cut = Arrays.copyOf(parts.get(0), WireLimits.AGE_PREFIX + 3 * WireLimits.SEALED_CHUNK);
      payloadFault(() -> reader.openPart(0, ByteBuffer.wrap(cut), out));
      payloadFault(() -> reader.openPart(0, ByteBuffer.wrap(cut, 0, 183), out));
      payloadFault(() -> reader.openPart(0, ByteBuffer.wrap(cut, 0, 184), out));
      byte[] extra = Arrays.copyOf(parts.get(1), parts.get(1).length + 1);
      payloadFault(() -> reader.openPart(1, ByteBuffer.wrap(extra), out));
    }
  }

  @Test
  void otherIdentityDoesNotMatch() {
    byte[] file = AgeFiles.sealed(IDENTITY, new byte[3]);
    Fault fault = assertThrows(Fault.class, () -> AgeFiles.opened(AgeFiles.identity(6), file));
    assertEquals(FaultCode.AGE_NO_MATCH, fault.code());
  }

  private static byte[] rearranged(byte[] file, int... order) {
    List<byte[]> pieces = new ArrayList<>();
    pieces.add(Arrays.copyOf(file, WireLimits.AGE_PREFIX));
    for (int chunk : order) {
      int from = WireLimits.AGE_PREFIX + chunk * WireLimits.SEALED_CHUNK;
      pieces.add(Arrays.copyOfRange(file, from, from + WireLimits.SEALED_CHUNK));
    }
    return AgeFiles.join(pieces);
  }

  private static void payloadFault(Runnable action) {
    assertEquals(FaultCode.AGE_PAYLOAD, assertThrows(Fault.class, action::run).code());
  }

  private static AgeWriter writer(Aead aead) {
    Bytes recipient = IDENTITY.recipient();
    AgeKeys keys = AgeKeys.derive(SUITE.kdf(), AgeFiles.secret(4), recipient);
    return new AgeWriter(
        AgeHeader.write(SUITE, recipient, keys),
        new PayloadCipher(SUITE.kdf(), aead, keys.fileKey(), keys.nonce()));
  }

  /** The real cipher, remembering which nonce served which plaintext under which key. */
  private static final class Recording implements Aead {
    final Map<List<Object>, Bytes> seen = Collections.synchronizedMap(new HashMap<>());
    private final Aead real;

    Recording(Aead real) {
      this.real = real;
    }

    @Override
    public Keyed keyed(Secret key) {
      Keyed keyed = real.keyed(key);
      Bytes keyBytes = Bytes.of(key.exposeCopy());
      return new Keyed() {
        @Override
        public int seal(
            byte[] nonce, byte[] aad, byte[] in, int inFrom, int length, byte[] out, int outFrom) {
          Bytes plaintext = Bytes.of(in, inFrom, length);
          Bytes before = seen.put(List.of(keyBytes, Bytes.of(nonce)), plaintext);
          assertTrue(before == null || before.equals(plaintext), "a nonce served twice");
          return keyed.seal(nonce, aad, in, inFrom, length, out, outFrom);
        }

        @Override
        public int open(
            byte[] nonce, byte[] aad, byte[] in, int inFrom, int length, byte[] out, int outFrom) {
          return keyed.open(nonce, aad, in, inFrom, length, out, outFrom);
        }

        @Override
        public void close() {
          keyed.close();
        }
      };
    }

    @Override
    public String provider() {
      return real.provider();
    }
  }
}
