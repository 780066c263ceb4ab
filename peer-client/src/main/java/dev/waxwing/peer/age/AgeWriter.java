package dev.waxwing.peer.age;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Seals the parts of one age file in any order, and again after a restart, byte for byte. Whoever
 * seals a part a second time compares its leaf with the one kept before the first left: another
 * plaintext under the same nonces would give both away. One thread at a time; several writers of
 * the same keys may work side by side.
 */
public final class AgeWriter implements AutoCloseable {
  /** Plaintext of a whole part in bytes. */
  public static final int PART_PLAINTEXT = WireLimits.CHUNK * WireLimits.CHUNKS_PER_PART;

  private final Bytes prefix;
  private final PayloadCipher cipher;
  private final MessageDigest sha256;

  /** A writer for a file of its own; {@code keys} may be closed afterwards. */
  public AgeWriter(Suite suite, Bytes recipient, AgeKeys keys) {
    this(
        AgeHeader.write(suite, recipient, keys),
        new PayloadCipher(suite.kdf(), suite.aead(), keys.fileKey(), keys.nonce()));
  }

  AgeWriter(Bytes prefix, PayloadCipher cipher) {
    this.prefix = prefix;
    this.cipher = cipher;
    this.sha256 = sha256();
  }

  /** The writer that {@code seed} stands for: the same file whenever it is made. */
  public static AgeWriter of(Suite suite, Bytes recipient, Secret seed) {
    try (AgeKeys keys = AgeKeys.derive(suite.kdf(), seed, recipient)) {
      return new AgeWriter(suite, recipient, keys);
    }
  }

  /** Header and nonce, which part 0 starts with. */
  public Bytes prefix() {
    return prefix;
  }

  /** How many parts a plaintext of {@code size} bytes makes: at least one. */
  public static long partCount(long size) {
    return size <= PART_PLAINTEXT ? 1 : (size - 1) / PART_PLAINTEXT + 1;
  }

  /**
   * Seals a part and moves both buffers; they have arrays and do not overlap.
   *
   * @param part index from 0
   * @param plaintext exactly {@link #PART_PLAINTEXT} bytes remaining, or 1 to that many in the last
   *     part, or none in the only one
   * @param last whether the file ends with this part
   * @param out room for {@link WireLimits#MAX_PART}
   * @return the leaf of the Merkle tree, SHA-256(0x00 ‖ part) (RFC 6962 section 2.1)
   */
  public Bytes sealPart(long part, ByteBuffer plaintext, boolean last, ByteBuffer out) {
    int length = plaintext.remaining();
    if (part < 0 || part >= WireLimits.MAX_PARTS || length > PART_PLAINTEXT) {
      throw new IllegalArgumentException("part " + part + " of " + length + " bytes");
    }
    if (last ? length == 0 && part > 0 : length < PART_PLAINTEXT) {
      throw new IllegalArgumentException("part " + part + " cut short at " + length + " bytes");
    }
    sha256.reset();
    sha256.update((byte) 0);
    if (part == 0) {
      byte[] start = prefix.toArray();
      out.put(start);
      sha256.update(start);
    }
    long index = part * WireLimits.CHUNKS_PER_PART;
    do {
      int chunk = Math.min(WireLimits.CHUNK, plaintext.remaining());
      int from = out.arrayOffset() + out.position();
      cipher.seal(index++, last && chunk == plaintext.remaining(), chunk, plaintext, out);
      // Hashed chunk by chunk, while the bytes are still in the processor's cache.
      sha256.update(out.array(), from, out.arrayOffset() + out.position() - from);
    } while (plaintext.hasRemaining());
    return Bytes.of(sha256.digest());
  }

  /** Wipes the key. */
  @Override
  public void close() {
    cipher.close();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
