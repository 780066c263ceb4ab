package dev.waxwing.peer.age;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Whole files in memory, for the tests. */
final class AgeFiles {
  static final Suite SUITE = Suite.wx1();
  static final int PART = AgeWriter.PART_PLAINTEXT;
  static final int[] SIZES = {
    0,
    1,
    65_535,
    65_536,
    65_537,
    PART - 65_536,
    PART - 1,
    PART,
    PART + 1,
    PART + 65_536,
    2 * PART,
    3 * PART - 7
  };

  private AgeFiles() {}

  static Secret secret(int seed) {
    return Secret.take(random(32, seed));
  }

  static AgeIdentity identity(int seed) {
    return AgeIdentity.of(SUITE.agreement(), secret(seed));
  }

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static AgeWriter writer(AgeIdentity identity, int seed) {
    return AgeWriter.of(SUITE, identity.recipient(), secret(seed));
  }

  /** The parts of a sealed file. */
  static List<byte[]> parts(AgeWriter writer, byte[] plaintext) {
    List<byte[]> parts = new ArrayList<>();
    long count = AgeWriter.partCount(plaintext.length);
    for (long part = 0; part < count; part++) {
      parts.add(part(writer, plaintext, part));
    }
    return parts;
  }

  static byte[] part(AgeWriter writer, byte[] plaintext, long part) {
    ByteBuffer out = ByteBuffer.allocate(WireLimits.MAX_PART);
    seal(writer, plaintext, part, out);
    return Arrays.copyOf(out.array(), out.position());
  }

  static Bytes seal(AgeWriter writer, byte[] plaintext, long part, ByteBuffer out) {
    int from = (int) part * PART;
    int length = Math.min(PART, plaintext.length - from);
    boolean last = part == AgeWriter.partCount(plaintext.length) - 1;
    return writer.sealPart(part, ByteBuffer.wrap(plaintext, from, length), last, out);
  }

  static byte[] sealed(AgeIdentity identity, byte[] plaintext) {
    try (AgeWriter writer = writer(identity, 77)) {
      return join(parts(writer, plaintext));
    }
  }

  static byte[] join(List<byte[]> parts) {
    ByteBuffer all = ByteBuffer.allocate(parts.stream().mapToInt(part -> part.length).sum());
    parts.forEach(all::put);
    return all.array();
  }

  /** Opens a whole file with a header of any length, chunk by chunk. */
  static byte[] opened(AgeIdentity identity, byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file);
    ByteBuffer out = ByteBuffer.allocate(file.length + WireLimits.CHUNK);
    try (AgeReader reader = AgeReader.open(SUITE, identity, in)) {
      read(reader, in, out);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  /** Opens what follows the prefix, in order, demanding the last chunk at the end. */
  static void read(AgeReader reader, ByteBuffer in, ByteBuffer out) {
    long index = 0;
    do {
      int length = Math.min(WireLimits.SEALED_CHUNK, in.remaining());
      ByteBuffer chunk = in.slice(in.position(), length);
      boolean last = reader.openChunk(index++, chunk, out);
      in.position(in.position() + length);
      if (!last && !in.hasRemaining()) {
        reader.openChunk(index, ByteBuffer.allocate(0), out);
      }
    } while (in.hasRemaining());
  }
}
