package dev.waxwing.peer.transfer;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.files.Listing;
import dev.waxwing.peer.session.Randomness;
import dev.waxwing.peer.transfer.TransferBook.Entry;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * All transfers of a profile: the door to this package, and what a person wants of a transfer.
 * {@link NewSendings} makes those sent from here, {@link Workers} carry them out, {@link
 * TransferNews} follows what others say. Thread-safe.
 */
public final class Transfers implements AutoCloseable {
  private final TransferRows rows;
  private final Originals originals;
  private final Work work;
  private final Workers workers;
  private final NewSendings sendings;
  private final TransferNews news;

  /** Transfers of the peer behind {@code host}. */
  public Transfers(Host host, Suite suite, Randomness random) {
    this.rows = new TransferRows(host);
    this.originals = new Originals(host);
    this.work = new Work(host, suite, rows, originals);
    this.workers = new Workers(host, work);
    this.sendings = new NewSendings(host, random, originals, workers);
    this.news = new TransferNews(host, rows, workers, sendings);
  }

  /** Goes on with everything a process before this one left under way. */
  public void resumeAll() {
    for (Entry entry : rows.all()) {
      Sending sending = entry.sending();
      Receiving receiving = entry.receiving();
      if (sending != null) {
        news.resume(sending);
      }
      if (sending != null && sending.untold()) {
        workers.errand(
            "take back/" + sending.blob(),
            () -> {
              work.takeBack(sending.blob());
              workers.start(sending.blob());
            });
      } else if (sending != null && sending.stage().underWay()) {
        if (sending.source().kind() == Sending.Kind.STREAM && !sending.kept()) {
          work.abandon(sending, NewSendings.unrepeatable());
          workers.start(sending.blob());
        } else {
          workers.start(sending.blob());
        }
      } else if (receiving != null && receiving.stage().underWay()) {
        workers.start(receiving.blob());
      } else if (work.owes(entry)) {
        workers.start(entry.blob());
      }
    }
  }

  /**
   * Offers files or folders.
   *
   * @param paths absolute
   * @param name for the receiver; null for the path's own
   */
  public BlobId send(List<UserId> people, List<Path> paths, @Nullable String name, String caption) {
    return sendings.send(people, paths, name, caption);
  }

  /** Opens a stream. */
  public BlobId openStream(List<UserId> people, String name) {
    return sendings.openStream(people, name);
  }

  /** Sends a text as a file; it is kept in the store, sealed like every message. */
  public BlobId sendText(List<UserId> people, String name, byte[] content) {
    return sendings.sendText(people, name, content);
  }

  /**
   * Appends to a stream.
   *
   * @throws Fault why it ended, or TRANSFER_STATE
   */
  public void write(BlobId blob, byte[] data) {
    stream(blob).write(data);
  }

  /**
   * Ends a stream.
   *
   * @throws Fault why it ended before, or TRANSFER_STATE
   */
  public void closeStream(BlobId blob) {
    stream(blob).end();
  }

  private StreamParts stream(BlobId blob) {
    if (!originals.isStream(blob)) {
      Sending sending = entry(blob).sending();
      if (sending != null && sending.stage().ended()) {
        throw Work.why(sending);
      }
    }
    return originals.stream(blob);
  }

  /**
   * Nanoseconds in which nothing of a stream moved; none for what is no stream, or is all at the
   * relay.
   */
  public OptionalLong still(BlobId blob) {
    return originals.still(blob);
  }

  /** Whoever wrote to a stream has gone: what they did not end is not whole and ends as failed. */
  public void writerGone(BlobId blob) {
    if (originals.isWritten(blob)) {
      Fault fault = NewSendings.unrepeatable();
      workers.stop(blob);
      originals.failStream(blob, fault);
      Work.quietly(
          () -> {
            Sending sending = rows.sending(blob);
            if (!sending.stage().ended()) {
              work.abandon(sending, fault);
            }
          });
      // Where the store did not take that, the next run finds that there is no more.
      workers.start(blob);
    }
  }

  /** Takes an offer, or one again that failed: what came of it before is not kept. */
  public void receive(BlobId blob, Receiving.Target target) {
    work.startOver(blob);
    rows.changeReceiving(
        blob,
        row -> {
          if (row.stage() != Stage.OFFERED && row.stage() != Stage.FAILED) {
            throw new Fault(FaultCode.TRANSFER_STATE, "that offer was taken or has ended");
          }
          return row.to(target).at(Stage.WAITING, null);
        });
    workers.start(blob);
  }

  /**
   * Stops a transfer for now.
   *
   * @throws Fault TRANSFER_STATE for one that is not under way, or not any more
   */
  public void pause(BlobId blob) {
    if (!rows.step(blob, Stage.PAUSED, null)) {
      throw new Fault(FaultCode.TRANSFER_STATE, "that transfer is not under way");
    }
    workers.stop(blob);
  }

  /**
   * Goes on with a paused transfer, or takes a failed offer again.
   *
   * @throws Fault TRANSFER_STATE for one sent from here that has ended: what was abandoned is only
   *     sent again as a new transfer, with new keys; for an offer that was not taken, or was
   *     withdrawn, declined or finished
   */
  public void resume(BlobId blob) {
    rows.change(blob, Transfers::goneOnWith, Transfers::takenAgain);
    workers.start(blob);
  }

  private static Sending goneOnWith(Sending row) {
    if (row.stage() != Stage.PAUSED && !row.stage().underWay()) {
      throw notPaused();
    }
    return row.at(Stage.WAITING, null);
  }

  private static Receiving takenAgain(Receiving row) {
    boolean stands = row.stage() == Stage.PAUSED || row.stage() == Stage.FAILED;
    if (row.target() == null || !(stands || row.stage().underWay())) {
      throw notPaused();
    }
    return row.at(Stage.WAITING, null);
  }

  private static Fault notPaused() {
    return new Fault(FaultCode.TRANSFER_STATE, "that transfer is not paused");
  }

  /** Ends a transfer: the sender withdraws it, the receiver declines it. */
  public void cancel(BlobId blob) {
    workers.stop(blob);
    Entry entry = entry(blob);
    Sending sending = entry.sending();
    Receiving receiving = entry.receiving();
    if (sending != null && !sending.stage().ended()) {
      work.cancel(sending);
      workers.tidySent(blob);
    } else if (receiving != null && receiving.mayBeTaken()) {
      work.decline(receiving);
      workers.tidyReceived(blob);
    }
  }

  /** Sends a failed transfer again as a new one, or takes a failed one again. */
  public BlobId retry(BlobId blob) {
    Entry entry = entry(blob);
    Sending sending = entry.sending();
    if (sending == null) {
      resume(blob);
      return blob;
    }
    if (!sending.stage().ended()) {
      throw new Fault(FaultCode.TRANSFER_STATE, "that transfer has not ended");
    }
    List<UserId> left =
        sending.people().stream()
            .filter(one -> one.stage() != Stage.DONE)
            .map(Sending.Recipient::user)
            .toList();
    return sendings.again(sending, left);
  }

  /** What of a folder is not sent, and why. */
  public List<Listing.Skipped> skipped(BlobId blob) {
    return originals.skipped(blob);
  }

  /**
   * The relay detached a recipient of an upload: it is queued again for them, unless nobody else
   * takes part. Then there is no room for a whole copy, and another try would end the same way.
   */
  public void detached(BlobId blob, UserId user) {
    news.detached(blob, user);
  }

  /** A message about a transfer was stored. */
  public void arrived(UserId from, Content content) {
    news.arrived(from, content);
  }

  /** Somebody cannot be told about a transfer, and the book has it that their copy ended. */
  public void undeliverable(UserId to, Content content) {
    news.undeliverable(to, content);
  }

  /** One transfer. */
  public Entry entry(BlobId blob) {
    return rows.entry(blob);
  }

  /** Every transfer, oldest first. */
  public List<Entry> all() {
    return rows.all();
  }

  /** Stops every worker; what is under way goes on with the next process. */
  @Override
  public void close() {
    workers.close();
  }
}
