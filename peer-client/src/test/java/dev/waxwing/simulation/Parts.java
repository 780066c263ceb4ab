package dev.waxwing.simulation;

import dev.waxwing.message.BlobId;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a simulated file is made of: parts that anybody can make again, and no two of them alike.
 *
 * @param blob the blob
 * @param count how many parts
 * @param last bytes of the last one
 */
record Parts(BlobId blob, long count, int last) {
  private static final byte[] FILLER = new Dice(7).array(WireLimits.MAX_PART);

  int length(long part) {
    return part == count - 1 ? last : WireLimits.partLength(part);
  }

  long size() {
    return WireLimits.partStart(count - 1) + last;
  }

  /** A part's bytes, the number of the blob and of the part in front. */
  byte[] bytes(long part) {
    byte[] bytes = Arrays.copyOf(FILLER, length(part));
    byte[] name =
        ByteBuffer.allocate(BlobId.LENGTH + Long.BYTES)
            .put(blob.value().toArray())
            .putLong(part)
            .array();
    System.arraycopy(name, 0, bytes, 0, Math.min(name.length, bytes.length));
    return bytes;
  }

  boolean is(long part, byte[] bytes) {
    return Arrays.equals(bytes, bytes(part));
  }
}
