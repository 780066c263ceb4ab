package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Contact;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.SafetyView;
import dev.waxwing.peer.session.Trust;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waxwing verify}. */
@Command(
    header = {"waxwing verify ali", ""},
    description = {
      "%nShows the safety number you share with somebody. If it is the same at their end, no one –"
          + " not even the relay – can read what the two of you send.%n"
    })
final class VerifyCommand extends Task {
  @Parameters(paramLabel = "USER", description = "a user ID or your name for them")
  String user = "";

  @Option(names = "--undo", description = "take the mark away")
  boolean undo;

  @Option(names = "--show", description = "only show the number")
  boolean show;

  @Override
  int run(Session session) {
    UserId found = session.peer().resolve(user);
    if (undo) {
      return told(session, session.peer().unmarkVerified(found), null);
    }
    Peer peer = session.peer();
    SafetyView view = peer.safetyNumber(found);
    Voice voice = session.voice();
    if (!voice.json()) {
      voice.result("Safety number of you and %s", new Safe(found.name(), Ink.BOLD));
      lines(view.digits()).forEach(line -> voice.result("  %s", line));
      voice.result("%s", Safe.lines("\n" + Qr.draw(view.qr()).stripTrailing()));
      if (view.trust() == Trust.CHANGED) {
        voice.warn("the key of %s changed: a new device, or somebody else", found);
      } else if (view.trust() == Trust.VERIFIED) {
        voice.note("You have compared it before.");
      }
    }
    if (show) {
      return told(session, peer.contact(found.name()), view);
    }
    if (!session.ask().confirm("Is it the same at the other end?", "--yes")) {
      voice.warn("not marked; if the numbers differ, somebody may stand between you");
      voice.next("compare by another way – in person, by telephone – before you send");
      return 6;
    }
    return told(session, peer.markVerified(found, view.digits()), view);
  }

  private int told(
      Session session, Contact contact, @org.jspecify.annotations.Nullable SafetyView view) {
    Voice voice = session.voice();
    if (voice.json()) {
      Json document = Json.document().put("contact", Shapes.contact(contact));
      if (view != null) {
        document.put("safetyNumber", view.digits()).put("qr", view.qr());
      }
      voice.document(document);
    } else if (undo) {
      voice.done("%s is no longer marked as verified", contact.user());
    } else if (!show) {
      voice.done("%s is verified", contact.user());
    }
    return 0;
  }

  /** 60 digits as three lines of four groups of five. */
  static List<String> lines(String digits) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int at = 0; at < digits.length(); at += 5) {
      line.append(digits, at, Math.min(at + 5, digits.length()));
      boolean last = at + 5 >= digits.length();
      if (last || at % 20 == 15) {
        lines.add(line.toString());
        line.setLength(0);
      } else {
        line.append("  ");
      }
    }
    return lines;
  }
}
