package dev.waxwing.peer.session;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.Inbox.Mail;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Mail of one connection that waits for its sender's record, in its order. */
final class ParkedMail {
  /** Most mail, in messages and bytes: several windows of the relay's. */
  private static final int MAX = 1_024;

  private static final long MAX_BYTES = 8L << 20;

  private final Map<UserId, List<Mail>> parked = new HashMap<>();

  void clear() {
    parked.clear();
  }

  /** What brings this back to where it is now, when a turn fails. */
  Runnable remember() {
    Map<UserId, List<Mail>> waiting = new HashMap<>();
    parked.forEach((user, mail) -> waiting.put(user, new ArrayList<>(mail)));
    return () -> {
      parked.clear();
      parked.putAll(waiting);
    };
  }

  boolean isEmpty() {
    return parked.isEmpty();
  }

  /** Whether mail of this sender waits: then all that follows waits behind it. */
  boolean holds(UserId sender) {
    return parked.containsKey(sender);
  }

  /** Whose records are waited for. */
  SortedSet<UserId> senders() {
    return new TreeSet<>(parked.keySet());
  }

  /**
   * Adds mail behind the sender's other.
   *
   * @throws Fault FRAME_UNEXPECTED when it is too much
   */
  void add(Mail mail) {
    parked.computeIfAbsent(mail.head().from().user(), sender -> new ArrayList<>()).add(mail);
    refuseTooMuch();
  }

  /** Takes a sender's mail out. */
  List<Mail> remove(UserId sender) {
    List<Mail> waiting = parked.remove(sender);
    return waiting == null ? List.of() : waiting;
  }

  /** The relay's window keeps honest relays far from this; the others lose the connection. */
  private void refuseTooMuch() {
    long count = 0;
    long bytes = 0;
    for (List<Mail> waiting : parked.values()) {
      count += waiting.size();
      bytes += waiting.stream().mapToLong(mail -> mail.sealed().length).sum();
    }
    if (count > MAX || bytes > MAX_BYTES) {
      throw new Fault(FaultCode.FRAME_UNEXPECTED, "more mail than the relay may deliver unacked");
    }
  }
}
