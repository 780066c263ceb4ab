package dev.waxwing.relay.core;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.core.BlobRecipients.Recipient;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands the parts of one blob to its readers: as they arrive, from memory, or from disk. */
final class BlobServing {
  private final BlobId id;
  private final Turn turn;
  private final BlobParts parts;
  private final BlobRecipients recipients;

  BlobServing(BlobId id, Turn turn, BlobParts parts, BlobRecipients recipients) {
    this.id = id;
    this.turn = turn;
    this.parts = parts;
    this.recipients = recipients;
  }

  /** Gives every reader what there is for it, as far as its socket takes it. */
  void pumpAll(BlobRecord.@Nullable Seal seal) {
    recipients.reading().forEach(recipient -> pump(recipient, seal));
  }

  /** The same for the reader on one connection alone. */
  void pump(Session session, BlobRecord.@Nullable Seal seal) {
    Recipient recipient = recipients.readingOn(session);
    if (recipient != null) {
      pump(recipient, seal);
    }
  }

  private void pump(Recipient recipient, BlobRecord.@Nullable Seal seal) {
    BlobReader reader = recipient.reader();
    while (reader != null && reader.takes() && !reader.ended() && !reader.reading()) {
      BlobParts.Part part = parts.inMemory(reader.part());
      if (reader.part() >= parts.tail()) {
        if (reader.part() == parts.tail()) {
          reader.give(parts.arriving(), true, turn);
        }
        end(reader, seal);
        return;
      } else if (part != null) {
        reader.give(part.slices(), true, turn);
        if (!reader.got(part.slices().size())) {
          return;
        }
        reader.nextPart();
      } else if (parts.onDisk(reader.part())) {
        reader.reads(true);
        reader.session.readsPart();
        turn.add(new HubEffect.ReadPart(reader.session.connection, id, reader.part()));
      } else if (parts.underWay(reader.part())) {
        return;
      } else {
        turn.refuse(reader.session, id, new Fault(FaultCode.SOURCE_GONE, "freed"), 0);
        recipient.readerGone(turn.now());
        return;
      }
    }
  }

  private void end(BlobReader reader, BlobRecord.@Nullable Seal seal) {
    if (seal != null && reader.part() >= seal.parts()) {
      turn.write(reader.session, new RelayMessage.End(id, seal.parts(), seal.size()));
      reader.end();
    }
  }

  void read(Session session, long part, List<Frame> slices) {
    Recipient recipient = recipients.readingOn(session);
    BlobReader reader = recipient == null ? null : recipient.reader();
    if (reader != null && reader.awaits(part)) {
      reader.give(slices, false, turn);
      reader.nextPart();
    }
  }

  void notRead(Session session, long part, Fault fault) {
    Recipient recipient = recipients.readingOn(session);
    BlobReader reader = recipient == null ? null : recipient.reader();
    if (recipient != null && reader != null && reader.awaits(part)) {
      turn.refuse(session, id, fault, 0);
      recipient.readerGone(turn.now());
    }
  }

  /** A connection is gone, and with it its reader. */
  void closed(Session session) {
    Recipient recipient = recipients.readingOn(session);
    if (recipient != null) {
      recipient.readerGone(turn.now());
    }
  }

  /** Tells every reader that nothing more comes. */
  void refuseAll(Fault fault) {
    for (Recipient recipient : recipients.reading()) {
      BlobReader reader = recipient.reader();
      if (reader != null && recipient.active()) {
        turn.refuse(reader.session, id, fault, 0);
      }
    }
  }
}
