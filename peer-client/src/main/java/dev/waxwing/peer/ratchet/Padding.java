package dev.waxwing.peer.ratchet;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.Arrays;

/**
 * Hides a message's length within 256 bytes: 0x80, then zeros up to a multiple (ISO/IEC 7816-4), at
 * least one byte and at most 256.
 */
public final class Padding {
  private static final byte MARK = (byte) 0x80;

  private Padding() {}

  /**
   * The padded plaintext.
   *
   * @throws Fault MESSAGE_TOO_LARGE above {@link WireLimits#MAX_PLAINTEXT}
   */
  public static byte[] pad(byte[] plaintext) {
    if (plaintext.length > WireLimits.MAX_PLAINTEXT) {
      throw new Fault(FaultCode.MESSAGE_TOO_LARGE, "a message of " + plaintext.length + " bytes");
    }
    int blocks = plaintext.length / RatchetLimits.PADDING + 1;
    byte[] padded = Arrays.copyOf(plaintext, blocks * RatchetLimits.PADDING);
    padded[plaintext.length] = MARK;
    return padded;
  }

  /**
   * The plaintext.
   *
   * @throws Fault UNDECRYPTABLE when the padding is not exactly what {@link #pad} makes
   */
  public static byte[] unpad(byte[] padded) {
    int end = padded.length - 1;
    int lowest = padded.length - RatchetLimits.PADDING;
    while (end > lowest && end > 0 && padded[end] == 0) {
      end--;
    }
    if (padded.length == 0
        || padded.length % RatchetLimits.PADDING != 0
        || padded[end] != MARK
        || end > WireLimits.MAX_PLAINTEXT) {
      throw new Fault(FaultCode.UNDECRYPTABLE, "a message is padded wrongly");
    }
    return Arrays.copyOf(padded, end);
  }
}
