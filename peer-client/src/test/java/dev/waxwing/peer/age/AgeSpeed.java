package dev.waxwing.peer.age;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.WireLimits;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/**
 * How fast one core seals (with the leaf) and opens 1 GiB in parts: a program, run by hand. Counts
 * the thread's processor time, so that a busy machine does not matter much.
 */
public final class AgeSpeed {
  private static final int PARTS = 1024;

  private AgeSpeed() {}

  /** Five rounds, the first of them warm-up. */
  public static void main(String[] args) throws NoSuchAlgorithmException {
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
          long start = cpu();
          leaf = writer.sealPart(part, ByteBuffer.wrap(plaintext), false, sealed.clear());
          long between = cpu();
          reader.openPart(part, sealed.flip(), opened.clear());
          sealing += between - start;
          opening += cpu() - between;
        }
        System.out.printf(
            Locale.ROOT,
            "round %d: seal and leaf %.0f MB/s, open %.0f MB/s (%s)%n",
            round,
            speed(sealing),
            speed(opening),
            leaf);
        reader.close();
        System.out.printf(Locale.ROOT, "         leaf alone %.0f MB/s%n", speed(hashing(sealed)));
      }
    }
  }

  private static long hashing(ByteBuffer sealed) throws NoSuchAlgorithmException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    long start = cpu();
    for (int part = 0; part < PARTS; part++) {
      sha256.update(sealed.array(), 0, WireLimits.PART);
      sha256.digest();
    }
    return cpu() - start;
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double speed(long nanos) {
    return (double) PARTS * AgeFiles.PART * 1000 / nanos;
  }
}
