package dev.waxwing.crypto;

import dev.waxwing.wire.Bytes;

/**
 * Ed25519 (RFC 8032). Thread-safe. Callers sign through {@link Labels#signed}, never bare bytes.
 */
public interface Signing {
  /** Length of a public key in bytes. */
  int PUBLIC = 32;

  /** Length of a signature in bytes; any other is refused. */
  int SIGNATURE = 64;

  /** A key pair from 32 random bytes, which are the secret. */
  Pair pair(Secret seed);

  /** The signature over {@code message}. */
  Bytes sign(Pair signer, byte[] message);

  /** Whether {@code signature} is {@code publicKey}'s over {@code message}; malformed is false. */
  boolean verify(Bytes publicKey, byte[] message, Bytes signature);

  /** The provider's name, for the log. */
  String provider();

  /**
   * A key pair.
   *
   * @param seed 32 bytes
   * @param publicKey 32 bytes
   */
  record Pair(Secret seed, Bytes publicKey) {}
}
