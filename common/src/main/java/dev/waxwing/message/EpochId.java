package dev.waxwing.message;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;

/**
 * One incarnation of a mailbox (a relay restored from a backup begins a new one): 16 random bytes,
 * written as 32 hexadecimal digits.
 *
 * @param value 16 bytes
 */
public record EpochId(Bytes value) {
  /** Length in bytes. */
  public static final int LENGTH = 16;

  /**
   * Checks the length.
   *
   * @throws Fault HEADER_MALFORMED
   */
  public EpochId {
    DeviceId.Identifiers.requireLength(value, LENGTH, "epoch");
  }

  /** Reads the text form. */
  public static EpochId parse(String text) {
    return new EpochId(DeviceId.Identifiers.fromHex(text, LENGTH, "epoch"));
  }

  @Override
  public String toString() {
    return value.toHex();
  }
}
