package dev.waxwing.peer.api;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.Trust;
import org.jspecify.annotations.Nullable;

/**
 * Somebody on this relay.
 *
 * @param user the user ID
 * @param online whether a device of theirs is logged in
 * @param alias this profile's name for them
 * @param trust how far their key is known; null when never met
 */
public record Person(UserId user, boolean online, @Nullable String alias, @Nullable Trust trust) {}
