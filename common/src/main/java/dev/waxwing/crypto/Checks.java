package dev.waxwing.crypto;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Objects;

/** Lengths checked before any provider sees a buffer: libsodium, for one, checks none. */
final class Checks {
  private Checks() {}

  /** Refuses a length that only a mistake in this program can cause. */
  static void length(String what, int actual, int wanted) {
    if (actual != wanted) {
      throw new IllegalArgumentException(what + " of " + actual + " B, not " + wanted);
    }
  }

  /** Refuses a length that somebody else's key or ciphertext can have. */
  static void received(String what, int actual, int wanted) {
    if (actual != wanted) {
      throw new Fault(FaultCode.PREKEY_INVALID, what + " of " + actual + " B, not " + wanted);
    }
  }

  /** Refuses a range outside its array. */
  static void range(byte[] array, int from, int length) {
    Objects.checkFromIndexSize(from, length, array.length);
  }

  /** Refuses what {@link Kdf#hkdf} cannot give (RFC 5869 section 2.3: at most 255 blocks). */
  static void hkdfLength(int length) {
    if (length < 1 || length > 255 * 32) {
      throw new IllegalArgumentException("HKDF output of " + length + " B");
    }
  }

  /** Refuses what {@link PasswordHash#derive} cannot give. */
  static void derived(byte[] salt, int length) {
    length("Argon2id salt", salt.length, PasswordHash.SALT);
    if (length < 16 || length > 1024) {
      throw new IllegalArgumentException("Argon2id output of " + length + " B");
    }
  }
}
