package dev.waxwing.wire;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;

/**
 * An immutable byte string: copied in and out, equal by content. For public material only (keys,
 * signatures, ciphertext, identifiers); secrets have their own type.
 */
public final class Bytes {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  /** The empty byte string. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] value;

  private Bytes(byte[] value) {
    this.value = value;
  }

  /** A copy of {@code value}. */
  public static Bytes of(byte[] value) {
    return new Bytes(value.clone());
  }

  /** A copy of {@code length} bytes of {@code value} starting at {@code from}. */
  public static Bytes of(byte[] value, int from, int length) {
    Objects.checkFromIndexSize(from, length, value.length);
    return new Bytes(Arrays.copyOfRange(value, from, from + length));
  }

  /**
   * Reads unpadded base64url (RFC 4648 section 5), the only text form of byte strings in headers.
   *
   * @throws Fault {@link FaultCode#HEADER_MALFORMED} when the text is not canonical base64url
   */
  public static Bytes fromBase64(String text) {
    try {
      Bytes bytes = new Bytes(DECODER.decode(text));
      if (!bytes.toBase64().equals(text)) {
        throw new IllegalArgumentException("not canonical");
      }
      return bytes;
    } catch (IllegalArgumentException e) {
      throw new Fault(FaultCode.HEADER_MALFORMED, "a byte string is not canonical base64url");
    }
  }

  /**
   * Reads lower- or upper-case hexadecimal.
   *
   * @throws IllegalArgumentException when the text is not hexadecimal
   */
  public static Bytes fromHex(String text) {
    return new Bytes(HexFormat.of().parseHex(text));
  }

  /** A copy of the bytes. */
  public byte[] toArray() {
    return value.clone();
  }

  /** Unpadded base64url. */
  public String toBase64() {
    return ENCODER.encodeToString(value);
  }

  /** Lower-case hexadecimal, whole. */
  public String toHex() {
    return HexFormat.of().formatHex(value);
  }

  /** Length in bytes. */
  public int length() {
    return value.length;
  }

  /** The byte at {@code index}. */
  public byte at(int index) {
    return value[index];
  }

  /** A copy of the range {@code [from, to)}. */
  public Bytes slice(int from, int to) {
    Objects.checkFromToIndex(from, to, value.length);
    return new Bytes(Arrays.copyOfRange(value, from, to));
  }

  /** This byte string followed by {@code next}. */
  public Bytes concat(Bytes next) {
    byte[] joined = Arrays.copyOf(value, value.length + next.value.length);
    System.arraycopy(next.value, 0, joined, value.length, next.value.length);
    return new Bytes(joined);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  /** Hexadecimal, cut short after 16 bytes: fit for a log line. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return value.length <= 16
        ? hex.formatHex(value)
        : hex.formatHex(value, 0, 16) + "…(" + value.length + " B)";
  }
}
