package dev.waxwing.peer.age;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.Locale;

/** How fast one core seals (with the leaf) and opens 1 GiB in parts: a program, run by hand. */
public final class AgeSpeed {
  private static final int PARTS = 1024;

  private AgeSpeed() {}

  /** Five rounds, the first of them warm-up. */
  public static void main(String[] args) {
    AgeIdentity identity = AgeFiles.identity(1);
    byte[] plaintext = AgeFiles.random(AgeFiles.PART, 1);
    ByteBuffer sealed = ByteBuffer.allocate(WireLimits.MAX_PART);
    ByteBuffer opened = ByteBuffer.allocate(AgeFiles.PART);
    System.out.println(AgeFiles.SUITE.aead().provider() + ", Java " + Runtime.version());
    for (int round = 0; round < 5; round++) {
      try (AgeWriter writer = AgeFiles.writer(identity, round)) {
        AgeReader reader =
            AgeReader.open(AgeFiles.SUITE, identity, ByteBuffer.wrap(writer.prefix().toArray()));
        long sealing = 0;
        long opening = 0;
        Bytes leaf = Bytes.EMPTY;
        for (int part = 0; part < PARTS; part++) {
          long start = System.nanoTime();
          leaf = writer.sealPart(part, ByteBuffer.wrap(plaintext), false, sealed.clear());
          long between = System.nanoTime();
          reader.openPart(part, sealed.flip(), opened.clear());
          sealing += between - start;
          opening += System.nanoTime() - between;
        }
        System.out.printf(
            Locale.ROOT,
            "round %d: seal and leaf %.0f MB/s, open %.0f MB/s (%s)%n",
            round,
            speed(sealing),
            speed(opening),
            leaf);
        reader.close();
      }
    }
  }

  private static double speed(long nanos) {
    return (double) PARTS * AgeFiles.PART * 1000 / nanos;
  }
}
