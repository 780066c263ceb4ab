package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.peer.api.Person;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waxwing who}. */
@Command(
    header = {"waxwing who --watch", ""},
    description = "%nThe people on this relay, those who are here first.%n")
final class WhoCommand extends Task {
  @Option(names = "--watch", description = "go on telling who comes and goes")
  boolean watch;

  @Option(names = "--timeout", paramLabel = "D", description = "how long to try the relay: 15s")
  @Nullable Span timeout;

  @Override
  int run(Session session) {
    Peer peer = session.online(timeout);
    Voice voice = session.voice();
    try (Events events = new Events(peer)) {
      List<Person> people = peer.who();
      if (voice.json()) {
        voice.document(Json.document().put("people", people.stream().map(Shapes::person).toList()));
      } else {
        table(voice, people, peer.self().user());
      }
      while (watch && !voice.unheard()) {
        session.stop().check();
        PeerEvent event = events.next();
        if (event instanceof PeerEvent.PresenceChanged change) {
          tell(session, change, peer.self().user());
        }
      }
    }
    return 0;
  }

  private static void table(Voice voice, List<Person> people, UserId self) {
    List<List<Safe>> rows = new ArrayList<>();
    for (Person person : people) {
      boolean me = person.user().equals(self);
      rows.add(
          List.of(
              presence(person.online()),
              Safe.of(person.user()).in(Ink.BOLD),
              Safe.of(me ? "you" : person.alias() == null ? "" : person.alias()),
              Trusts.mark(person.trust())));
    }
    voice.table(rows);
    if (people.stream().allMatch(person -> person.user().equals(self))) {
      voice.note("Nobody else is on this relay yet.");
    } else {
      voice.next("waxwing chat USER · waxwing send USER FILE");
    }
  }

  private static void tell(Session session, PeerEvent.PresenceChanged change, UserId self) {
    Voice voice = session.voice();
    if (voice.json()) {
      voice.document(Shapes.event(change, self));
    } else {
      String time = Human.clock(session.clock().millis(), session.clock().getZone());
      voice.result("%s  %s  %s", time, presence(change.online()), change.user());
    }
  }

  private static Safe presence(boolean online) {
    return online ? new Safe("● online", Ink.GREEN) : new Safe("○ away", Ink.DIM);
  }
}
