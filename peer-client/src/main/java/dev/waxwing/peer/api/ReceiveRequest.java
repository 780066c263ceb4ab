package dev.waxwing.peer.api;

import dev.waxwing.message.BlobId;
import org.jspecify.annotations.Nullable;

/**
 * How to take an offered file.
 *
 * @param offer which
 * @param folder absolute path of the folder it goes to; made when missing
 * @param name what to call it; null for the sender's name made safe
 * @param onConflict what to do when the name is taken
 */
public record ReceiveRequest(
    BlobId offer, String folder, @Nullable String name, Conflict onConflict) {
  /** What to do when a name is taken. */
  public enum Conflict {
    /** Save as {@code name (2)}. */
    RENAME,
    /** Decline nothing, save nothing. */
    SKIP,
    /** Replace what is there, once the new one is whole. */
    OVERWRITE
  }
}
