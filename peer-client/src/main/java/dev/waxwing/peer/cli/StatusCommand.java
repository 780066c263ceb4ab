package dev.waxwing.peer.cli;

import dev.waxwing.peer.api.Link;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.Self;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code waxwing status}. */
@Command(
    header = {"waxwing status", ""},
    description = "%nWho you are here, how the link stands, what waits.%n")
class StatusCommand extends Task {
  private static final Span SHORT = new Span(2500);

  /** {@code waxwing} alone: the same, and the first step for who has not joined. */
  @Command(
      header = {"waxwing", ""},
      description = "%nHow things stand.%n")
  static final class Bare extends StatusCommand {
    @Override
    int run(Session session) {
      if (session.door().joined()) {
        try {
          return super.run(session);
        } catch (Fault fault) {
          if (fault.code() != FaultCode.NOT_JOINED) {
            throw fault;
          }
        }
      }
      if (session.voice().json()) {
        session.voice().document(Json.document().put("joined", false));
        return 0;
      }
      session.voice().result("You have not joined a relay yet.");
      session.voice().next("waxwing join INVITE, with the invite you were given · waxwing demo");
      return 0;
    }
  }

  @Override
  int run(Session session) {
    Peer peer = session.peer();
    try {
      peer.awaitOnline(SHORT.millis());
      peer.settle(SHORT.millis());
    } catch (Fault fault) {
      // The link's own state says why.
    }
    Self self = peer.self();
    Link link = peer.link();
    int unread = peer.unread().size();
    List<Transfer> offers = peer.offers();
    List<Transfer> open =
        peer.transfers().stream()
            .filter(t -> !t.state().ended() && t.state() != TransferState.OFFERED)
            .toList();
    Voice voice = session.voice();
    if (voice.json()) {
      voice.document(
          Json.document()
              .put("joined", true)
              .put("self", Shapes.self(self))
              .put("link", Shapes.link(link))
              .put("unread", unread)
              .put("offers", offers.size())
              .put("transfers", open.size()));
      return 0;
    }
    voice.result(
        "%s on %s (%s)", new Safe(self.user().name(), Ink.BOLD), self.relayName(), state(link));
    if (link.state() != Link.State.ONLINE && link.fault() != null) {
      voice.result("  %s: %s", link.fault(), link.detail());
      voice.result("  %s", link.fault().advice());
    }
    if (link.waiting() > 0) {
      voice.result(
          "  %s for the relay", Human.count(link.waiting(), "message waits", "messages wait"));
    }
    voice.result(
        "  %s, %s, %s under way",
        Human.count(unread, "unread message", "unread messages"),
        Human.count(offers.size(), "file offered", "files offered"),
        Human.count(open.size(), "transfer", "transfers"));
    next(voice, unread, offers.size(), link);
    return 0;
  }

  private static Safe state(Link link) {
    return switch (link.state()) {
      case ONLINE -> new Safe("online", Ink.GREEN);
      case CONNECTING -> new Safe("connecting", Ink.YELLOW);
      case OFFLINE -> new Safe("offline", Ink.RED);
    };
  }

  private static void next(Voice voice, int unread, int offers, Link link) {
    if (link.state() != Link.State.ONLINE && link.fault() != null) {
      voice.next("waxwing doctor");
    } else if (unread > 0) {
      voice.next("waxwing inbox");
    } else if (offers > 0) {
      voice.next("waxwing receive");
    } else {
      voice.next("waxwing who · waxwing send USER FILE · waxwing chat USER · waxwing help");
    }
  }
}
