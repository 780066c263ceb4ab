package dev.waxwing.peer.transfer;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.transfer.TransferBook.Entry;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Objects;
import java.util.Optional;

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

  /** Somebody cannot be told about a transfer: their copy has ended, as the book has it. */
  void undeliverable(UserId to, Content content) {
    TransferBook.hangsOn(content)
        .flatMap(rows::find)
        .map(Entry::sending)
        .ifPresent(
            row -> {
              changed(row.blob());
              if (row.stage().ended()) {
                workers.stop(row.blob());
                workers.errand("tidy/" + row.blob(), () -> workers.tidySent(row.blob()));
              }
              resume(row);
            });
  }

  /** Whoever is to hear of their copy, and did not yet, does. */
  void resume(Sending sending) {
    rows.unanswered(sending).forEach(user -> answerSoon(sending.blob(), user));
  }

  /** The relay detached a recipient of an upload; see {@link Transfers#detached}. */
  void detached(BlobId blob, UserId user) {
    workers.errand(
        "detached/" + blob + "/" + user,
        () -> {
          if (makesWay(rows.sending(blob), user)) {
            replace(blob, user);
          }
        });
  }

  private void answerSoon(BlobId blob, UserId user) {
    workers.errand("answer/" + blob + "/" + user, () -> answer(blob, user));
  }

  private static boolean makesWay(Sending sending, UserId user) {
    return sending.stage() == Stage.AT_RELAY
        || sending.people().stream()
            .anyMatch(
                one ->
                    !one.user().equals(user)
                        && (one.stage() == Stage.DONE || !one.stage().ended()));
  }

  /** Struck out afterwards: what is cut off in between makes no second copy. */
  private void answer(BlobId blob, UserId user) {
    askedAnew(blob, user);
    rows.done(LeftToDo.answer(blob, user));
  }

  /** Somebody asks for their copy anew; whoever waits for nothing is told so. */
  private void askedAnew(BlobId blob, UserId user) {
    Sending sending = rows.sending(blob);
    Optional<Stage> copy = sending.copy(user).map(Sending.Recipient::stage);
    if (copy.isEmpty()) {
      return;
    }
    switch (copy.get().ended() ? copy.get() : sending.stage()) {
      case OFFERED, WAITING, ACTIVE, PAUSED, AT_RELAY -> replace(blob, user);
      case FAILED -> host.tell(user, new Content.Withdraw(blob, FaultCode.TRANSFER_NOT_RESUMABLE));
      case CANCELLED -> {
        if (!replaced(blob, user)) {
          host.tell(user, new Content.Withdraw(blob));
        }
      }
      case DECLINED -> host.tell(user, new Content.Withdraw(blob));
      case DONE -> {}
    }
  }

  /** Whether another copy took the place of somebody's: then they hear of that one. */
  private boolean replaced(BlobId blob, UserId user) {
    return rows.all().stream()
        .map(Entry::sending)
        .filter(Objects::nonNull)
        .anyMatch(one -> blob.equals(one.replaces()) && one.copy(user).isPresent());
  }

  /** One person's copy becomes a transfer of its own, or fails where it may not. */
  private void replace(BlobId blob, UserId user) {
    Sending sending = rows.sending(blob);
    if (sending.stage().ended() || !sending.open().contains(user)) {
      return;
    }
    try {
      sendings.instead(sending, user);
    } catch (Fault fault) {
      if (fault.code() == FaultCode.TRANSFER_STATE) {
        // Ended by another word in between.
        return;
      }
      if (Workers.passing(fault)) {
        // Where it is noted who asked, the next process answers.
        throw fault;
      }
      rows.changeSendingIn(
          blob, (tx, row) -> LeftToDo.dropped(tx, row.failed(user, Sending.Problem.of(fault))));
      if (fault.code() != FaultCode.KEY_CHANGED) {
        // Whoever has another key was never offered it.
        host.tell(user, new Content.Withdraw(blob, FaultCode.TRANSFER_NOT_RESUMABLE));
      }
    }
    if (rows.sending(blob).stage().ended()) {
      workers.stop(blob);
      workers.tidySent(blob);
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
              workers.start(blob);
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
      rows.find(content.blob())
          .map(Entry::sending)
          .filter(row -> row.stage().ended() && row.stillAtRelay())
          .ifPresent(
              row -> {
                if (row.stage() != Stage.DONE) {
                  // Nobody is left for whom to upload it.
                  workers.stop(row.blob());
                }
                workers.start(row.blob());
              });
      return changed(content.blob());
    }

    @Override
    public Boolean resend(Content.Resend content) {
      return false;
    }

    @Override
    public Boolean restart(Content.Restart content) {
      answerSoon(content.blob(), from);
      return true;
    }
  }
}
