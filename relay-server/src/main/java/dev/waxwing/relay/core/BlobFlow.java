package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.core.BlobRecipients.Recipient;
import dev.waxwing.relay.core.HubEffect.Metric;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.relay.store.RemovedReason;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One blob on its way from its uploader to its recipients (PROTOCOL.md, "Files"). A part is kept
 * when it is forced to disk or held by every active recipient; parts that readers keep up with
 * never touch the disk; what is not kept is in memory, within a window.
 */
class BlobFlow {
  private static final long HOUR = 3_600_000;

  final BlobId id;
  final Address owner;
  final BlobParts parts = new BlobParts();

  private final BlobRecipients recipients;
  private final BlobUpload upload;
  private final BlobServing serving;
  private final BlobLeaving leaving;
  private final BlobSpool spool;
  private final BlobSealing sealing;
  private final Turn turn;
  private final BlobRoom room;
  private final BlobSurroundings around;
  private final long restoredAt;

  private boolean ending;
  private boolean gone;
  private long active;
  private long touched;

  /** Where a blob stands when its flow is made. */
  record Start(BlobRecord blob, BlobStore.Extent extent, boolean restored) {}

  BlobFlow(Start start, Turn turn, BlobBudget budget, BlobSurroundings around) {
    this.id = start.blob().id();
    this.owner = start.blob().owner();
    this.turn = turn;
    this.around = around;
    this.restoredAt = start.restored() ? turn.now() : Long.MIN_VALUE / 2;
    this.recipients =
        new BlobRecipients(start.blob().recipients(), start.extent().begin(), turn.now());
    this.upload = new BlobUpload(id, turn);
    this.leaving = new BlobLeaving(this, turn, recipients, around);
    this.serving = new BlobServing(id, turn, parts, recipients);
    this.spool = new BlobSpool(id, turn, budget, parts, recipients);
    this.active = start.blob().times().active();
    this.touched = active;
    this.sealing = new BlobSealing(start.blob(), turn);
    this.room = new BlobRoom(this, upload, sealing, budget, around);
    parts.restore(start.extent());
    account();
  }

  /** The devices of a user that it is for. */
  List<Recipient> recipientsOf(UserId user) {
    return recipients.active().stream().filter(one -> one.device.user().equals(user)).toList();
  }

  @Nullable Recipient recipient(Address device) {
    return recipients.find(device);
  }

  /** How many devices it was made for. */
  int width() {
    return recipients.count();
  }

  long lastActive() {
    return active;
  }

  boolean sealed() {
    return sealing.sealed();
  }

  // The uploader.

  void put(Session session) {
    // Slices of an upload that was cut short are sent again by the next one.
    parts.forgetArriving();
    upload.begin(session);
    touch();
    settle();
  }

  private void answerPut() {
    if (!upload.unanswered()) {
      return;
    }
    BlobRecord.Seal seal = sealing.seal();
    if (sealed() && seal != null) {
      // It has all its parts, whatever is known of them here after a restart.
      upload.answer(seal.parts());
      return;
    }
    if (recipients.nobodyLeft() && sealing.open()) {
      // Everybody finished before a crash took the seal: there is nobody to send the rest to.
      if (!ending) {
        remove(RemovedReason.FINISHED, FaultCode.BLOB_UNKNOWN, () -> {}, fault -> {});
      }
      return;
    }
    if (turn.now() < restoredAt + BlobUpload.RESTATE_MILLIS && !recipients.allKnown()) {
      // Those who have not said what they hold may hold more.
      return;
    }
    parts.skipTo(keptNow());
    upload.answer(Math.min(keptNow(), parts.tail()));
  }

  /** Every part below is kept; beyond the tail where recipients hold what never came here. */
  private long keptNow() {
    return recipients.anyActive() ? parts.safe(recipients.heldByAll()) : parts.tail();
  }

  void slice(Session session, Slice slice, Frame frame) {
    if (!upload.by(session)) {
      return;
    }
    upload.heard(turn.now());
    turn.tally(Metric.BLOB_BYTES_IN, frame.bodyLength());
    if (slice.part() < parts.tail()) {
      return;
    }
    try {
      if (upload.unanswered() || !sealing.open()) {
        throw new Fault(
            FaultCode.BLOB_CONFLICT, "a slice before the relay asked, or after the seal");
      }
      if (parts.add(slice, frame, turn.now())) {
        upload.partDone();
      }
      touch();
    } catch (Fault fault) {
      refuseUploader(fault, 0);
    }
    settle();
  }

  void seal(Session session, BlobRecord.Seal wanted) {
    if (!upload.by(session)) {
      return;
    }
    if (sealed() && sealing.is(wanted)) {
      turn.write(session, new RelayMessage.Sealed(id));
    } else if (sealing.fixed() && !sealing.is(wanted)) {
      refuseUploader(new Fault(FaultCode.BLOB_CONFLICT, "sealed with another size"), 0);
    } else if (upload.unanswered() || !parts.fits(wanted)) {
      refuseUploader(new Fault(FaultCode.BLOB_CONFLICT, "a seal that does not fit the parts"), 0);
    } else if (!sealing.fixed()) {
      sealing.want(wanted);
    }
    settle();
  }

  private final BlobSealing.Outcome sealingDone =
      new BlobSealing.Outcome() {
        @Override
        public void sealed() {
          upload.write(new RelayMessage.Sealed(id));
          settle();
        }

        @Override
        public void refused(Fault fault) {
          refuseUploader(fault, BlobUpload.RETRY_MILLIS);
          settle();
        }
      };

  void refuseUploader(Fault fault, long retryAfter) {
    parts.forgetArriving();
    upload.refuse(fault, retryAfter);
  }

  // The recipients.

  void get(Session session, Recipient recipient, long from) {
    if (recipient.state() == RecipientState.DETACHED) {
      turn.refuse(session, id, new Fault(FaultCode.BLOB_DETACHED, "it comes again"), 0);
    } else if (!recipient.active() || (from < length() && !parts.available(from))) {
      turn.refuse(session, id, new Fault(FaultCode.SOURCE_GONE, "that part is freed"), 0);
    } else {
      recipient.states(from, turn.now());
      recipient.reads(new BlobReader(session, from));
      touch();
      settle();
    }
  }

  private long length() {
    BlobRecord.Seal seal = sealing.seal();
    return sealed() && seal != null ? seal.parts() : parts.tail();
  }

  /** What a device says on another connection than its reader's is about an older download. */
  void held(Session session, Recipient recipient, long upTo) {
    BlobReader reader = recipient.reader();
    if (reader != null && reader.session == session && recipient.active()) {
      recipient.holds(Math.min(upTo, reader.part()), turn.now());
      touch();
      settle();
    }
  }

  /** A recipient is done, or declines. */
  void leave(Recipient recipient, RecipientState state, Runnable done, Consumer<Fault> failed) {
    leaving.leave(recipient, state, done, failed);
  }

  /** The socket of a reader takes more. */
  void written(Session session) {
    if (!gone) {
      serving.pump(session, sealing.seal());
    }
  }

  void closed(Session session) {
    if (upload.by(session)) {
      parts.forgetArriving();
      upload.end();
    }
    serving.closed(session);
    settle();
  }

  // The disk.

  void forced(long upTo) {
    spool.forced(upTo);
    settle();
  }

  void notWritten(long part, Fault fault) {
    if (!parts.underWay(part)) {
      return;
    }
    if (!turn.storeEnded() && spool.leaveBehind(part)) {
      settle();
      return;
    }
    spool.failed();
    parts.cutTo(Math.min(keptNow(), parts.tail()));
    sealing.takeBack();
    refuseUploader(fault, BlobUpload.RETRY_MILLIS);
    settle();
  }

  void read(Session session, long part, List<Frame> slices) {
    serving.read(session, part, slices);
    settle();
  }

  void notRead(Session session, long part, Fault fault) {
    serving.notRead(session, part, fault);
    settle();
  }

  // What follows from any of it.

  /** Does all that has become possible; changes nothing when called again. */
  void settle() {
    if (gone) {
      return;
    }
    spill();
    spool.letGo(freeable(recipients.heldByAll()));
    account();
    answerPut();
    upload.kept(Math.min(keptNow(), parts.tail()));
    sealing.askWhenKept(keptNow(), sealingDone);
    serving.pumpAll(sealing.seal());
    wantRoom();
    endWhenDone();
  }

  private void spill() {
    spool.spill(keptNow(), sealing.open() ? 10_000 : 1_000, around);
  }

  /** Parts below are not needed by anybody. */
  long freeable(long heldByAll) {
    return heldByAll;
  }

  void relieve() {
    spill();
    parts.dropForced(0);
    account();
  }

  private void account() {
    room.account(gone);
    around.changed(this);
  }

  /** Grants room for the next part, or pauses the uploader until there is some. */
  void wantRoom() {
    room.want(turn.now());
    account();
  }

  private void endWhenDone() {
    if (recipients.anyActive() || ending) {
      return;
    }
    if (sealed()) {
      remove(RemovedReason.FINISHED, FaultCode.BLOB_UNKNOWN, () -> {}, fault -> {});
    } else if (!recipients.anyDone() && sealing.open()) {
      remove(RemovedReason.CANCELLED, FaultCode.BLOB_DETACHED, () -> {}, fault -> {});
    }
  }

  /** Removes the blob on disk, then here; whoever is connected for it hears the code. */
  void remove(RemovedReason reason, FaultCode code, Runnable done, Consumer<Fault> failed) {
    ending = true;
    turn.ask(
        new StoreCall.RemoveBlob(id, reason, turn.clock()),
        StoreReply.Changed.class,
        reply -> {
          removed(code);
          done.run();
        },
        fault -> {
          ending = false;
          failed.accept(fault);
        });
  }

  private void removed(FaultCode code) {
    if (gone) {
      return;
    }
    gone = true;
    Fault fault = new Fault(code, "the blob is gone");
    boolean readersExpectIt = sealed() && !recipients.anyActive();
    if (!readersExpectIt) {
      upload.refuse(fault, 0);
    }
    upload.end();
    serving.refuseAll(fault);
    turn.add(new HubEffect.DeleteBlob(id));
    turn.count(Metric.BLOBS_FINISHED, 1);
    account();
    around.forget(this);
  }

  private void touch() {
    active = turn.ran();
    if (active - touched >= HOUR) {
      touched = active;
      turn.ask(
          new StoreCall.TouchBlob(id, active), StoreReply.Changed.class, reply -> {}, fault -> {});
    }
  }

  /** Whether it is being removed. */
  boolean ending() {
    return ending;
  }

  /** Whether the time changes nothing here: nobody is connected and nothing is in memory. */
  boolean dormant() {
    return !upload.present()
        && parts.memoryBytes() == 0
        && spool.failedSince() == 0
        && recipients.anyActive()
        && !recipients.anyReader();
  }

  void tick() {
    if (upload.idle(turn.now(), parts.betweenParts())) {
      refuseUploader(new Fault(FaultCode.RELAY_TIMEOUT, "the upload stands still"), 0);
    }
    if (parts.betweenParts()) {
      upload.giveBackIfIdle(turn.now());
    }
    boolean diskFull = spool.failedSince() > 0 && turn.store() == HubStatus.State.DISK_FULL;
    long fullSince = diskFull ? spool.failedSince() : upload.quotaSince();
    if (fullSince > 0
        && !leaving.detachStalled(fullSince, parts.tail())
        && upload.quotaSince() > 0
        && turn.now() - upload.quotaSince() >= BlobUpload.STALL_MILLIS) {
      refuseUploader(
          new Fault(FaultCode.BLOB_QUOTA, "other blobs fill the quota"), BlobUpload.RETRY_MILLIS);
    }
    settle();
  }
}
