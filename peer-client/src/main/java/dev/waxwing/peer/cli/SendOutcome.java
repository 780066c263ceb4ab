package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.LeftOut;
import dev.waxwing.peer.api.Link;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a sending ended: the words and the exit code. */
final class SendOutcome {
  private final Session session;
  private final Set<UserId> here;

  SendOutcome(Session session, Set<UserId> here) {
    this.session = session;
    this.here = here;
  }

  /**
   * Tells it.
   *
   * @param waited whether DONE was waited for
   * @return the exit code
   * @throws Fault where it failed as a whole
   */
  int tell(Transfer transfer, boolean waited, @Nullable Span timeout) {
    Voice voice = session.voice();
    List<LeftOut> leftOut = session.peer().leftOut(transfer.id());
    int sent = exit(transfer, waited);
    int exit = sent == 0 && !leftOut.isEmpty() ? FaultCode.PARTLY.kind().exitCode() : sent;
    if (voice.json()) {
      voice.document(
          Json.document()
              .put("outcome", outcome(transfer))
              .put("transfer", Shapes.transfer(transfer))
              .put(
                  "leftOut",
                  leftOut.stream()
                      .map(left -> Json.object().put("path", left.path()).put("why", left.why()))
                      .toList()));
      return exit;
    }
    leftOut.forEach(left -> voice.warn("not sent: %s (%s)", left.path(), left.why()));
    for (Transfer.Party party : transfer.people()) {
      person(voice, transfer, party);
    }
    if (exit == 3 || exit == 7) {
      String within = timeout == null ? "" : " within " + Human.duration(timeout.millis());
      voice.warn("not finished%s; it is kept and goes on", within);
      voice.next("waxwing transfers watch %s", transfer.id().toString().substring(0, 8));
    } else if (exit == 0 && transfer.state() == TransferState.AT_RELAY) {
      voice.next("waxwing transfers ls tells when it was received");
    }
    return exit;
  }

  /** The exit code of what the transfer is now. */
  private int exit(Transfer transfer, boolean waited) {
    long without = count(transfer, TransferState.DECLINED) + count(transfer, TransferState.FAILED);
    boolean some = without > 0 && without < transfer.people().size();
    return switch (transfer.state()) {
      case DONE -> some ? 8 : 0;
      case AT_RELAY -> some ? 8 : waited ? 7 : 0;
      case DECLINED ->
          throw new Fault(FaultCode.DECLINED, Stage.people(transfer).substring(2) + " declined it");
      case CANCELLED -> throw new Fault(FaultCode.CANCELLED, "the transfer was cancelled");
      case FAILED -> throw Problems.of(transfer);
      case OFFERED, WAITING, ACTIVE, PAUSED ->
          session.peer().link().state() == Link.State.ONLINE ? 7 : 3;
    };
  }

  private String outcome(Transfer transfer) {
    return switch (transfer.state()) {
      case DONE -> "received";
      case AT_RELAY -> everybodyHere(transfer) ? "live" : "queued";
      case OFFERED, WAITING, ACTIVE, PAUSED -> "unfinished";
      case DECLINED, CANCELLED, FAILED -> Json.name(transfer.state());
    };
  }

  private boolean everybodyHere(Transfer transfer) {
    List<Transfer.Party> people = transfer.people();
    return people.stream()
        .allMatch(p -> p.state() == TransferState.DONE || here.contains(p.user()));
  }

  private void person(Voice voice, Transfer transfer, Transfer.Party party) {
    UserId user = party.user();
    switch (party.state()) {
      case DONE -> voice.done("%s: received by %s", transfer.name(), user);
      case DECLINED -> voice.warn("%s: declined by %s", transfer.name(), user);
      case AT_RELAY, WAITING, ACTIVE -> {
        if (transfer.state() != TransferState.AT_RELAY && !transfer.state().ended()) {
          voice.warn("%s: not yet at the relay for %s", transfer.name(), user);
        } else if (here.contains(user)) {
          voice.done("%s: at the relay, %s is online", transfer.name(), user);
        } else {
          voice.done(
              "%s: queued at the relay, %s is away and gets it when they come",
              transfer.name(), user);
        }
      }
      case OFFERED, PAUSED, CANCELLED, FAILED ->
          voice.warn("%s: %s for %s", transfer.name(), Json.name(party.state()), user);
    }
  }

  private static long count(Transfer transfer, TransferState state) {
    return transfer.people().stream().filter(party -> party.state() == state).count();
  }
}
