package dev.waxwing.peer.age;

import dev.waxwing.crypto.Kdf;
import dev.waxwing.crypto.Labels;
import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Bytes;

/**
 * The three secrets a writer draws for a file. They follow from a seed of 32 random bytes and the
 * recipient, so a sender that keeps seed and recipient makes the same file, byte for byte, after a
 * restart. A seed serves one file only.
 *
 * @param fileKey 16 bytes
 * @param nonce of the payload, 16 bytes
 * @param ephemeral X25519 secret of the stanza, 32 bytes
 */
public record AgeKeys(Secret fileKey, Bytes nonce, Secret ephemeral) implements AutoCloseable {
  /** Length of a file key in bytes. */
  static final int FILE_KEY = 16;

  /** Length of the payload's nonce in bytes. */
  static final int NONCE = 16;

  private static final int EPHEMERAL = 32;

  /** Checks the lengths. */
  public AgeKeys {
    if (fileKey.length() != FILE_KEY
        || nonce.length() != NONCE
        || ephemeral.length() != EPHEMERAL) {
      throw new IllegalArgumentException("age keys of a wrong length");
    }
  }

  /**
   * {@code fileKey ‖ nonce ‖ ephemeral = HKDF(salt = 0^32, ikm = seed, info("age/file", recipient),
   * 64)} (PROTOCOL.md, "Files").
   */
  public static AgeKeys derive(Kdf kdf, Secret seed, Bytes recipient) {
    if (seed.length() != 32) {
      throw new IllegalArgumentException("a seed of " + seed.length() + " bytes");
    }
    byte[] info = Labels.info("age/file", recipient.toArray());
    try (Secret all = kdf.hkdf(new byte[32], seed, info, FILE_KEY + NONCE + EPHEMERAL)) {
      return all.use(
          bytes ->
              new AgeKeys(
                  Secret.copyOf(bytes, 0, FILE_KEY),
                  Bytes.of(bytes, FILE_KEY, NONCE),
                  Secret.copyOf(bytes, FILE_KEY + NONCE, EPHEMERAL)));
    }
  }

  /** Destroys the file key and the ephemeral secret. */
  @Override
  public void close() {
    fileKey.destroy();
    ephemeral.destroy();
  }
}
