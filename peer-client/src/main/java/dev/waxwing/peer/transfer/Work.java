package dev.waxwing.peer.transfer;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
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
import org.jspecify.annotations.Nullable;

/**
 * What is done for one transfer: an attempt to carry it out, and each way in which it ends. Keeps
 * nothing between calls; who may call when is for {@link Workers}.
 */
final class Work {
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
      try (PartSource source = originals.open(sending)) {
        new Upload(host, suite, book, blob, source).run(stopping);
      }
      settle(blob);
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
    } else if (receiving != null && receiving.stage() == Stage.DONE) {
      finish(blob);
    }
  }

  /** In the transaction that says a file is done: what is left to do then, also after a crash. */
  static void leaveToFinish(PeerStore.Tx tx, BlobId blob, Path part) {
    tx.putValue(finishing(blob), part.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String finishing(BlobId blob) {
    return "finishing/" + blob;
  }

  /** Whether a file that is done has left something to do. */
  boolean unfinished(BlobId blob) {
    return host.store(tx -> tx.value(finishing(blob))).isPresent();
  }

  /**
   * Deletes what a file that is done was received into, and tells the relay that it need not keep
   * it for this device.
   *
   * @throws Fault of the way: to be done again
   */
  private void finish(BlobId blob) {
    byte[] part = host.store(tx -> tx.value(finishing(blob))).orElse(null);
    if (part == null) {
      return;
    }
    PartFile.discard(Path.of(new String(part, StandardCharsets.UTF_8)));
    try {
      host.ask(ref -> new PeerMessage.FinishBlob(ref, blob), new byte[0]);
    } catch (Fault fault) {
      if (Workers.passing(fault)) {
        throw fault;
      }
      // The relay does not know it any more: all the better.
    }
    host.store(
        tx -> {
          tx.removeValue(finishing(blob));
          return true;
        });
  }

  /** An upload is whole at the relay: what was kept to seal it again can go. */
  private void settle(BlobId blob) {
    originals.forgetStream(blob);
    rows.changeSending(
        blob,
        row -> {
          Sending next = row;
          for (Sending.Recipient one : row.people()) {
            next = next.with(one.user(), Stage.AT_RELAY);
          }
          // Outcomes that came while the upload was still active count now.
          return next;
        });
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
      rows.step(blob, Stage.WAITING, Sending.Problem.of(fault));
      host.tell(receiving.from().user(), new Content.Restart(blob));
    } else {
      rows.move(blob, Stage.FAILED, Sending.Problem.of(fault));
    }
  }

  /** Everybody was detached before the upload ended. */
  private static Fault noRoom() {
    return new Fault(
        FaultCode.BLOB_QUOTA,
        "it is more than the relay keeps for one sender, and nobody came to fetch it meanwhile");
  }

  private static boolean fromSource(Fault fault) {
    return switch (fault.code()) {
      case SOURCE_GONE, BLOB_UNKNOWN, BLOB_EXPIRED, BLOB_CORRUPT -> true;
      default -> false;
    };
  }

  /** Gives up a transfer sent from here. */
  void abandon(Sending sending, Fault fault) {
    withdraw(sending, Stage.FAILED, Sending.Problem.of(fault));
  }

  /** The sender's person wants it no more. */
  void cancel(Sending sending) {
    withdraw(sending, Stage.CANCELLED, null);
  }

  private void withdraw(Sending sending, Stage stage, Sending.@Nullable Problem why) {
    BlobId blob = sending.blob();
    // Told first: whoever is cut off in between ends it again.
    sending.people().forEach(one -> host.tell(one.user(), new Content.Withdraw(blob)));
    rows.move(blob, stage, why);
    drop(blob);
  }

  /** The relay need not keep a transfer sent from here any longer. */
  void drop(BlobId blob) {
    quietly(() -> host.ask(ref -> new PeerMessage.DropBlob(ref, blob), new byte[0]));
  }

  /** The receiver's person does not want it. */
  void decline(Receiving receiving) {
    BlobId blob = receiving.blob();
    host.tell(
        receiving.from().user(),
        new Content.FileOutcome(blob, Content.FileOutcome.Outcome.DECLINED));
    rows.move(blob, Stage.DECLINED, null);
    leave(blob);
  }

  /** The relay need not keep a transfer for this device any longer. */
  void leave(BlobId blob) {
    quietly(() -> host.ask(ref -> new PeerMessage.DeclineBlob(ref, blob), new byte[0]));
  }

  /** Deletes what came of a transfer that was withdrawn or declined. */
  void discard(BlobId blob) {
    Receiving row = rows.entry(blob).receiving();
    Receiving.Target target = row == null ? null : row.target();
    boolean over = row != null && (row.stage() == Stage.CANCELLED || row.stage() == Stage.DECLINED);
    if (over && target != null && target.part() != null) {
      PartFile.discard(Path.of(target.part()));
    }
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
