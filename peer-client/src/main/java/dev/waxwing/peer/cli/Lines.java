package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import java.time.ZoneId;

/**
 * Messages as lines of a conversation.
 *
 * @param zone of the times shown
 * @param self whose profile this is
 */
record Lines(ZoneId zone, UserId self) {

  /** Prints one as a result, with its date. */
  void result(Voice voice, Message message) {
    voice.result("%s  %s%s", Human.time(message.sentAt(), zone), said(message), marks(message));
  }

  /** One as a line with its time of day, for those who print it otherwise. */
  String chat(Voice voice, Message message) {
    return voice.line(
        "%s  %s%s", Human.clock(message.sentAt(), zone), said(message), marks(message));
  }

  private Safe said(Message message) {
    String who = (message.outgoing() ? self : message.with()).name();
    String what =
        switch (message.kind()) {
          case TEXT -> ": ";
          case FILE -> message.outgoing() ? " sent " : " offers ";
          case NOTICE -> " – ";
        };
    return new Safe(who + what + Safe.lines(message.text()), Ink.PLAIN);
  }

  private static String marks(Message message) {
    String odd = message.clockOdd() ? "  (by the sender's clock)" : "";
    MessageState state = message.state();
    return odd
        + switch (state) {
          case QUEUED -> "  (waiting for the relay)";
          case HELD -> "  (held: their key changed)";
          case FAILED -> "  (failed)";
          case ACCEPTED, DELIVERED, NOTE, UNREAD, READ -> "";
        };
  }
}
