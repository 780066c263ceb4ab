package dev.waxwing.peer.api;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.Trust;
import org.jspecify.annotations.Nullable;

/**
 * Somebody this profile knows.
 *
 * @param user the user ID
 * @param alias this profile's name for them
 * @param displayName what they call themselves; hostile text
 * @param trust how far their key is known
 * @param marking what this profile decided about them
 * @param verifiedAt when compared, milliseconds since 1970; 0 when not
 * @param since when first seen, milliseconds since 1970
 */
public record Contact(
    UserId user,
    @Nullable String alias,
    @Nullable String displayName,
    Trust trust,
    Marking marking,
    long verifiedAt,
    long since) {
  /** What a profile decided about somebody. */
  public enum Marking {
    /** Seen, never answered. */
    SEEN,
    /** Added, written to or accepted from. */
    CONTACT,
    /** Nothing is taken from them. */
    BLOCKED
  }
}
