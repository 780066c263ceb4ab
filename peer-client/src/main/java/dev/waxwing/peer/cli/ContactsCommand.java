package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Contact;
import dev.waxwing.peer.session.Trust;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waxwing contacts …}. */
final class ContactsCommand {
  private ContactsCommand() {}

  private static void show(Session session, Contact contact, String form) {
    if (session.voice().json()) {
      session.voice().document(Json.document().put("contact", Shapes.contact(contact)));
    } else {
      session.voice().done(form, contact.user());
    }
  }

  /** All of them. */
  @Command(
      header = {"waxwing contacts", ""},
      description = "%nThe people you know.%n")
  static final class Ls extends Task {
    @Override
    int run(Session session) {
      List<Contact> contacts = session.peer().contacts();
      Voice voice = session.voice();
      if (voice.json()) {
        voice.document(
            Json.document().put("contacts", contacts.stream().map(Shapes::contact).toList()));
        return 0;
      }
      List<List<Safe>> rows = new ArrayList<>();
      for (Contact contact : contacts) {
        String alias = contact.alias() == null ? "" : contact.alias();
        String calls = contact.displayName() == null ? "" : "“" + contact.displayName() + "”";
        boolean blocked = contact.marking() == Contact.Marking.BLOCKED;
        rows.add(
            List.of(
                Safe.of(contact.user()).in(Ink.BOLD),
                Safe.of(alias),
                Safe.of(calls),
                blocked ? new Safe("blocked", Ink.RED) : Trusts.mark(contact.trust())));
      }
      voice.table(rows);
      if (contacts.isEmpty()) {
        voice.note("You know nobody here yet.");
        voice.next("waxwing who");
      }
      return 0;
    }
  }

  /** Adds one. */
  @Command(
      header = {"waxwing contacts add ali", ""},
      description = "%nAdds somebody on this relay and keeps their key.%n")
  static final class Add extends Task {
    @Parameters(paramLabel = "USER", description = "a user ID")
    String user = "";

    @Override
    int run(Session session) {
      Contact contact = session.online(null).addContact(new UserId(user));
      show(session, contact, "%s is a contact");
      if (contact.trust() == Trust.CHANGED) {
        session.voice().warn("their key is another than the one you know; nothing is sent to it");
      }
      session.voice().next("waxwing verify %s", contact.user());
      return 0;
    }
  }

  /** Gives one a name. */
  @Command(
      header = {"waxwing contacts rename ali boss", ""},
      description = "%nGives somebody a name of your own; without NAME it is taken away.%n")
  static final class Rename extends Task {
    @Parameters(index = "0", paramLabel = "USER", description = "a user ID or your name for them")
    String user = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "your name")
    String alias = "";

    @Override
    int run(Session session) {
      UserId found = session.peer().contact(user).user();
      Contact contact = session.peer().renameContact(found, alias.strip());
      show(session, contact, alias.isBlank() ? "%s has no other name" : "%s has a new name");
      return 0;
    }
  }

  /** Forgets one. */
  @Command(
      header = {"waxwing contacts rm ali", ""},
      description = "%nForgets somebody and their key; your history with them stays.%n")
  static final class Rm extends Task {
    @Parameters(paramLabel = "USER", description = "a user ID or your name for them")
    String user = "";

    @Override
    int run(Session session) {
      Contact contact = session.peer().contact(user);
      session.peer().removeContact(contact.user());
      show(session, contact, "%s is forgotten");
      return 0;
    }
  }

  /** Blocks one. */
  @Command(
      header = {"waxwing contacts block mallory", ""},
      description = {
        "%nTakes nothing from somebody any more, here and at the relay. They see “declined” and no"
            + " longer when you are here.%n"
      })
  static final class Block extends Task {
    @Parameters(paramLabel = "USER", description = "a user ID or your name for them")
    String user = "";

    @Override
    int run(Session session) {
      UserId found = session.peer().resolve(user);
      show(session, session.peer().blockContact(found, true), "%s is blocked");
      session.voice().next("to undo: waxwing contacts unblock %s", found);
      return 0;
    }
  }

  /** Unblocks one. */
  @Command(
      header = {"waxwing contacts unblock mallory", ""},
      description = "%nTakes things from somebody again.%n")
  static final class Unblock extends Task {
    @Parameters(paramLabel = "USER", description = "a user ID or your name for them")
    String user = "";

    @Override
    int run(Session session) {
      UserId found = session.peer().resolve(user);
      show(session, session.peer().blockContact(found, false), "%s is not blocked");
      return 0;
    }
  }
}
