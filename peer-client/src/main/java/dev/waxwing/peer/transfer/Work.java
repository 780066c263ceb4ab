package dev.waxwing.peer.transfer;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.files.PartFile;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.transfer.TransferBook.Entry;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is done for one transfer: an attempt to carry it out, and each way in which it ends. Keeps
 * nothing between calls; who may call when is for {@link Workers}.
 */
final class Work {
  private static final long TOLD_MILLIS = 250;

  private final Host host;
  private final Suite suite;
  private final TransferRows rows;
  private final Originals originals;
  private final TransferBook book = new TransferBook();

  Work(Host host, Suite suite, TransferRows rows, Originals originals) {
    this.host = host;
    this.suite = suite;
    this.rows = rows;
    this.originals = originals;
  }

  /**
   * Sends or receives what is left of a transfer; does nothing for one that is not under way.
   *
   * @throws Fault what interrupted it
   */
  void attempt(BlobId blob, Stopping stopping) {
    Entry entry = rows.entry(blob);
    Sending sending = entry.sending();
    Receiving receiving = entry.receiving();
    if (sending != null && sending.stage().underWay()) {
      if (!new Offering(host, suite, blob).kept()) {
        try (PartSource source = originals.open(sending)) {
          new Upload(host, suite, book, blob, source).run(stopping);
        }
      }
      settle(blob, stopping);
    } else if (receiving != null && receiving.stage().underWay()) {
      if (new Download(host, suite, book, blob).run(stopping)) {
        finish(blob);
      } else {
        rows.step(
            blob,
            Stage.WAITING,
            new Sending.Problem(
                FaultCode.NOT_DELIVERED, "everything is here but the sender's last word on it"));
      }
    } else {
      tidy(blob);
    }
  }

  boolean owes(BlobId blob) {
    return owes(rows.entry(blob));
  }

  /** Whether a transfer that has ended has left something to do. */
  boolean owes(Entry entry) {
    BlobId blob = entry.blob();
    if (entry.sending() != null && entry.sending().untold()) {
      return true;
    }
    return entry.ended()
        && host.store(
            tx ->
                LeftToDo.isNoted(tx, LeftToDo.finishing(blob))
                    || LeftToDo.isNoted(tx, LeftToDo.dropping(blob))
                    || LeftToDo.isNoted(tx, LeftToDo.leaving(blob)));
  }

  /**
   * Does what a transfer that has ended left to do. Not while somebody writes to what was received.
   *
   * @throws Fault of the way: to be done again
   */
  void tidy(BlobId blob) {
    Entry entry = rows.entry(blob);
    Receiving receiving = entry.receiving();
    if (!entry.ended()) {
      return;
    }
    if (receiving == null) {
      originals.failStream(blob, why(entry.sending()));
      if (entry.sending() != null && entry.sending().untold()) {
        takeBack(blob);
      }
      deleteLeaves(blob);
      if (rows.isLeft(LeftToDo.dropping(blob))) {
        ask(ref -> new PeerMessage.DropBlob(ref, blob));
        rows.done(LeftToDo.dropping(blob));
      }
    } else if (receiving.stage() == Stage.DONE) {
      finish(blob);
    } else if (rows.isLeft(LeftToDo.leaving(blob))) {
      boolean deleted = true;
      if (receiving.stage() == Stage.FAILED) {
        // A person may want another try; what came of this one is of no use to it.
        beginAnew(receiving);
      } else {
        deleted = delete(receiving);
      }
      ask(ref -> new PeerMessage.DeclineBlob(ref, blob));
      if (deleted) {
        rows.done(LeftToDo.leaving(blob));
      }
    }
  }

  /** Why what is sent from here has ended, for whoever still writes to it. */
  static Fault why(@Nullable Sending sending) {
    if (sending == null || sending.problem() == null) {
      return new Fault(FaultCode.CANCELLED, "nobody takes any more of it");
    }
    return new Fault(sending.problem().code(), sending.problem().detail());
  }

  /** Tells the relay something until it knows; a refusal counts as knowing. */
  private void ask(IntFunction<PeerMessage> request) {
    try {
      host.ask(request, new byte[0]);
    } catch (Fault fault) {
      if (Workers.passing(fault)) {
        throw fault;
      }
      // The relay does not know it any more: all the better.
    }
  }

  /** Deletes a part file; false when that failed, and is to be tried again by another process. */
  private static boolean discarded(String part) {
    try {
      PartFile.discard(Path.of(part));
      return true;
    } catch (Fault fault) {
      return false;
    }
  }

  /** In the transaction that says a file is done: what is left to do then, also after a crash. */
  static void leaveToFinish(PeerStore.Tx tx, BlobId blob, Path part) {
    tx.putValue(LeftToDo.finishing(blob), part.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Deletes what a file that is done was received into, and tells the relay that it need not keep
   * it for this device.
   *
   * @throws Fault of the way: to be done again
   */
  private void finish(BlobId blob) {
    byte[] part = host.store(tx -> tx.value(LeftToDo.finishing(blob))).orElse(null);
    if (part == null) {
      return;
    }
    boolean deleted = discarded(new String(part, StandardCharsets.UTF_8));
    ask(ref -> new PeerMessage.FinishBlob(ref, blob));
    if (deleted) {
      rows.done(LeftToDo.finishing(blob));
    }
  }

  /** The relay has all of an upload: when people know, what was kept to seal it again can go. */
  private void settle(BlobId blob, Stopping stopping) {
    // Without the offer and the last word on it, what is at the relay is of no use to anybody.
    long began = System.nanoTime();
    while (!host.awaitTold(rows.sending(blob).open(), TOLD_MILLIS)) {
      stopping.check();
      if (System.nanoTime() - began > Stopping.TURN_NANOS && stopping.othersWait()) {
        throw new Fault(FaultCode.RELAY_TIMEOUT, "not everybody is told yet; others go first");
      }
    }
    rows.changeSending(blob, Sending::atRelay);
    originals.forgetStream(blob);
    deleteLeaves(blob);
  }

  private void deleteLeaves(BlobId blob) {
    try {
      Files.deleteIfExists(host.transferFolder().resolve(blob + ".leaves"));
    } catch (IOException e) {
      // Left behind, it is only a few bytes a part.
      return;
    }
  }

  /** A fault of the way came in between: another attempt follows. */
  void interrupted(BlobId blob, Fault fault) {
    rows.step(blob, Stage.WAITING, Sending.Problem.of(fault));
  }

  /** A fault ended the last attempt: the transfer fails, or its sender is asked to start again. */
  void failed(BlobId blob, Fault fault) {
    Entry entry = rows.entry(blob);
    Sending sending = entry.sending();
    Receiving receiving = entry.receiving();
    if (sending != null) {
      originals.failStream(blob, fault);
      abandon(sending, fault.code() == FaultCode.BLOB_DETACHED ? noRoom() : fault);
    } else if (receiving != null && fromSource(fault)) {
      // Nobody asks for what ended meanwhile, or was replaced already.
      if (rows.step(blob, Stage.WAITING, Sending.Problem.of(fault))) {
        host.tell(receiving.from().user(), new Content.Restart(blob));
      }
    } else {
      if (receiving != null && fault.code().kind() == FaultCode.Kind.TRUST) {
        beginAnew(receiving);
      }
      rows.move(blob, Stage.FAILED, Sending.Problem.of(fault));
    }
  }

  /**
   * What came is not what was sent. Which part is wrong nobody can tell, and each before it may be:
   * whoever has the file's key can make parts that open. Taken again, it comes from its start.
   */
  private void beginAnew(Receiving receiving) {
    Receiving.Target target = receiving.target();
    if (target == null) {
      return;
    }
    if (target.part() != null) {
      discarded(target.part());
    }
    rows.changeReceiving(receiving.blob(), row -> row.to(target.fromTheStart()).held(0));
  }

  /** A transfer that failed is taken again, perhaps to another place. */
  void startOver(BlobId blob) {
    Receiving receiving = rows.entry(blob).receiving();
    if (receiving != null && receiving.stage() == Stage.FAILED) {
      beginAnew(receiving);
    }
  }

  /** Everybody was detached before the upload ended. */
  private static Fault noRoom() {
    return new Fault(
        FaultCode.BLOB_QUOTA,
        "it is more than the relay keeps for one sender, and nobody came to fetch it meanwhile");
  }

  /**
   * Whether only another copy helps. One of a detached reader comes by itself, if its sender was
   * there to hear of it: the relay says it once.
   */
  private static boolean fromSource(Fault fault) {
    return switch (fault.code()) {
      case SOURCE_GONE, BLOB_UNKNOWN, BLOB_EXPIRED, BLOB_CORRUPT, BLOB_DETACHED -> true;
      default -> false;
    };
  }

  /** Gives up a transfer sent from here; what the relay is to hear of that is left to do. */
  void abandon(Sending sending, Fault fault) {
    withdraw(sending, Stage.FAILED, Sending.Problem.of(fault));
  }

  /** The sender's person wants it no more. */
  void cancel(Sending sending) {
    withdraw(sending, Stage.CANCELLED, null);
  }

  private void withdraw(Sending sending, Stage stage, Sending.@Nullable Problem why) {
    // The whole ends first: from then on no copy is made anew.
    rows.move(sending.blob(), stage, why);
    takeBack(sending.blob());
  }

  /**
   * Tells whoever was to have what has ended here, then ends their copies: where this is cut off,
   * the open copies show it, and the next process does it again.
   */
  void takeBack(BlobId blob) {
    Sending row = rows.sending(blob);
    if (row.untold()) {
      Sending.Problem why = row.stage() == Stage.FAILED ? row.problem() : null;
      Content.Withdraw word = new Content.Withdraw(blob, why == null ? null : why.code());
      for (Iterator<UserId> open = row.open().iterator(); open.hasNext(); ) {
        UserId user = open.next();
        host.tell(user, word);
        if (open.hasNext()) {
          // At once: where the next one cannot be told for now, this one is not told again. The
          // last
          // copy ends with the note that the relay is to drop the blob, or a crash loses the note.
          rows.changeSending(blob, now -> now.untold() ? now.closed(user) : now);
        }
      }
    }
    rows.changeSendingIn(blob, (tx, now) -> LeftToDo.dropped(tx, now.closed()));
  }

  /** The receiver's person does not want it. */
  void decline(Receiving receiving) {
    BlobId blob = receiving.blob();
    host.tell(
        receiving.from().user(),
        new Content.FileOutcome(blob, Content.FileOutcome.Outcome.DECLINED));
    rows.changeReceivingIn(
        blob,
        (tx, row) -> {
          if (!row.mayBeTaken()) {
            return row;
          }
          LeftToDo.note(tx, LeftToDo.leaving(blob));
          return row.at(Stage.DECLINED, null);
        });
  }

  /** Deletes what came of a transfer that was withdrawn or declined. */
  void discard(BlobId blob) {
    Receiving row = rows.entry(blob).receiving();
    if (row != null && (row.stage() == Stage.CANCELLED || row.stage() == Stage.DECLINED)) {
      delete(row);
    }
  }

  /** False when something is left. */
  private boolean delete(Receiving row) {
    Receiving.Target target = row.target();
    if (target == null || target.part() == null) {
      return true;
    }
    if (!discarded(target.part())) {
      return false;
    }
    rows.changeReceiving(row.blob(), now -> now.to(target.fromTheStart()));
    return true;
  }

  /** For what need not succeed: the relay learns it later, or by expiry. */
  static void quietly(Runnable work) {
    try {
      work.run();
    } catch (Fault fault) {
      return;
    }
  }
}
