package dev.waxwing.relay.store;

import dev.waxwing.message.BlobId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Blobs in memory, for simulation; a crash is {@link #recover}, which loses what was not forced.
 */
public final class MemoryBlobStore implements BlobStore {
  private final Map<BlobId, Held> blobs = new HashMap<>();

  private static final class Held {
    final TreeMap<Long, byte[]> parts = new TreeMap<>();
    Extent extent = Extent.NONE;
  }

  @Override
  public Map<BlobId, Extent> recover() {
    Map<BlobId, Extent> found = new HashMap<>();
    blobs.forEach(
        (id, held) -> {
          Extent was = held.extent;
          held.parts.tailMap(was.forced(), true).clear();
          held.extent =
              was.forced() > was.begin()
                  ? new Extent(was.begin(), was.forced(), was.forced())
                  : Extent.NONE;
          found.put(id, held.extent);
        });
    return found;
  }

  @Override
  public void write(BlobId blob, long part, byte[]... slices) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] slice : slices) {
      joined.writeBytes(slice);
    }
    byte[] bytes = joined.toByteArray();
    Held held = blobs.computeIfAbsent(blob, id -> new Held());
    Extent was = held.extent;
    boolean empty = was.begin() == was.end();
    boolean fits = bytes.length > 0 && bytes.length <= WireLimits.partLength(part);
    boolean again = was.holds(part) && Arrays.equals(held.parts.get(part), bytes);
    boolean next =
        empty
            || (part == was.end()
                && held.parts.get(part - 1).length == WireLimits.partLength(part - 1));
    if (!fits || (!again && !next)) {
      throw new Fault(FaultCode.BLOB_CONFLICT, "part " + part + " of " + blob);
    }
    if (!again) {
      held.parts.put(part, bytes);
      held.extent = new Extent(empty ? part : was.begin(), part + 1, empty ? part : was.forced());
    }
  }

  @Override
  public long force(BlobId blob) {
    Held held = blobs.computeIfAbsent(blob, id -> new Held());
    held.extent = new Extent(held.extent.begin(), held.extent.end(), held.extent.end());
    return held.extent.forced();
  }

  @Override
  public byte[] read(BlobId blob, long part) {
    if (!extent(blob).holds(part)) {
      throw new Fault(FaultCode.BLOB_UNKNOWN, "part " + part + " of " + blob);
    }
    return blobs.get(blob).parts.get(part).clone();
  }

  @Override
  public Extent extent(BlobId blob) {
    return blobs.containsKey(blob) ? blobs.get(blob).extent : Extent.NONE;
  }

  @Override
  public void freeBelow(BlobId blob, long part) {
    Extent was = extent(blob);
    Held held = blobs.get(blob);
    if (held == null || part <= was.begin()) {
      return;
    }
    boolean all = part >= was.end();
    long keep = all ? Long.MAX_VALUE : part / PARTS_PER_SEGMENT * PARTS_PER_SEGMENT;
    held.parts.headMap(keep).clear();
    held.extent = all ? Extent.NONE : new Extent(part, was.end(), Math.max(part, was.forced()));
  }

  @Override
  public long sizeOnDisk(BlobId blob) {
    return blobs.containsKey(blob)
        ? blobs.get(blob).parts.values().stream().mapToLong(part -> part.length).sum()
        : 0;
  }

  @Override
  public void rest(BlobId blob) {
    // Nothing is open.
  }

  @Override
  public void delete(BlobId blob) {
    blobs.remove(blob);
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
