package dev.waxwing.crypto;

import dev.waxwing.wire.Bytes;

/** X25519 (RFC 7748). Thread-safe. */
public interface KeyAgreement {
  /** Length of both halves in bytes. */
  int KEY = 32;

  /** A key pair from 32 random bytes (clamped inside the function, not in the stored secret). */
  Pair pair(Secret random);

  /**
   * The shared secret.
   *
   * @throws dev.waxwing.wire.Fault PREKEY_INVALID when the result is all zeros (RFC 7748 section
   *     6.1) or {@code theirs} is not 32 bytes
   */
  Secret agree(Secret ours, Bytes theirs);

  /** The provider's name, for the log. */
  String provider();

  /**
   * A key pair.
   *
   * @param secret 32 bytes
   * @param publicKey 32 bytes
   */
  record Pair(Secret secret, Bytes publicKey) {}
}
