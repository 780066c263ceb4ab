package dev.waxwing.wire;

import java.util.Objects;

/**
 * A frame taken apart, still as bytes: the header's JSON and where the body lies in the array that
 * arrived. Shares the array, which its owner must not change while the frame lives.
 *
 * @param array the frame as it came, prefix included
 * @param bodyStart index of the body's first byte
 */
public record Frame(byte[] array, int bodyStart) {

  /**
   * Takes a whole WebSocket message apart, refusing by length before anything is parsed.
   *
   * @throws Fault FRAME_MALFORMED, FRAME_TOO_LARGE or HEADER_TOO_LARGE
   */
  public static Frame parse(byte[] message) {
    if (message.length > WireLimits.MAX_FRAME) {
      throw new Fault(FaultCode.FRAME_TOO_LARGE, "a frame of " + message.length + " bytes");
    }
    if (message.length < WireLimits.PREFIX) {
      throw new Fault(FaultCode.FRAME_MALFORMED, "a frame without a header length");
    }
    int headerLength = (message[0] & 0xff) << 8 | (message[1] & 0xff);
    if (headerLength > WireLimits.MAX_HEADER) {
      throw new Fault(FaultCode.HEADER_TOO_LARGE, "a header of " + headerLength + " bytes");
    }
    if (headerLength == 0 || WireLimits.PREFIX + headerLength > message.length) {
      throw new Fault(FaultCode.FRAME_MALFORMED, "a header longer than its frame");
    }
    if (message.length - WireLimits.PREFIX - headerLength > WireLimits.MAX_BODY) {
      throw new Fault(FaultCode.FRAME_TOO_LARGE, "a body over " + WireLimits.MAX_BODY + " bytes");
    }
    return new Frame(message, WireLimits.PREFIX + headerLength);
  }

  /**
   * A frame made of a header and a body, both copied.
   *
   * @throws Fault HEADER_TOO_LARGE or FRAME_TOO_LARGE
   */
  public static Frame of(byte[] header, byte[] body) {
    return of(header, body, 0, body.length);
  }

  /** A frame made of a header and a range of {@code body}, both copied. */
  public static Frame of(byte[] header, byte[] body, int from, int length) {
    if (header.length == 0 || header.length > WireLimits.MAX_HEADER) {
      throw new Fault(FaultCode.HEADER_TOO_LARGE, "a header of " + header.length + " bytes");
    }
    Objects.checkFromIndexSize(from, length, body.length);
    if (length > WireLimits.MAX_BODY) {
      throw new Fault(FaultCode.FRAME_TOO_LARGE, "a body of " + length + " bytes");
    }
    byte[] frame = new byte[WireLimits.PREFIX + header.length + length];
    frame[0] = (byte) (header.length >>> 8);
    frame[1] = (byte) header.length;
    System.arraycopy(header, 0, frame, WireLimits.PREFIX, header.length);
    System.arraycopy(body, from, frame, WireLimits.PREFIX + header.length, length);
    return new Frame(frame, WireLimits.PREFIX + header.length);
  }

  /** Length of the JSON header. */
  public int headerLength() {
    return bodyStart - WireLimits.PREFIX;
  }

  /** Length of the body. */
  public int bodyLength() {
    return array.length - bodyStart;
  }

  /** A copy of the body. */
  public byte[] body() {
    byte[] body = new byte[bodyLength()];
    System.arraycopy(array, bodyStart, body, 0, body.length);
    return body;
  }
}
