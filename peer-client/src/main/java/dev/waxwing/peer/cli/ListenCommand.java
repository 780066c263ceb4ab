package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Link;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waxwing listen}. */
@Command(
    header = {"waxwing listen --types message | jq -r '\"\\(.from): \\(.text)\"'", ""},
    description = {
      "%nPrints what happens as JSON Lines until it is ended by a signal. Each line has \"v\":1 and"
          + " a \"type\".%n"
    })
final class ListenCommand extends Task {
  /** Every type of line. */
  static final List<String> TYPES =
      List.of("message", "sent", "offer", "transfer", "presence", "contact", "link", "notice");

  @Option(
      names = "--types",
      paramLabel = "T",
      split = ",",
      description = "only these: message sent offer transfer presence contact link notice")
  Set<String> types = new LinkedHashSet<>();

  /** How the link stands, as it was told last. */
  private @Nullable Link link;

  @Override
  int run(Session session) {
    for (String type : types) {
      if (!TYPES.contains(type)) {
        throw new Fault(
            FaultCode.USAGE,
            "there is no type '" + type + "'",
            Nearest.to(type, TYPES)
                .map(near -> "did you mean " + near + "?")
                .orElse("there are " + String.join(", ", TYPES)));
      }
    }
    UserId self = session.peer().self().user();
    try (Events events = new Events(session.peer())) {
      // How it stands now: whoever was online before this listened gets no event of it.
      link = session.peer().link();
      tell(session, self, new PeerEvent.LinkChanged(link));
      while (!session.voice().unheard()) {
        session.stop().check();
        PeerEvent event = events.next();
        if (event != null && !repeats(event)) {
          tell(session, self, event);
        }
      }
    }
    return 0;
  }

  /** Whether it says of the link what was said of it last: it came while that was looked up. */
  private boolean repeats(PeerEvent event) {
    if (!(event instanceof PeerEvent.LinkChanged changed)) {
      return false;
    }
    Link before = link;
    link = changed.link();
    return before != null && before.state() == link.state() && before.fault() == link.fault();
  }

  private void tell(Session session, UserId self, PeerEvent event) {
    Json line = Shapes.event(event, self);
    if (types.isEmpty() || types.contains(String.valueOf(line.get("type")))) {
      session.voice().document(line);
    }
  }
}
