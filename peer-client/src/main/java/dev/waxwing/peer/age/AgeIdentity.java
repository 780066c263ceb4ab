package dev.waxwing.peer.age;

import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An X25519 identity of age, made for one file and carried to whoever may read it. Its text form is
 * what {@code age -d -i FILE} reads.
 *
 * @param secret the 32 random bytes
 * @param recipient the public half, 32 bytes
 */
public record AgeIdentity(Secret secret, Bytes recipient) {
  private static final String SECRET_PREFIX = "age-secret-key-";
  private static final String RECIPIENT_PREFIX = "age";
  private static final byte[] HYBRID = "AGE-SECRET-KEY-PQ-1".getBytes(StandardCharsets.US_ASCII);

  /** The identity of 32 random bytes. */
  public static AgeIdentity of(KeyAgreement agreement, Secret random) {
    if (random.length() != KeyAgreement.KEY) {
      throw new IllegalArgumentException("an identity of " + random.length() + " bytes");
    }
    return new AgeIdentity(random, agreement.pair(random).publicKey());
  }

  /**
   * Reads {@code AGE-SECRET-KEY-1…}, upper-case as age demands.
   *
   * @throws Fault AGE_NO_MATCH when it is not well formed, AGE_UNSUPPORTED when it is of another
   *     kind
   */
  public static AgeIdentity parse(KeyAgreement agreement, Secret text) {
    byte[] ascii = text.exposeCopy();
    try {
      if (ascii.length >= HYBRID.length
          && Arrays.equals(ascii, 0, HYBRID.length, HYBRID, 0, HYBRID.length)) {
        throw new Fault(FaultCode.AGE_UNSUPPORTED, "a hybrid identity");
      }
      for (int i = 0; i < ascii.length; i++) {
        if (ascii[i] >= 'a' && ascii[i] <= 'z') {
          throw new Fault(FaultCode.AGE_NO_MATCH, "an age identity in lower case");
        }
        ascii[i] = (byte) (ascii[i] >= 'A' && ascii[i] <= 'Z' ? ascii[i] + 32 : ascii[i]);
      }
      return of(agreement, Secret.take(sized(Bech32.decode(SECRET_PREFIX, ascii))));
    } finally {
      Arrays.fill(ascii, (byte) 0);
    }
  }

  /**
   * The public key in {@code age1…}.
   *
   * @throws Fault AGE_NO_MATCH when it is not well formed
   */
  public static Bytes parseRecipient(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.UTF_8);
    return Bytes.of(sized(Bech32.decode(RECIPIENT_PREFIX, ascii)));
  }

  /** {@code AGE-SECRET-KEY-1…} as ASCII. */
  public Secret text() {
    return secret.use(
        bytes -> {
          byte[] text = Bech32.encode(SECRET_PREFIX, bytes);
          for (int i = 0; i < text.length; i++) {
            text[i] = (byte) (text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i]);
          }
          return Secret.take(text);
        });
  }

  /** {@code age1…}. */
  public String recipientText() {
    return new String(
        Bech32.encode(RECIPIENT_PREFIX, recipient.toArray()), StandardCharsets.US_ASCII);
  }

  private static byte[] sized(byte[] key) {
    if (key.length != KeyAgreement.KEY) {
      throw new Fault(FaultCode.AGE_NO_MATCH, "an age key of " + key.length + " bytes");
    }
    return key;
  }
}
