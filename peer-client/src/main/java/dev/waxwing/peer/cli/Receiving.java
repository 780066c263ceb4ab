package dev.waxwing.peer.cli;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Link;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.ReceiveRequest;
import dev.waxwing.peer.api.ReceiveRequest.Conflict;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.text.TerminalText;
import dev.waxwing.wire.Fault;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes offers and tells how they end. */
final class Receiving {
  private static final long TURN = 250;

  private final Session session;
  private final String folder;
  private final Naming naming;
  private final Conflict onConflict;

  /**
   * What files are called: one name for one file, a pattern for many, or as their senders say.
   *
   * @param as the name, or null
   * @param pattern the pattern, or null
   */
  record Naming(@Nullable String as, @Nullable NamePattern pattern) {
    @Nullable String of(Transfer offer, Clock clock) {
      return pattern == null
          ? as
          : pattern.name(
              offer.people().get(0).user(), offer.name(), clock.instant().atZone(clock.getZone()));
    }
  }

  Receiving(Session session, String folder, Naming naming, Conflict onConflict) {
    this.session = session;
    this.folder = folder;
    this.naming = naming;
    this.onConflict = onConflict;
  }

  /** What an offer is, for a question. */
  static String words(Transfer transfer) {
    long size = transfer.progress().size();
    return TerminalText.escape(transfer.name())
        + (size < 0 ? "" : " (" + Human.size(size) + ")")
        + " from "
        + transfer.people().get(0).user();
  }

  /** Takes these and waits for them. */
  int take(List<Transfer> offers, Deadline deadline) {
    List<Fault> refused = new ArrayList<>();
    List<BlobId> taken = new ArrayList<>();
    List<Transfer> skipped = new ArrayList<>();
    for (Transfer offer : offers) {
      try {
        Transfer begun = begin(offer);
        if (begun.state() == TransferState.OFFERED) {
          session.voice().note("%s: skipped, there is one of that name", begun.name());
          skipped.add(begun);
        } else {
          taken.add(begun.id());
        }
      } catch (Fault fault) {
        refused.add(fault);
      }
    }
    List<Transfer> ends =
        new Follow(session).until(taken, TransferState.DONE, deadline, this::told);
    Voice voice = session.voice();
    if (voice.json()) {
      List<Transfer> shown = new ArrayList<>(ends);
      shown.addAll(skipped);
      voice.document(
          Json.document().put("transfers", shown.stream().map(Shapes::transfer).toList()));
    } else if (offers.isEmpty()) {
      voice.note("Nothing waits for you.");
    }
    return exit(ends, refused);
  }

  private int exit(List<Transfer> ends, List<Fault> refused) {
    List<Fault> faults = new ArrayList<>(refused);
    long unfinished = 0;
    for (Transfer end : ends) {
      if (Problems.failed(end)) {
        faults.add(Problems.of(end));
      } else if (!end.state().ended()) {
        unfinished++;
      }
    }
    long saved = ends.stream().filter(end -> end.state() == TransferState.DONE).count();
    if (!faults.isEmpty()) {
      if (saved == 0 && unfinished == 0 && faults.size() == 1) {
        throw faults.get(0);
      }
      faults.forEach(fault -> Failure.tell(fault, session.voice()));
      return saved == 0 && unfinished == 0 ? faults.get(0).code().kind().exitCode() : 8;
    }
    if (unfinished > 0) {
      session.voice().warn("%s not finished; they are kept and go on", unfinished);
      session.voice().next("waxwing transfers watch");
      return session.peer().link().state() == Link.State.ONLINE ? 7 : 3;
    }
    return 0;
  }

  /** Takes everything these people offer – everybody, when none is named – until a signal comes. */
  int watch(Collection<UserId> senders) {
    Peer peer = session.peer();
    Set<BlobId> seen = new HashSet<>();
    Set<BlobId> running = new HashSet<>();
    session.voice().note("Taking what comes, into %s. Ctrl-C ends it.", folder);
    try (Events wake = new Events(peer);
        Progress progress = new Progress(session.voice())) {
      while (!session.voice().unheard()) {
        session.stop().check();
        for (Transfer offer : peer.offers()) {
          UserId sender = offer.people().get(0).user();
          if ((senders.isEmpty() || senders.contains(sender)) && seen.add(offer.id())) {
            takeQuietly(offer, running);
          }
        }
        await(peer, running, wake);
        List<Transfer> shown = new ArrayList<>();
        for (BlobId id : List.copyOf(running)) {
          Transfer now = peer.transfer(id);
          shown.add(now);
          if (now.state().ended()) {
            running.remove(id);
            progress.close();
            end(now);
          }
        }
        if (!running.isEmpty()) {
          progress.show(shown, session.clock().millis());
        }
      }
    }
    return 0;
  }

  /** A turn: until the first running one ends, or the next event where nothing runs. */
  private static void await(Peer peer, Set<BlobId> running, Events wake) {
    if (running.isEmpty()) {
      wake.await();
    } else {
      wake.drop();
      peer.awaitTransfer(running.iterator().next(), TransferState.DONE, TURN);
    }
  }

  private void takeQuietly(Transfer offer, Set<BlobId> running) {
    try {
      Transfer begun = begin(offer);
      if (begun.state() == TransferState.OFFERED) {
        session.voice().note("%s: skipped, there is one of that name", begun.name());
      } else {
        running.add(begun.id());
      }
    } catch (Fault fault) {
      Failure.tell(fault, session.voice());
    }
  }

  private Transfer begin(Transfer offer) {
    String name = naming.of(offer, session.clock());
    return session.peer().receive(new ReceiveRequest(offer.id(), folder, name, onConflict));
  }

  private void end(Transfer transfer) {
    if (session.voice().json()) {
      session
          .voice()
          .document(Json.document().put("type", "transfer").with(Shapes.transfer(transfer)));
    } else if (Problems.failed(transfer)) {
      Failure.tell(Problems.of(transfer), session.voice());
    } else {
      told(transfer);
    }
  }

  private void told(Transfer transfer) {
    Voice voice = session.voice();
    String path = transfer.path();
    if (transfer.state() != TransferState.DONE || voice.json()) {
      return;
    }
    if (path == null || path.isEmpty()) {
      voice.note("%s: skipped, there is one of that name", transfer.name());
    } else {
      Transfer.Progress progress = transfer.progress();
      // A stream's size is what came of it.
      long size = progress.size() < 0 ? progress.done() : progress.size();
      voice.done(
          "%s from %s, %s", transfer.name(), transfer.people().get(0).user(), Human.size(size));
      voice.result("%s", path);
    }
  }
}
