package dev.waxwing.relay.store;

import org.junit.jupiter.api.BeforeEach;

/** The contracts, for the store in memory. */
class MemoryStoreTest implements DirectoryContract, MailboxContract, BlobCatalogContract {
  private final MemoryStore store = new MemoryStore(Samples.OPTIONS);

  @Override
  public StoreEngine store() {
    return store;
  }

  @BeforeEach
  void begin() {
    store.begin();
  }
}
