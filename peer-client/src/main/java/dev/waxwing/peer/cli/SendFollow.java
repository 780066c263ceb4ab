package dev.waxwing.peer.cli;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.Person;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.wire.Fault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows what was sent, and what took its place, to where the command may end, and tells how it
 * stands there.
 */
final class SendFollow {
  /** How long somebody who watches is shown the rest, when the other person is here. */
  private static final Span GLANCE = new Span(1500);

  private final Session session;
  private final boolean wait;
  private final @Nullable Span timeout;

  /**
   * What to follow to.
   *
   * @param wait until it is received, not just at the relay
   * @param timeout for the words when it has passed
   */
  SendFollow(Session session, boolean wait, @Nullable Span timeout) {
    this.session = session;
    this.wait = wait;
    this.timeout = timeout;
  }

  /** Follows one; returns the exit code. */
  int end(BlobId id, Deadline deadline) {
    Transfer transfer = session.peer().transfer(id);
    Set<UserId> here = here(session.peer());
    announce(transfer, here);
    Follow follow = new Follow(session);
    TransferState until = wait ? TransferState.DONE : TransferState.AT_RELAY;
    Transfer end = newest(follow, id, until, deadline);
    boolean somebodyHere = end.people().stream().anyMatch(p -> here.contains(p.user()));
    if (session.voice().draws() && end.state() == TransferState.AT_RELAY && somebodyHere) {
      Deadline soon = Deadline.after(session.clock(), GLANCE);
      end = newest(follow, id, TransferState.DONE, soon);
    }
    return new SendOutcome(session, here).tell(end, wait, timeout);
  }

  /** Follows one, and then whatever took its place for somebody. */
  private Transfer newest(Follow follow, BlobId id, TransferState until, Deadline deadline) {
    List<Transfer> line = new ArrayList<>();
    Deque<BlobId> open = new ArrayDeque<>(List.of(id));
    while (!open.isEmpty()) {
      BlobId next = open.remove();
      line.add(follow.until(List.of(next), until, deadline, done -> {}).get(0));
      open.addAll(Newest.insteadOf(next, session.peer().transfers()));
    }
    return Newest.of(line);
  }

  private void announce(Transfer transfer, Set<UserId> here) {
    List<String> people = new ArrayList<>();
    for (Transfer.Party party : transfer.people()) {
      people.add(party.user() + (here.contains(party.user()) ? " (online)" : " (away)"));
    }
    long size = transfer.progress().size();
    session
        .voice()
        .note(
            "Sending %s%s to %s",
            transfer.name(), size < 0 ? "" : ", " + Human.size(size), String.join(", ", people));
    session.voice().detail("transfer %s", transfer.id());
  }

  private static Set<UserId> here(Peer peer) {
    Set<UserId> here = new HashSet<>();
    try {
      peer.who().stream().filter(Person::online).forEach(person -> here.add(person.user()));
    } catch (Fault fault) {
      // Who is here only colours the words; the transfer itself decides.
    }
    return here;
  }
}
