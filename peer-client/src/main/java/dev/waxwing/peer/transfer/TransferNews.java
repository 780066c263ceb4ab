package dev.waxwing.peer.transfer;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.transfer.TransferBook.Entry;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Optional;

/**
 * What others say about transfers, once it is stored, and what the relay says: which work starts by
 * it, stops by it, or is made anew. Thread-safe.
 */
final class TransferNews {
  private final Host host;
  private final TransferRows rows;
  private final Work work;
  private final Workers workers;
  private final NewSendings sendings;

  TransferNews(Host host, TransferRows rows, Work work, Workers workers, NewSendings sendings) {
    this.host = host;
    this.rows = rows;
    this.work = work;
    this.workers = workers;
    this.sendings = sendings;
  }

  /** A message about a transfer was stored. */
  void arrived(UserId from, Content content) {
    content.on(new Arrived(from));
  }

  /** Somebody cannot be told about a transfer: their copy ends. */
  void undeliverable(UserId to, Content content, Fault fault) {
    if (content instanceof Content.Offer offer) {
      Stage stage = fault.code() == FaultCode.DECLINED ? Stage.DECLINED : Stage.FAILED;
      rows.changeSending(
          offer.blob(),
          before -> {
            Sending.Problem why = Sending.Problem.of(fault);
            if (stage == Stage.FAILED) {
              return before.failed(to, why);
            }
            Sending row = before.with(to, stage);
            boolean whole = row.people().stream().allMatch(one -> one.stage() == stage);
            return whole ? row.at(stage, why) : row;
          });
    }
  }

  /** The relay detached a recipient of an upload; see {@link Transfers#detached}. */
  void detached(BlobId blob, UserId user) {
    workers.errand(
        () -> {
          if (makesWay(rows.sending(blob), user)) {
            replace(blob, user);
          }
        });
  }

  private static boolean makesWay(Sending sending, UserId user) {
    return sending.stage() == Stage.AT_RELAY
        || sending.people().stream()
            .anyMatch(
                one ->
                    !one.user().equals(user)
                        && (one.stage() == Stage.DONE || !one.stage().ended()));
  }

  /** Somebody asks for their copy anew; if that failed here, they wait for nothing. */
  private void askedAnew(BlobId blob, UserId user) {
    Optional<Sending.Recipient> copy = rows.sending(blob).copy(user);
    if (copy.isPresent() && copy.get().stage() == Stage.FAILED) {
      host.tell(user, new Content.Withdraw(blob, FaultCode.TRANSFER_NOT_RESUMABLE));
    } else {
      replace(blob, user);
    }
  }

  /** One person's copy becomes a transfer of its own, or fails where it may not. */
  private void replace(BlobId blob, UserId user) {
    Sending sending = rows.sending(blob);
    if (sending.copy(user).filter(one -> !one.stage().ended()).isEmpty()) {
      return;
    }
    try {
      sendings.instead(sending, user, Sending.Recipient::anew);
    } catch (Fault fault) {
      if (fault.code() == FaultCode.TRANSFER_STATE) {
        // Ended by another word in between.
        return;
      }
      rows.changeSending(blob, row -> row.failed(user, Sending.Problem.of(fault)));
      if (fault.code() != FaultCode.KEY_CHANGED) {
        // Whoever has another key was never offered it.
        host.tell(user, new Content.Withdraw(blob, FaultCode.TRANSFER_NOT_RESUMABLE));
      }
    }
    if (rows.sending(blob).stage().ended()) {
      workers.stop(blob);
      work.drop(blob);
    }
  }

  private boolean changed(BlobId blob) {
    host.changed(blob);
    return true;
  }

  /** Stops what its sender ended, as the book has it, and gives up its room at the relay. */
  private void over(BlobId blob, UserId sender) {
    rows.find(blob)
        .map(Entry::receiving)
        .filter(row -> row.from().user().equals(sender))
        .filter(row -> row.stage() == Stage.CANCELLED || row.stage() == Stage.FAILED)
        .ifPresent(
            row -> {
              workers.stop(blob);
              changed(blob);
              workers.discard(blob);
              workers.errand(() -> work.leave(blob));
            });
  }

  /** What stored messages start or stop. */
  private final class Arrived implements Content.Cases<Boolean> {
    private final UserId from;

    Arrived(UserId from) {
      this.from = from;
    }

    @Override
    public Boolean text(Content.Text content) {
      return false;
    }

    @Override
    public Boolean offer(Content.Offer content) {
      changed(content.blob());
      BlobId replaced = content.replaces();
      if (replaced != null) {
        over(replaced, from);
      }
      workers.start(content.blob());
      return true;
    }

    @Override
    public Boolean finish(Content.Final content) {
      changed(content.blob());
      workers.start(content.blob());
      return true;
    }

    @Override
    public Boolean withdraw(Content.Withdraw content) {
      over(content.blob(), from);
      return changed(content.blob());
    }

    @Override
    public Boolean receipt(Content.Receipt content) {
      return false;
    }

    @Override
    public Boolean fileOutcome(Content.FileOutcome content) {
      return changed(content.blob());
    }

    @Override
    public Boolean resend(Content.Resend content) {
      return false;
    }

    @Override
    public Boolean restart(Content.Restart content) {
      workers.errand(() -> askedAnew(content.blob(), from));
      return true;
    }
  }
}
