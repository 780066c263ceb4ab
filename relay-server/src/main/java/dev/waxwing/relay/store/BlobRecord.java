package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the relay knows of a blob besides its parts.
 *
 * @param id the blob
 * @param owner the device that uploads it
 * @param times when created and last active
 * @param seal how long it is, once complete; null before
 * @param recipients every device it was made for, and how far that has come
 */
public record BlobRecord(
    BlobId id,
    Address owner,
    Times times,
    @Nullable Seal seal,
    SortedMap<Address, RecipientState> recipients) {

  /** Copies the map. */
  public BlobRecord {
    recipients = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(recipients));
  }

  /** Whether it is complete and no recipient still wants it: it may be deleted. */
  public boolean finished() {
    return seal != null && !recipients.containsValue(RecipientState.ACTIVE);
  }

  /**
   * How long relays on this store had run, in milliseconds ({@link Mailbox#ran}).
   *
   * @param created when it was created
   * @param active when it was last touched
   */
  public record Times(long created, long active) {}

  /**
   * The size of a complete blob.
   *
   * @param parts number of parts
   * @param size ciphertext bytes
   */
  public record Seal(long parts, long size) {}

  /** How far a recipient has come. */
  public enum RecipientState {
    ACTIVE,
    /** Has verified and stored the whole blob. */
    DONE,
    /** Wants no more of it. */
    DECLINED,
    /** Was away while the window was full: gets a blob of their own later. */
    DETACHED
  }
}
