package dev.waxwing.relay.store;

import dev.waxwing.message.BlobId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Length and CRC-32C of a part, and their form in a segment's sums: {@code u32be length | u32be crc
 * | u32be check}, the check being CRC-32C over blob, part, length and crc, so that a sum is never
 * taken for another's and zeros are none.
 *
 * <p>CRC-32C is enough: it is there against rot and torn writes, of which it misses one in four
 * billion. Forgery is the readers' to find, who check every chunk's AEAD tag and the Merkle root; a
 * cryptographic hash here would double the processor time of a spilled transfer and add nothing to
 * that.
 *
 * @param length bytes, at least 1
 * @param crc CRC-32C of the part
 */
record PartSum(int length, int crc) {
  /** Bytes of a sum on disk. */
  static final int SIZE = 12;

  /** The sum of a part given in slices. */
  static PartSum of(byte[]... slices) {
    CRC32C crc = new CRC32C();
    int length = 0;
    for (byte[] slice : slices) {
      crc.update(slice);
      length = Math.addExact(length, slice.length);
    }
    return new PartSum(length, (int) crc.getValue());
  }

  /** Writes the form on disk. */
  void put(ByteBuffer to, BlobId blob, long part) {
    to.putInt(length).putInt(crc).putInt(check(blob, part));
  }

  /** Reads the form on disk; null where there is no good sum. */
  static @Nullable PartSum get(ByteBuffer from, BlobId blob, long part) {
    PartSum sum = new PartSum(from.getInt(), from.getInt());
    return from.getInt() == sum.check(blob, part) && sum.length > 0 ? sum : null;
  }

  private int check(BlobId blob, long part) {
    CRC32C check = new CRC32C();
    check.update(blob.value().toArray());
    check.update(ByteBuffer.allocate(16).putLong(part).putInt(length).putInt(crc).flip());
    return (int) check.getValue();
  }
}
