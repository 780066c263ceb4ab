package dev.waxwing.peer.content;

import dev.waxwing.message.MessageId;

/**
 * A message as it is sealed: content with what authenticates its place.
 *
 * @param id must equal the ID outside
 * @param sentAt the sender's clock, milliseconds since 1970
 * @param content what it says
 */
public record Letter(MessageId id, long sentAt, Content content) {}
