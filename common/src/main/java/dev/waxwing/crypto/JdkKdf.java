package dev.waxwing.crypto;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF-SHA256 over the JDK's HMAC. */
final class JdkKdf implements Kdf {
  private static final String NAME = "HmacSHA256";
  private static final int HASH = 32;

  @Override
  public Secret hkdf(byte[] salt, Secret inputKey, byte[] info, int length) {
    Checks.hkdfLength(length);
    byte[] extracted = inputKey.use(key -> mac(salt).doFinal(key));
    Mac mac = mac(extracted);
    Arrays.fill(extracted, (byte) 0);
    byte[] out = new byte[length];
    byte[] block = new byte[0];
    for (int done = 0, counter = 1; done < length; done += HASH, counter++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) counter);
      Arrays.fill(block, (byte) 0);
      block = mac.doFinal();
      System.arraycopy(block, 0, out, done, Math.min(HASH, length - done));
    }
    Arrays.fill(block, (byte) 0);
    return Secret.take(out);
  }

  @Override
  public byte[] hmac(Secret key, byte[] message) {
    return key.use(bytes -> mac(bytes).doFinal(message));
  }

  /** The JDK refuses an empty key; HMAC pads keys with zeros, so one zero byte is the same key. */
  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(NAME);
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, NAME));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new Fault(FaultCode.UNAVAILABLE, "the JDK has no " + NAME, e);
    }
  }

  @Override
  public String provider() {
    return "JDK";
  }
}
