package dev.waxwing.message;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;

/**
 * One device of a user: 8 random bytes made by the device, written as 16 hexadecimal digits.
 *
 * @param value 8 bytes
 */
public record DeviceId(Bytes value) implements Comparable<DeviceId> {
  /** Length in bytes. */
  public static final int LENGTH = 8;

  /**
   * Checks the length.
   *
   * @throws Fault HEADER_MALFORMED
   */
  public DeviceId {
    Identifiers.requireLength(value, LENGTH, "device");
  }

  /** Reads the text form. */
  public static DeviceId parse(String text) {
    return new DeviceId(Identifiers.fromHex(text, LENGTH, "device"));
  }

  @Override
  public int compareTo(DeviceId other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return value.toHex();
  }

  /** The checks all identifiers share. */
  static final class Identifiers {
    private Identifiers() {}

    static void requireLength(Bytes value, int length, String what) {
      if (value.length() != length) {
        throw new Fault(
            FaultCode.HEADER_MALFORMED, "a " + what + " ID of " + value.length() + " B");
      }
    }

    static Bytes fromHex(String text, int length, String what) {
      if (text.length() == 2 * length && text.equals(text.toLowerCase(java.util.Locale.ROOT))) {
        try {
          return Bytes.fromHex(text);
        } catch (IllegalArgumentException e) {
          // falls through to the one refusal
        }
      }
      throw new Fault(FaultCode.HEADER_MALFORMED, "a malformed " + what + " ID");
    }
  }
}
