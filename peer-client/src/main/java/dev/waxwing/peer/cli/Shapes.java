package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Contact;
import dev.waxwing.peer.api.Link;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.peer.api.Person;
import dev.waxwing.peer.api.Self;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;

/** What the values of the library look like as documents; documented in {@code help json}. */
final class Shapes {
  private Shapes() {}

  static Json self(Self self) {
    return Json.object()
        .put("user", self.user())
        .put("device", self.device())
        .put("accountKey", self.accountKey())
        .put(
            "relay",
            Json.object()
                .put("name", self.relayName())
                .put("address", self.relayAddress())
                .put("key", self.relayKey()));
  }

  static Json link(Link link) {
    return Json.object()
        .put("state", Json.name(link.state()))
        .put("code", link.fault())
        .put("detail", link.detail().isEmpty() ? null : link.detail())
        .put("clockSkewMillis", link.clockSkewMillis())
        .put("waiting", link.waiting());
  }

  static Json person(Person person) {
    return Json.object()
        .put("user", person.user())
        .put("online", person.online())
        .put("alias", person.alias())
        .put("trust", person.trust() == null ? null : Json.name(person.trust()));
  }

  static Json contact(Contact contact) {
    return Json.object()
        .put("user", contact.user())
        .put("alias", contact.alias())
        .put("displayName", contact.displayName())
        .put("trust", Json.name(contact.trust()))
        .put("marking", Json.name(contact.marking()))
        .put("verifiedAt", Json.time(contact.verifiedAt()))
        .put("since", Json.time(contact.since()));
  }

  static Json message(Message message, UserId self) {
    return Json.object()
        .put("id", message.id())
        .put("from", message.outgoing() ? self : message.with())
        .put("to", message.outgoing() ? message.with() : self)
        .put("kind", Json.name(message.kind()))
        .put("state", Json.name(message.state()))
        .put("sentAt", Json.time(message.sentAt()))
        .put("storedAt", Json.time(message.storedAt()))
        .put("text", message.text())
        .put("transfer", message.transfer())
        .put("clockOdd", message.clockOdd());
  }

  static Json transfer(Transfer transfer) {
    Transfer.Problem problem = transfer.problem();
    return Json.object()
        .put("id", transfer.id())
        .put("direction", Json.name(transfer.direction()))
        .put("state", Json.name(transfer.state()))
        .put("name", transfer.name())
        .put("kind", Json.name(transfer.kind()))
        .put("size", transfer.progress().size() < 0 ? null : transfer.progress().size())
        .put("done", transfer.progress().done())
        .put("resent", transfer.progress().resent())
        .put(
            "people",
            transfer.people().stream()
                .map(
                    party ->
                        Json.object()
                            .put("user", party.user())
                            .put("state", Json.name(party.state())))
                .toList())
        .put("path", transfer.path())
        .put("startedAt", Json.time(transfer.started()))
        .put("replaces", transfer.replaces())
        .put(
            "problem",
            problem == null
                ? null
                : Json.object().put("code", problem.code()).put("message", problem.detail()));
  }

  /** An event as one line of a stream: its type, then what it is about. */
  static Json event(PeerEvent event, UserId self) {
    return event.on(
        new PeerEvent.Cases<Json>() {
          @Override
          public Json link(PeerEvent.LinkChanged event) {
            return line("link").with(Shapes.link(event.link()));
          }

          @Override
          public Json message(PeerEvent.MessageChanged event) {
            return line(event.message().outgoing() ? "sent" : "message")
                .with(Shapes.message(event.message(), self));
          }

          @Override
          public Json transfer(PeerEvent.TransferChanged event) {
            boolean offered = event.transfer().state() == TransferState.OFFERED;
            return line(offered ? "offer" : "transfer").with(Shapes.transfer(event.transfer()));
          }

          @Override
          public Json presence(PeerEvent.PresenceChanged event) {
            return line("presence").put("user", event.user()).put("online", event.online());
          }

          @Override
          public Json contact(PeerEvent.ContactChanged event) {
            return line("contact").with(Shapes.contact(event.contact()));
          }

          @Override
          public Json notice(PeerEvent.Notice event) {
            return line("notice").put("text", event.text());
          }

          @Override
          public Json missed(PeerEvent.Missed event) {
            return line("missed");
          }
        });
  }

  private static Json line(String type) {
    return Json.document().put("type", type);
  }
}
