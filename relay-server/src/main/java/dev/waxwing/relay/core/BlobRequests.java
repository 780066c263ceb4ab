package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.core.BlobRecipients.Recipient;
import dev.waxwing.relay.core.HubEffect.Metric;
import dev.waxwing.relay.store.BlobCatalog;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import dev.waxwing.relay.store.RemovedReason;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/** What control connections ask of blobs: to make one, to drop it, to take no more part in it. */
final class BlobRequests {
  private final Turn turn;
  private final BlobAdmission admission;
  private final BlobFlows flows;
  private final Function<BlobRecord, BlobFlow> fresh;

  /** Requests; {@code fresh} makes the flow of a blob that has just been entered. */
  BlobRequests(
      Turn turn, BlobAdmission admission, BlobFlows flows, Function<BlobRecord, BlobFlow> fresh) {
    this.turn = turn;
    this.admission = admission;
    this.flows = flows;
    this.fresh = fresh;
  }

  void create(Session session, PeerMessage.CreateBlob message, Bytes body) {
    List<Address> recipients = Address.decodeList(body.toArray(), WireLimits.MAX_RECIPIENTS);
    if (recipients.isEmpty()) {
      throw new Fault(FaultCode.HEADER_MALFORMED, "a blob for nobody");
    }
    Address owner = session.who();
    int count = recipients.size();
    if (limited(session, message.ref(), admission.create(owner.user(), count, turn.now()))) {
      return;
    }
    boolean counted = !flows.has(message.blob());
    if (counted && !admission.roomFor(owner.user(), count)) {
      turn.refuse(
          session, message.ref(), new Fault(FaultCode.BLOB_QUOTA, "too many unfinished blobs"));
      return;
    }
    if (counted) {
      admission.add(owner.user(), count);
    }
    StoreCall.CreateBlob call =
        new StoreCall.CreateBlob(message.blob(), owner, recipients, turn.ran());
    turn.askFor(
        session,
        call,
        StoreReply.Created.class,
        reply -> {
          answered(call, counted);
          created(session, message.ref(), call, reply.outcome());
        },
        fault -> {
          answered(call, counted);
          turn.refuse(session, message.ref(), fault);
        });
  }

  /** From here on the flow itself counts, if there is one. */
  private void answered(StoreCall.CreateBlob call, boolean counted) {
    if (counted) {
      admission.remove(call.owner().user(), call.recipients().size());
    }
  }

  private void created(
      Session session, int ref, StoreCall.CreateBlob call, BlobCatalog.CreateOutcome outcome) {
    switch (outcome) {
      case CREATED, REPEATED -> {
        if (!flows.has(call.blob())) {
          flows.enter(fresh.apply(record(call)));
        }
        turn.count(Metric.BLOBS_CREATED, 1);
        turn.write(session, new RelayMessage.Done(ref));
      }
      case CONFLICT, GONE ->
          turn.refuse(
              session, ref, new Fault(FaultCode.BLOB_CONFLICT, "that blob ID is or was in use"));
      case FINISHED ->
          turn.refuse(
              session, ref, new Fault(FaultCode.BLOB_UNKNOWN, "everybody has finished with it"));
      case UNKNOWN ->
          turn.refuse(
              session, ref, new Fault(FaultCode.USER_UNKNOWN, "somebody it is for is not here"));
    }
  }

  private static BlobRecord record(StoreCall.CreateBlob call) {
    TreeMap<Address, RecipientState> states = new TreeMap<>();
    call.recipients().forEach(recipient -> states.put(recipient, RecipientState.ACTIVE));
    return new BlobRecord(
        call.blob(), call.owner(), new BlobRecord.Times(call.ran(), call.ran()), null, states);
  }

  void drop(Session session, PeerMessage.DropBlob message) {
    BlobFlow found = flows.find(message.blob());
    BlobFlow own = found != null && found.owner.equals(session.who()) ? found : null;
    int rows = own == null ? 1 : BlobAdmission.BLOB_TOKENS + own.width();
    if (limited(session, message.ref(), admission.change(session.who().user(), rows, turn.now()))) {
      return;
    }
    if (own == null) {
      turn.write(session, new RelayMessage.Done(message.ref()));
      return;
    }
    turn.began(session);
    own.remove(
        RemovedReason.CANCELLED,
        FaultCode.CANCELLED,
        () -> done(session, message.ref()),
        fault -> failed(session, message.ref(), fault));
  }

  /** A recipient is done or declines. */
  void leave(Session session, int ref, BlobId blob, RecipientState state) {
    if (limited(session, ref, admission.change(session.who().user(), 1, turn.now()))) {
      return;
    }
    BlobFlow flow = flows.find(blob);
    Recipient recipient = flow == null ? null : flow.recipient(session.who());
    if (flow == null || recipient == null) {
      FaultCode code =
          flow != null && flow.owner.equals(session.who())
              ? FaultCode.BLOB_DENIED
              : FaultCode.BLOB_UNKNOWN;
      turn.refuse(session, ref, new Fault(code, "no such blob for this device"));
      return;
    }
    turn.began(session);
    flow.leave(recipient, state, () -> done(session, ref), fault -> failed(session, ref, fault));
  }

  private void done(Session session, int ref) {
    turn.ended(session);
    turn.write(session, new RelayMessage.Done(ref));
  }

  private void failed(Session session, int ref, Fault fault) {
    turn.ended(session);
    turn.refuse(session, ref, fault);
  }

  private boolean limited(Session session, int ref, long wait) {
    if (wait > 0) {
      turn.count(Metric.RATE_LIMITED, 1);
      turn.refuse(session, ref, new Fault(FaultCode.RATE_LIMITED, "too many blobs"), wait);
    }
    return wait > 0;
  }
}
