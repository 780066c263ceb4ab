package dev.waxwing.message;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;

/**
 * One blob, a numbered sequence of ciphertext parts: 16 random bytes, written as 32 hexadecimal
 * digits.
 *
 * @param value 16 bytes
 */
public record BlobId(Bytes value) {
  /** Length in bytes. */
  public static final int LENGTH = 16;

  /**
   * Checks the length.
   *
   * @throws Fault HEADER_MALFORMED
   */
  public BlobId {
    DeviceId.Identifiers.requireLength(value, LENGTH, "blob");
  }

  /** Reads the text form. */
  public static BlobId parse(String text) {
    return new BlobId(DeviceId.Identifiers.fromHex(text, LENGTH, "blob"));
  }

  @Override
  public String toString() {
    return value.toHex();
  }
}
