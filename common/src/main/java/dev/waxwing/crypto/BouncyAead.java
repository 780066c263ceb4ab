package dev.waxwing.crypto;

import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/** ChaCha20-Poly1305 of Bouncy Castle, a fresh cipher for every message. */
final class BouncyAead implements Aead {

  @Override
  public Keyed keyed(Secret key) {
    Checks.length("AEAD key", key.length(), KEY);
    return new BouncyKeyed(key.use(KeyParameter::new));
  }

  @Override
  public String provider() {
    return "Bouncy Castle";
  }

  private static final class BouncyKeyed implements Keyed {
    private final KeyParameter key;
    private boolean closed;

    BouncyKeyed(KeyParameter key) {
      this.key = key;
    }

    @Override
    public int seal(
        byte[] nonce, byte[] aad, byte[] in, int inFrom, int length, byte[] out, int outFrom) {
      Checks.range(in, inFrom, length);
      Checks.range(out, outFrom, Math.addExact(length, TAG));
      ChaCha20Poly1305 cipher = cipher(true, nonce, aad);
      int written = cipher.processBytes(in, inFrom, length, out, outFrom);
      try {
        return written + cipher.doFinal(out, outFrom + written);
      } catch (InvalidCipherTextException e) {
        throw new IllegalStateException("sealing cannot fail on a tag", e);
      }
    }

    /** Bouncy Castle writes plaintext before it has seen the tag, so a wrong tag wipes it again. */
    @Override
    public int open(
        byte[] nonce, byte[] aad, byte[] in, int inFrom, int length, byte[] out, int outFrom) {
      Checks.range(in, inFrom, length);
      ChaCha20Poly1305 cipher = cipher(false, nonce, aad);
      if (length < TAG) {
        return -1;
      }
      Checks.range(out, outFrom, length - TAG);
      try {
        int written = cipher.processBytes(in, inFrom, length, out, outFrom);
        return written + cipher.doFinal(out, outFrom + written);
      } catch (InvalidCipherTextException e) {
        Arrays.fill(out, outFrom, outFrom + length - TAG, (byte) 0);
        return -1;
      }
    }

    private ChaCha20Poly1305 cipher(boolean sealing, byte[] nonce, byte[] aad) {
      Checks.length("AEAD nonce", nonce.length, NONCE);
      if (closed) {
        throw new IllegalStateException("a closed cipher was used");
      }
      ChaCha20Poly1305 cipher = new ChaCha20Poly1305();
      cipher.init(sealing, new AEADParameters(key, TAG * 8, nonce, aad));
      return cipher;
    }

    @Override
    public void close() {
      closed = true;
      Arrays.fill(key.getKey(), (byte) 0);
    }
  }
}
