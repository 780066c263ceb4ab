package dev.waxwing.peer.api;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import org.jspecify.annotations.Nullable;

/**
 * One line of a conversation.
 *
 * @param id stable everywhere
 * @param with the other person; oneself for notes
 * @param state what became of it
 * @param kind what it is
 * @param sentAt by the sender's clock, milliseconds since 1970
 * @param storedAt by this device's clock
 * @param text the text or the file's name; hostile when received
 * @param transfer the transfer it offers, for files
 * @param clockOdd whether the sender's clock is more than an hour off
 */
public record Message(
    MessageId id,
    UserId with,
    MessageState state,
    Kind kind,
    long sentAt,
    long storedAt,
    String text,
    @Nullable BlobId transfer,
    boolean clockOdd) {
  /** What a line is. */
  public enum Kind {
    TEXT,
    FILE,
    NOTICE
  }

  /** Whether this profile wrote it. */
  public boolean outgoing() {
    return state != MessageState.UNREAD && state != MessageState.READ;
  }
}
