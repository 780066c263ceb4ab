package dev.waxwing.crypto;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** ChaCha20-Poly1305 of the JDK, with CPU intrinsics from release 21 on. */
final class JdkAead implements Aead {
  private static final String NAME = "ChaCha20-Poly1305";

  @Override
  public Keyed keyed(Secret key) {
    Checks.length("AEAD key", key.length(), KEY);
    return new JdkKeyed(key.use(bytes -> new SecretKeySpec(bytes, "ChaCha20")));
  }

  @Override
  public String provider() {
    return "JDK";
  }

  /**
   * Keeps one cipher, which is set up anew for every message. The JDK's refuses to be set up with
   * the key and nonce it has already, for opening too, so the same nonce again takes a fresh one.
   */
  private static final class JdkKeyed implements Keyed {
    private final SecretKeySpec key;
    private Cipher cipher = cipher();
    private byte[] lastNonce = new byte[0];
    private boolean closed;

    JdkKeyed(SecretKeySpec key) {
      this.key = key;
    }

    @Override
    public int seal(
        byte[] nonce, byte[] aad, byte[] in, int inFrom, int length, byte[] out, int outFrom) {
      Checks.range(in, inFrom, length);
      Checks.range(out, outFrom, Math.addExact(length, TAG));
      try {
        setUp(Cipher.ENCRYPT_MODE, nonce, aad);
        return cipher.doFinal(in, inFrom, length, out, outFrom);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK's " + NAME + " failed", e);
      }
    }

    @Override
    public int open(
        byte[] nonce, byte[] aad, byte[] in, int inFrom, int length, byte[] out, int outFrom) {
      Checks.range(in, inFrom, length);
      Checks.length("AEAD nonce", nonce.length, NONCE);
      if (length < TAG) {
        return -1;
      }
      Checks.range(out, outFrom, length - TAG);
      try {
        setUp(Cipher.DECRYPT_MODE, nonce, aad);
        return cipher.doFinal(in, inFrom, length, out, outFrom);
      } catch (AEADBadTagException e) {
        return -1;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK's " + NAME + " failed", e);
      }
    }

    private void setUp(int mode, byte[] nonce, byte[] aad) throws GeneralSecurityException {
      Checks.length("AEAD nonce", nonce.length, NONCE);
      if (closed) {
        throw new IllegalStateException("a closed cipher was used");
      }
      if (Arrays.equals(lastNonce, nonce)) {
        cipher = cipher();
      }
      lastNonce = nonce.clone();
      cipher.init(mode, key, new IvParameterSpec(nonce));
      cipher.updateAAD(aad);
    }

    /** The JDK cannot wipe its keys: they go with the garbage. */
    @Override
    public void close() {
      closed = true;
    }

    private static Cipher cipher() {
      try {
        return Cipher.getInstance(NAME);
      } catch (GeneralSecurityException e) {
        throw new Fault(FaultCode.UNAVAILABLE, "the JDK has no " + NAME, e);
      }
    }
  }
}
