package dev.waxwing.crypto;

import com.sun.jna.Memory;

/** ChaCha20-Poly1305 of libsodium, worked in place in one native buffer per key. */
final class SodiumAead implements Aead {
  private final SodiumLibrary sodium;

  SodiumAead(SodiumLibrary sodium) {
    this.sodium = sodium;
  }

  @Override
  public Keyed keyed(Secret key) {
    Checks.length("AEAD key", key.length(), KEY);
    return new SodiumKeyed(sodium, key);
  }

  @Override
  public String provider() {
    return "libsodium";
  }

  /** The buffer grows to the longest message and is wiped with the key. */
  private static final class SodiumKeyed implements Keyed {
    private static final int SMALLEST_BUFFER = 512;

    private final SodiumLibrary sodium;
    private final Memory key = new Memory(KEY);
    private Memory buffer = new Memory(SMALLEST_BUFFER);
    private boolean closed;

    SodiumKeyed(SodiumLibrary sodium, Secret key) {
      this.sodium = sodium;
      key.use(
          bytes -> {
            this.key.write(0, bytes, 0, KEY);
            return bytes.length;
          });
    }

    @Override
    public int seal(
        byte[] nonce, byte[] aad, byte[] in, int inFrom, int length, byte[] out, int outFrom) {
      check(nonce);
      Checks.range(in, inFrom, length);
      Checks.range(out, outFrom, Math.addExact(length, TAG));
      grow(length + TAG);
      buffer.write(0, in, inFrom, length);
      sodium.crypto_aead_chacha20poly1305_ietf_encrypt(
          buffer, null, buffer, length, aad, aad.length, null, nonce, key);
      buffer.read(0, out, outFrom, length + TAG);
      return length + TAG;
    }

    @Override
    public int open(
        byte[] nonce, byte[] aad, byte[] in, int inFrom, int length, byte[] out, int outFrom) {
      check(nonce);
      Checks.range(in, inFrom, length);
      if (length < TAG) {
        return -1;
      }
      Checks.range(out, outFrom, length - TAG);
      grow(length);
      buffer.write(0, in, inFrom, length);
      int status =
          sodium.crypto_aead_chacha20poly1305_ietf_decrypt(
              buffer, null, null, buffer, length, aad, aad.length, nonce, key);
      if (status != 0) {
        return -1;
      }
      buffer.read(0, out, outFrom, length - TAG);
      return length - TAG;
    }

    /** Closed memory has no address: touching it would end the process. */
    private void check(byte[] nonce) {
      Checks.length("AEAD nonce", nonce.length, NONCE);
      if (closed) {
        throw new IllegalStateException("a closed cipher was used");
      }
    }

    private void grow(int needed) {
      if (buffer.size() < needed) {
        buffer.clear();
        buffer.close();
        buffer = new Memory(needed);
      }
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        key.clear();
        buffer.clear();
        key.close();
        buffer.close();
      }
    }
  }
}
