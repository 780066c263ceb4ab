package dev.waxwing.peer.transfer;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.transfer.TransferBook.Entry;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;

/**
 * What others say about transfers, once it is stored, and what the relay says: which work starts by
 * it, stops by it, or is made anew. Thread-safe.
 */
final class TransferNews {
  private final Host host;
  private final TransferRows rows;
  private final Workers workers;
  private final NewSendings sendings;

  TransferNews(Host host, TransferRows rows, Workers workers, NewSendings sendings) {
    this.host = host;
    this.rows = rows;
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
            Sending row = before.with(to, stage);
            boolean whole = row.people().stream().allMatch(one -> one.stage() == stage);
            return whole ? row.at(stage, Sending.Problem.of(fault)) : row;
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

  /** One person's copy becomes a transfer of its own. */
  private void replace(BlobId blob, UserId user) {
    Sending sending = rows.sending(blob);
    boolean waits =
        sending.people().stream().anyMatch(one -> one.user().equals(user) && !one.stage().ended());
    if (waits) {
      sendings.again(sending, List.of(user));
      rows.changeSending(blob, row -> row.with(user, Stage.CANCELLED));
    }
  }

  private boolean changed(BlobId blob) {
    host.changed(blob);
    return true;
  }

  /** Stops what is cancelled by now: whether the one who said so may is decided by the book. */
  private void over(BlobId blob) {
    rows.find(blob)
        .map(Entry::receiving)
        .filter(row -> row.stage() == Stage.CANCELLED)
        .ifPresent(
            row -> {
              workers.stop(blob);
              changed(blob);
              workers.discard(blob);
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
        over(replaced);
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
      over(content.blob());
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
      workers.errand(() -> replace(content.blob(), from));
      return true;
    }
  }
}
