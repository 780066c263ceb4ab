package dev.waxwing.crypto;

import dev.waxwing.wire.Bytes;

/** ML-KEM-768 (FIPS 203). Thread-safe. */
public interface Kem {
  /** Length of a public key in bytes. */
  int PUBLIC = 1184;

  /** Length of an encapsulated secret in bytes. */
  int CIPHERTEXT = 1088;

  /** Length of the seed {@code d ‖ z}, which is how the secret is kept. */
  int SEED = 64;

  /** A key pair from 64 random bytes. */
  Pair pair(Secret seed);

  /**
   * Encapsulates to a public key.
   *
   * @param random 32 random bytes
   * @throws dev.waxwing.wire.Fault PREKEY_INVALID when the key fails the checks of FIPS 203 section
   *     7.2
   */
  Encapsulated encapsulate(Bytes publicKey, Secret random);

  /**
   * The shared secret of 32 bytes. A wrong ciphertext of the right length gives a secret nobody
   * else has (implicit rejection).
   *
   * @throws dev.waxwing.wire.Fault PREKEY_INVALID when the length is wrong
   */
  Secret decapsulate(Pair pair, Bytes ciphertext);

  /** The provider's name, for the log. */
  String provider();

  /**
   * A key pair.
   *
   * @param seed 64 bytes
   * @param publicKey 1184 bytes
   */
  record Pair(Secret seed, Bytes publicKey) {}

  /**
   * A fresh secret and its ciphertext.
   *
   * @param ciphertext 1088 bytes
   * @param secret 32 bytes
   */
  record Encapsulated(Bytes ciphertext, Secret secret) {}
}
