package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Contact;
import dev.waxwing.peer.api.Link;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds the people a command names and asks what is known of them. */
final class People {
  private People() {}

  /**
   * The user a name means.
   *
   * @throws Fault CONTACT_UNKNOWN, USER_UNKNOWN or USER_MALFORMED, with the name most likely meant
   */
  static UserId find(Peer peer, String name) {
    try {
      return peer.resolve(name);
    } catch (Fault fault) {
      throw meant(peer, name, fault);
    }
  }

  /** A failure, with the name most likely meant where nobody has the one given. */
  static Fault meant(Peer peer, String name, Fault fault) {
    return switch (fault.code()) {
      case CONTACT_UNKNOWN, USER_UNKNOWN, USER_MALFORMED -> {
        Set<String> known = names(peer);
        known.addAll(here(peer));
        Optional<String> near = Nearest.to(name, known);
        yield near.isEmpty()
            ? fault
            : new Fault(fault.code(), fault.what(), "did you mean " + near.get() + "?");
      }
      default -> fault;
    };
  }

  private static Set<String> here(Peer peer) {
    Set<String> names = new TreeSet<>();
    if (peer.link().state() == Link.State.ONLINE) {
      try {
        peer.who().forEach(person -> names.add(person.user().name()));
      } catch (Fault fault) {
        // Without the list there is only nothing to suggest.
      }
    }
    return names;
  }

  /** Every name this profile has for anybody. */
  static Set<String> names(Peer peer) {
    Set<String> names = new TreeSet<>();
    for (Contact contact : peer.contacts()) {
      names.add(contact.user().name());
      if (contact.alias() != null) {
        names.add(contact.alias());
      }
    }
    return names;
  }

  /**
   * Goes on only where a person's key is the one known, or is taken now with all that waits for it.
   *
   * @throws Fault KEY_CHANGED
   */
  static void requireKey(Peer peer, UserId user, boolean acceptNewKey) {
    Optional<Contact> known =
        peer.contacts().stream().filter(contact -> contact.user().equals(user)).findFirst();
    if (known.isEmpty()) {
      return;
    }
    if (acceptNewKey) {
      // Also where nothing is Changed: what waits since their old key signed another goes on.
      peer.acceptNewKey(user);
    } else if (known.get().trust() == Trust.CHANGED) {
      throw new Fault(
          FaultCode.KEY_CHANGED,
          "the key of " + user + " changed: a new device, or somebody else",
          "compare: waxwing verify " + user + ", or give --accept-new-key");
    }
  }

  /** Whether somebody is here, as far as can be known. */
  static boolean online(Peer peer, UserId user) {
    try {
      return peer.who().stream().anyMatch(p -> p.user().equals(user) && p.online());
    } catch (Fault fault) {
      return false;
    }
  }
}
