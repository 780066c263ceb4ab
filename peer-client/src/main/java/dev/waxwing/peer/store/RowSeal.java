package dev.waxwing.peer.store;

import dev.waxwing.crypto.Aead;
import dev.waxwing.crypto.Kdf;
import dev.waxwing.crypto.Labels;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Seals one row at a time. Every write draws 24 random bytes and gets a key of its own from them:
 *
 * <pre>
 * root = HKDF(salt = empty, ikm = storage key, info("store/rows"), 32)
 * key  = HMAC(root, salt24 ‖ 0x01)        HKDF-Expand, RFC 5869 section 2.3, with info = salt24
 * row  = salt24 ‖ ChaCha20-Poly1305(key, nonce = 0, aad, plaintext)
 * </pre>
 *
 * A key seals once, so the nonce is zero; 192 random bits do not repeat. The AAD holds the table
 * and every clear column of the row, so a row moved, or a clear column changed, does not open.
 * Putting back an older version of the same row is not noticed. One thread.
 */
final class RowSeal implements AutoCloseable {
  /** Length of the random bytes before the ciphertext. */
  static final int SALT = 24;

  private static final byte[] NONCE = new byte[Aead.NONCE];

  private final Aead aead;
  private final Kdf kdf;
  private final Secret root;
  private final RandomGenerator random;
  private final byte[] info = new byte[SALT + 1];

  RowSeal(Suite suite, Secret storageKey, RandomGenerator random) {
    this.aead = suite.aead();
    this.kdf = suite.kdf();
    this.root = kdf.hkdf(new byte[0], storageKey, Labels.info("store/rows"), Aead.KEY);
    this.random = random;
    info[SALT] = 1;
  }

  byte[] seal(byte[] aad, byte[] plaintext) {
    byte[] salt = new byte[SALT];
    random.nextBytes(salt);
    byte[] out = Arrays.copyOf(salt, SALT + plaintext.length + Aead.TAG);
    try (Secret key = rowKey(salt);
        Aead.Keyed cipher = aead.keyed(key)) {
      cipher.seal(NONCE, aad, plaintext, 0, plaintext.length, out, SALT);
    }
    return out;
  }

  /**
   * Opens what {@link #seal} made.
   *
   * @param table named in the failure
   * @throws Fault PROFILE_CORRUPT
   */
  byte[] open(String table, byte[] aad, byte[] sealed) {
    if (sealed.length >= SALT + Aead.TAG) {
      byte[] out = new byte[sealed.length - SALT - Aead.TAG];
      try (Secret key = rowKey(sealed);
          Aead.Keyed cipher = aead.keyed(key)) {
        if (cipher.open(NONCE, aad, sealed, SALT, sealed.length - SALT, out, 0) >= 0) {
          return out;
        }
      }
    }
    throw damaged(table);
  }

  static Fault damaged(String table) {
    return new Fault(FaultCode.PROFILE_CORRUPT, "a row of " + table + " in the profile is damaged");
  }

  private Secret rowKey(byte[] saltFirst) {
    System.arraycopy(saltFirst, 0, info, 0, SALT);
    return Secret.take(kdf.hmac(root, info));
  }

  @Override
  public void close() {
    root.destroy();
  }
}
