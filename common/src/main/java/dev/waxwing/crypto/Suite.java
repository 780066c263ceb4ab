package dev.waxwing.crypto;

/**
 * Suite WX1: which provider carries out each primitive in this process.
 *
 * @param agreement X25519
 * @param signing Ed25519
 * @param aead ChaCha20-Poly1305
 * @param kem ML-KEM-768
 * @param kdf HKDF-SHA256
 * @param passwordHash Argon2id
 */
public record Suite(
    KeyAgreement agreement,
    Signing signing,
    Aead aead,
    Kem kem,
    Kdf kdf,
    PasswordHash passwordHash) {

  /** The suite byte on the wire. */
  public static final byte WX1 = 0x01;
}
