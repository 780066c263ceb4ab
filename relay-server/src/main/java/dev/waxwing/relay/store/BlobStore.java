package dev.waxwing.relay.store;

import dev.waxwing.message.BlobId;
import dev.waxwing.wire.Fault;
import java.util.Map;

/**
 * The parts of blobs on disk. Blocking; any thread, but one thread a blob at a time. Parts of a
 * blob are one contiguous range, which may begin in the middle: the parts before it were held by
 * every recipient and never needed the disk.
 *
 * <p>Every method may throw STORE_STOPPED, for good after the first error while forcing, and
 * DISK_FULL, after which the same call may be tried again.
 */
public interface BlobStore extends AutoCloseable {
  /** Parts of a segment: what is freed at once. */
  int PARTS_PER_SEGMENT = 64;

  /** The blobs found at the start with what of them is good; what was not forced is trimmed. */
  Map<BlobId, Extent> recover();

  /**
   * Writes the next part; not durable before {@link #force}. An empty blob begins with any part. A
   * part that is there already and has the same bytes is not written again.
   *
   * @param slices the part, in order
   * @throws Fault BLOB_CONFLICT when it is neither the next part nor one already here with the same
   *     bytes
   */
  void write(BlobId blob, long part, byte[]... slices);

  /**
   * Forces all that was written.
   *
   * @return the end of the forced range: the first part that is not forced
   */
  long force(BlobId blob);

  /**
   * One part, checked.
   *
   * @throws Fault BLOB_CORRUPT when its checksum does not agree; BLOB_UNKNOWN when it is not here
   */
  byte[] read(BlobId blob, long part);

  /** What is here of a blob; {@link Extent#NONE} when nothing. */
  Extent extent(BlobId blob);

  /**
   * Lets go of the parts below {@code part}: they cannot be read any more, and segments that hold
   * no others are deleted. With {@code part} at or beyond the end the blob is empty again and may
   * begin anywhere from there.
   */
  void freeBelow(BlobId blob, long part);

  /** Bytes a blob takes on disk, parts that lie in a segment not yet freed included. */
  long sizeOnDisk(BlobId blob);

  /** Closes a blob's files until it is used again. */
  void rest(BlobId blob);

  /** Deletes a blob; nothing happens when it is not here. */
  void delete(BlobId blob);

  @Override
  void close();

  /**
   * A range of parts.
   *
   * @param begin index of the first part here
   * @param end index after the last part here
   * @param forced index after the last part forced to disk
   */
  record Extent(long begin, long end, long forced) {
    /** Nothing is here. */
    public static final Extent NONE = new Extent(0, 0, 0);

    /** Whether the part is here. */
    public boolean holds(long part) {
      return part >= begin && part < end;
    }
  }
}
