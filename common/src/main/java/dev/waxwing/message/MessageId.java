package dev.waxwing.message;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;

/**
 * One message, stable across retries and inside what is authenticated: 16 random bytes, written as
 * 32 hexadecimal digits.
 *
 * @param value 16 bytes
 */
public record MessageId(Bytes value) {
  /** Length in bytes. */
  public static final int LENGTH = 16;

  /**
   * Checks the length.
   *
   * @throws Fault HEADER_MALFORMED
   */
  public MessageId {
    DeviceId.Identifiers.requireLength(value, LENGTH, "message");
  }

  /** Reads the text form. */
  public static MessageId parse(String text) {
    return new MessageId(DeviceId.Identifiers.fromHex(text, LENGTH, "message"));
  }

  @Override
  public String toString() {
    return value.toHex();
  }
}
