package dev.waxwing.relay.core;

import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.core.BlobRecipients.Recipient;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.function.Consumer;

/** How recipients leave a blob: done, declined, or detached since they hold up the others. */
final class BlobLeaving {
  private final BlobFlow flow;
  private final Turn turn;
  private final BlobRecipients recipients;
  private final BlobSurroundings around;

  BlobLeaving(BlobFlow flow, Turn turn, BlobRecipients recipients, BlobSurroundings around) {
    this.flow = flow;
    this.turn = turn;
    this.recipients = recipients;
    this.around = around;
  }

  /** Notes on disk, then here, that a recipient wants no more. */
  void leave(Recipient recipient, RecipientState state, Runnable done, Consumer<Fault> failed) {
    if (!recipient.active()) {
      done.run();
      return;
    }
    recipient.leaving = true;
    turn.ask(
        new StoreCall.SetRecipient(flow.id, recipient.device, state, turn.ran()),
        StoreReply.Changed.class,
        reply -> {
          recipient.leaving = false;
          recipient.becomes(state);
          recipient.readerGone(turn.now());
          done.run();
          flow.settle();
        },
        fault -> {
          recipient.leaving = false;
          failed.accept(fault);
        });
  }

  private void detach(Recipient recipient) {
    if (recipient.leaving) {
      return;
    }
    BlobReader reader = recipient.reader();
    leave(
        recipient,
        RecipientState.DETACHED,
        () -> {
          around.tell(flow.owner, new RelayMessage.Detached(flow.id, recipient.device));
          if (reader != null) {
            turn.refuse(
                reader.session, flow.id, new Fault(FaultCode.BLOB_DETACHED, "it comes again"), 0);
          }
        },
        fault -> {});
  }

  /**
   * Detaches those who have stood in the way without progress for too long.
   *
   * @param fullSince since when there has been no room
   * @param tail index after the last part there is
   * @return whether any recipient stands in the way
   */
  boolean detachStalled(long fullSince, long tail) {
    boolean blocked = false;
    long held = recipients.heldByAll();
    for (Recipient recipient : recipients.active()) {
      if (recipient.held() == held && held < tail) {
        blocked = true;
        if (turn.now() - Math.max(fullSince, recipient.progressAt()) >= BlobUpload.STALL_MILLIS) {
          detach(recipient);
        }
      }
    }
    return blocked;
  }
}
