package dev.waxwing.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;

/** What happened last, to be read when it went wrong, and how often each kind of trouble came. */
final class Story {
  /** Lines kept; {@code -Dsimulation.tail=N} keeps more. */
  private static final int TAIL = Integer.getInteger("simulation.tail", 80);

  private final Agenda agenda;
  private final Deque<String> tail = new ArrayDeque<>();
  private final Map<Trouble, Integer> troubles = new EnumMap<>(Trouble.class);

  /** What can go wrong in a simulated world. */
  enum Trouble {
    LINK_CUT,
    LINK_HALF_OPEN,
    LOGIN_TWICE,
    RELAY_CRASH,
    RELAY_RESTORED,
    RELAY_DRAINED,
    RELAY_CLOCK,
    WEEKS_PASSED,
    RELAY_DISK_FULL,
    RELAY_FORCE_FAILED,
    PEER_CRASH,
    PEER_CLOCK,
    PEER_DISK_FULL,
    PEER_FORCE_FAILED,
    MAIL_EXPIRED,
    MAIL_UNREADABLE,
    MESSAGE_REFUSED,
    BLOB_RESENT,
    BLOB_BEGUN_ANEW
  }

  Story(Agenda agenda) {
    this.agenda = agenda;
  }

  void tell(String line) {
    if (tail.size() == TAIL) {
      tail.remove();
    }
    tail.add(agenda.now() + " ms  " + line);
  }

  void trouble(Trouble kind, String line) {
    troubles.merge(kind, 1, Integer::sum);
    tell(line);
  }

  int count(Trouble kind) {
    return troubles.getOrDefault(kind, 0);
  }

  Map<Trouble, Integer> troubles() {
    return troubles;
  }

  String tail() {
    return String.join("\n", tail);
  }

  /**
   * A promise is broken.
   *
   * @param invariant its number, see {@link Promise}
   */
  void demand(boolean kept, Promise invariant, String otherwise) {
    if (!kept) {
      tell("BROKEN " + invariant + ": " + otherwise);
      throw new Promise.Broken(invariant, otherwise);
    }
  }
}
