package dev.waxwing.relay.store;

import dev.waxwing.wire.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The checksum of a row: CRC-32C (RFC 3720 appendix B.4) over its fields, each with its length in
 * front. It stands against rot on the disk, not against an attacker, who could recompute any
 * unkeyed sum; what must withstand one is signed or sealed by the peers.
 */
final class RowSum {
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

  /** Adds a number. */
  RowSum add(long value) {
    crc.update(number.clear().putLong(value).flip());
    return this;
  }

  /** Adds a text; null is not the empty text. */
  RowSum add(@Nullable String value) {
    return add(value == null ? null : value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a byte string; null is not the empty one. */
  RowSum add(byte @Nullable [] value) {
    add(value == null ? -1 : value.length);
    if (value != null) {
      crc.update(value);
    }
    return this;
  }

  /** Adds a byte string; null is not the empty one. */
  RowSum add(@Nullable Bytes value) {
    return add(value == null ? null : value.toArray());
  }

  /** The sum over all added so far. */
  long value() {
    return crc.getValue();
  }
}
