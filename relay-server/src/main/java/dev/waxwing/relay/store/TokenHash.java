package dev.waxwing.relay.store;

import dev.waxwing.wire.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 of an invite's token: all the relay keeps of it, so a stolen store opens no door.
 *
 * @param value 32 bytes
 */
public record TokenHash(Bytes value) {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  /**
   * Checks the length.
   *
   * @throws IllegalArgumentException when it is not that of SHA-256
   */
  public TokenHash {
    if (value.length() != LENGTH) {
      throw new IllegalArgumentException("a token hash of " + value.length() + " B");
    }
  }

  /** The hash of a token as it travels. */
  public static TokenHash of(Bytes token) {
    return new TokenHash(sha256(token));
  }

  /** SHA-256 (FIPS 180-4). */
  static Bytes sha256(Bytes input) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(input.toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return value.toHex();
  }
}
