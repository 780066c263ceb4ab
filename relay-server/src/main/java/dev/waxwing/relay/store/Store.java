package dev.waxwing.relay.store;

/** What a piece of work on the store thread sees. */
public interface Store {
  /** Users and what belongs to them. */
  Directory directory();

  /** Mail. */
  Mailbox mailbox();

  /** The list of blobs. */
  BlobCatalog blobs();
}
