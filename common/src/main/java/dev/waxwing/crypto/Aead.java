package dev.waxwing.crypto;

/**
 * ChaCha20-Poly1305 with a 96-bit nonce (RFC 8439). Thread-safe; what {@link #keyed} returns is
 * not.
 */
public interface Aead {
  /** Key length in bytes. */
  int KEY = 32;

  /** Nonce length in bytes. */
  int NONCE = 12;

  /** Tag length in bytes, after the ciphertext. */
  int TAG = 16;

  /** A cipher for one key, to be used by one thread at a time. */
  Keyed keyed(Secret key);

  /** The provider's name, for the log. */
  String provider();

  /** Seals and opens under one key. Never seal two plaintexts under one nonce. */
  interface Keyed extends AutoCloseable {
    /**
     * Seals {@code length} bytes of {@code in} from {@code inFrom} into {@code out} from {@code
     * outFrom}; {@code out} must not overlap what is read.
     *
     * @return bytes written, {@code length + TAG}
     */
    int seal(byte[] nonce, byte[] aad, byte[] in, int inFrom, int length, byte[] out, int outFrom);

    /**
     * Opens {@code length} bytes (ciphertext and tag).
     *
     * @return bytes written, {@code length - TAG}; or -1 when the tag is wrong, and then {@code
     *     out} holds nothing of the plaintext
     */
    int open(byte[] nonce, byte[] aad, byte[] in, int inFrom, int length, byte[] out, int outFrom);

    /** Seals a whole array. */
    default byte[] seal(byte[] nonce, byte[] aad, byte[] plaintext) {
      byte[] out = new byte[plaintext.length + TAG];
      seal(nonce, aad, plaintext, 0, plaintext.length, out, 0);
      return out;
    }

    /** Opens a whole array; null when the tag is wrong or the array too short for one. */
    default byte @org.jspecify.annotations.Nullable [] open(
        byte[] nonce, byte[] aad, byte[] sealed) {
      if (sealed.length < TAG) {
        return null;
      }
      byte[] out = new byte[sealed.length - TAG];
      return open(nonce, aad, sealed, 0, sealed.length, out, 0) < 0 ? null : out;
    }

    /** Wipes the key as far as the provider allows. */
    @Override
    void close();
  }
}
