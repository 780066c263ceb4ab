package dev.waxwing.peer.api;

import dev.waxwing.message.UserId;
import org.jspecify.annotations.Nullable;

/**
 * Which part of the history.
 *
 * @param with the other person; null for everybody
 * @param since stored at or after, milliseconds since 1970
 * @param search only lines containing this, ignoring case
 * @param limit at most, the newest
 */
public record HistoryQuery(@Nullable UserId with, long since, @Nullable String search, int limit) {}
