package dev.waxwing.relay.core;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Frame;

/**
 * The body of a frame to be written, as a range of an array that nobody changes any more; never
 * copied here.
 *
 * @param array holds the body
 * @param from index of its first byte
 * @param length bytes
 */
public record Body(byte[] array, int from, int length) {
  /** No body. */
  public static final Body EMPTY = new Body(new byte[0], 0, 0);

  /** The whole array. */
  public static Body of(byte[] array) {
    return new Body(array, 0, array.length);
  }

  /** A copy of a byte string's content. */
  public static Body of(Bytes bytes) {
    return of(bytes.toArray());
  }

  /** {@code length} bytes of a frame's body. */
  public static Body of(Frame frame, int from, int length) {
    return new Body(frame.array(), frame.bodyStart() + from, length);
  }

  /** The body as a byte string. */
  public Bytes toBytes() {
    return Bytes.of(array, from, length);
  }

  @Override
  public String toString() {
    return "Body[" + length + " B]";
  }
}
