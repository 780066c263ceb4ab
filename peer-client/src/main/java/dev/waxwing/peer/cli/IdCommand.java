package dev.waxwing.peer.cli;

import dev.waxwing.peer.api.Self;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waxwing id}. */
@Command(
    header = {"waxwing id --qr", ""},
    description = "%nShows who you are here.%n")
final class IdCommand extends Task {
  @Option(names = "--qr", description = "as a QR code too")
  boolean qr;

  @Override
  int run(Session session) {
    Self self = session.peer().self();
    Voice voice = session.voice();
    String card = "waxwing:id:" + self.relayKey() + ":" + self.user() + ":" + self.accountKey();
    if (voice.json()) {
      voice.document(Json.document().with(Shapes.self(self)).put("card", card));
      return 0;
    }
    voice.result("%s on %s", new Safe(self.user().name(), Ink.BOLD), self.relayName());
    voice.result("  relay    %s", self.relayAddress());
    voice.result("  device   %s", self.device());
    voice.result("  account  %s", self.accountKey());
    if (qr) {
      voice.result("%s", Safe.lines("\n" + Qr.draw(card).stripTrailing()));
    }
    voice.next("waxwing verify USER shows the number the two of you compare");
    return 0;
  }
}
