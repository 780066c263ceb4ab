package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import java.util.List;
import java.util.Optional;

/**
 * The list of blobs: whose, for whom, how far. Called on the store thread only, inside its
 * transaction; {@code now} is milliseconds since 1970, {@code ran} how long the relay has run
 * ({@link Mailbox#ran}). A record whose checksum does not agree throws STORE_CORRUPT, for that
 * record alone, and is left out of {@link #all()}.
 */
public interface BlobCatalog {
  /** Records of removals kept; the oldest go first. */
  int MAX_REMOVED = 100_000;

  /** Enters a blob, unless it is for a device that nobody registered. */
  CreateOutcome create(BlobId blob, Address owner, List<Address> recipients, long ran);

  /** The blob, if there is one. */
  Optional<BlobRecord> find(BlobId blob);

  /** Every blob, for the start of the relay. */
  List<BlobRecord> all();

  /**
   * Blobs of one owner device's user count against their quota: those owned by any device of the
   * user.
   */
  List<BlobRecord> ownedBy(dev.waxwing.message.UserId user);

  /** Says how long a blob is; final. */
  SealOutcome seal(BlobId blob, BlobRecord.Seal seal, long ran);

  /** Sets how far a recipient has come; false when blob or recipient is unknown. */
  boolean setRecipient(BlobId blob, Address recipient, BlobRecord.RecipientState state, long ran);

  /** Notes that the blob is in use, so that it does not expire. */
  void touch(BlobId blob, long ran);

  /** Removes a blob and records why; false when it is not there. */
  boolean remove(BlobId blob, RemovedReason reason, long now);

  /** Why a blob is gone, as long as that is remembered. */
  Optional<RemovedReason> whyGone(BlobId blob);

  /** What became of a creation. */
  enum CreateOutcome {
    CREATED,
    /** The same owner and recipients again: succeeds. */
    REPEATED,
    /** The id is in use by another owner or for other recipients. */
    CONFLICT,
    /** There was such a blob, and everybody has finished with it. */
    FINISHED,
    /** There was such a blob and it was removed: see {@link #whyGone}. */
    GONE,
    /** Owner or a recipient is no registered device. */
    UNKNOWN
  }

  /** What became of a seal. */
  enum SealOutcome {
    SEALED,
    /** The same size again: succeeds. */
    REPEATED,
    /** Another size was sealed before. */
    CONFLICT,
    UNKNOWN
  }
}
