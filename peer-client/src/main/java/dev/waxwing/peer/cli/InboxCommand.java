package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.Peer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waxwing inbox}. */
@Command(
    header = {"waxwing inbox", "waxwing inbox --json | jq -r '.messages[].text'", ""},
    description = "%nPrints what is unread and marks it as read.%n")
final class InboxCommand extends Task {
  @Option(names = "--from", paramLabel = "USER", description = "only from this person")
  @Nullable String from;

  @Option(names = "--peek", description = "leave it unread")
  boolean peek;

  @Option(names = "--mark-read", description = "mark all as read and print nothing")
  boolean markRead;

  @Option(names = "--timeout", paramLabel = "D", description = "how long to try the relay: 15s")
  @Nullable Span timeout;

  @Override
  int run(Session session) {
    Peer peer = session.fetched(timeout);
    UserId only = from == null ? null : People.find(peer, from);
    List<Message> unread =
        peer.unread().stream()
            .filter(message -> only == null || message.with().equals(only))
            .toList();
    Voice voice = session.voice();
    UserId self = peer.self().user();
    if (voice.json()) {
      voice.document(
          Json.document()
              .put("messages", unread.stream().map(m -> Shapes.message(m, self)).toList()));
    } else if (!markRead) {
      Lines lines = new Lines(session.clock().getZone(), self);
      unread.forEach(message -> lines.result(voice, message));
      if (unread.isEmpty()) {
        voice.note("Nothing unread.");
      } else {
        voice.next("waxwing chat %s", unread.get(unread.size() - 1).with());
      }
    }
    if (!peek && !voice.unheard()) {
      peer.markRead(unread.stream().map(Message::id).toList());
    }
    return 0;
  }
}
