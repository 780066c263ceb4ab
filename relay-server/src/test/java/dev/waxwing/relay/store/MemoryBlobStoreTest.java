package dev.waxwing.relay.store;

/** The contract, for blobs in memory. */
class MemoryBlobStoreTest implements BlobStoreContract {
  private final MemoryBlobStore blobs = new MemoryBlobStore();

  @Override
  public BlobStore blobs() {
    return blobs;
  }

  @Override
  public BlobStore crashed() {
    return blobs;
  }
}
