package dev.waxwing.relay.store;

import dev.waxwing.message.BlobId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Map;

/**
 * A store in memory that can be full, for parts or for forcing them. Fields are set by the test.
 */
public final class FullBlobStore implements BlobStore {
  private final MemoryBlobStore real = new MemoryBlobStore();

  public volatile boolean fullForParts;
  public volatile boolean fullForForcing;

  private static void refuseIf(boolean full) {
    if (full) {
      throw new Fault(FaultCode.DISK_FULL, "planted");
    }
  }

  @Override
  public Map<BlobId, Extent> recover() {
    return real.recover();
  }

  @Override
  public void write(BlobId blob, long part, byte[]... slices) {
    Extent here = real.extent(blob);
    refuseIf(fullForParts && part == here.end() && !here.holds(part));
    real.write(blob, part, slices);
  }

  @Override
  public long force(BlobId blob) {
    refuseIf(fullForForcing);
    return real.force(blob);
  }

  @Override
  public byte[] read(BlobId blob, long part) {
    return real.read(blob, part);
  }

  @Override
  public Extent extent(BlobId blob) {
    return real.extent(blob);
  }

  @Override
  public void freeBelow(BlobId blob, long part) {
    real.freeBelow(blob, part);
  }

  @Override
  public long sizeOnDisk(BlobId blob) {
    return real.sizeOnDisk(blob);
  }

  @Override
  public void rest(BlobId blob) {
    real.rest(blob);
  }

  @Override
  public void delete(BlobId blob) {
    real.delete(blob);
  }

  @Override
  public void close() {
    real.close();
  }
}
