package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Labels;
import dev.waxwing.identity.UserRecord;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;

/**
 * What two people compare to know that the relay did not come between them (PROTOCOL.md,
 * "Identity").
 *
 * <pre>
 * x    = "waxwing/1/safety" ‖ 0x00 ‖ u32be length ‖ user ID ‖ u32be 32 ‖ AIK
 * h(1) = SHA-512(x);  h(i) = SHA-512(h(i-1) ‖ x);  h = h(5200)
 * half = six groups: five bytes of h each, big-endian, modulo 100000, as five digits
 * </pre>
 *
 * The two halves, the smaller first, are the 60 digits.
 *
 * @param digits 60 digits
 */
public record SafetyNumber(String digits) {
  private static final String QR_PREFIX = "WAXWING:SAFETY:1:";
  private static final int GROUP = 5;
  private static final int GROUPS = 12;

  /** Checks the form. */
  public SafetyNumber {
    if (!digits.matches("[0-9]{60}")) {
      throw new IllegalArgumentException("a safety number is 60 digits");
    }
  }

  /** The number of two people; the same from both sides. */
  public static SafetyNumber of(UserRecord one, UserRecord other) {
    String first = half(one);
    String second = half(other);
    return new SafetyNumber(first.compareTo(second) <= 0 ? first + second : second + first);
  }

  /** Twelve groups of five digits, separated by spaces. */
  public String grouped() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      text.append(i == 0 ? "" : " ").append(digits, i * GROUP, (i + 1) * GROUP);
    }
    return text.toString();
  }

  /** Text for a QR code: {@code WAXWING:SAFETY:1:} and the digits, all in its alphanumeric mode. */
  public String qrText() {
    return QR_PREFIX + digits;
  }

  /** Whether what a person typed, in any grouping, or scanned is this number. */
  public boolean matches(String typedOrScanned) {
    String text = typedOrScanned.strip().toUpperCase(Locale.ROOT);
    String bare = text.startsWith(QR_PREFIX) ? text.substring(QR_PREFIX.length()) : text;
    return digits.equals(bare.replaceAll("[\\s-]", ""));
  }

  private static String half(UserRecord record) {
    byte[] input =
        Labels.info(
            "safety",
            record.user().name().getBytes(StandardCharsets.US_ASCII),
            record.accountKey().toArray());
    MessageDigest sha512 = sha512();
    byte[] hash = sha512.digest(input);
    for (int i = 1; i < RatchetLimits.SAFETY_ROUNDS; i++) {
      sha512.update(hash);
      hash = sha512.digest(input);
    }
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < GROUPS / 2; i++) {
      byte[] group = Arrays.copyOfRange(hash, i * GROUP, (i + 1) * GROUP);
      long value = new BigInteger(1, group).longValueExact() % 100_000;
      digits.append(String.format(Locale.ROOT, "%05d", value));
    }
    return digits.toString();
  }

  private static MessageDigest sha512() {
    try {
      return MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-512", e);
    }
  }
}
