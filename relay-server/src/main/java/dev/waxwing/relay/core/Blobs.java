package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.core.BlobRecipients.Recipient;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.relay.store.RemovedReason;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Every blob, who may do what with it, and the room they share. To strangers a blob that is not
 * theirs and one that does not exist look the same.
 */
final class Blobs implements BlobSurroundings {
  static final long UNSEALED_MILLIS = 7L * 24 * 3_600_000;
  static final long SEALED_MILLIS = 30L * 24 * 3_600_000;

  /** Most blobs that one connection reads: each of its writes asks all of them for more. */
  static final int MOST_GETS = 256;

  /** Blobs put on one connection that it remembers at least; of more, those that are gone go. */
  static final int REMEMBERED_PUTS = 1_000;

  private final Turn turn;
  private final Sessions sessions;
  private final BlobBudget budget;
  final BlobFlows flows;
  private final BlobRequests requests;
  private final BlobLine line = new BlobLine();
  private boolean roomFreed;
  private boolean reclaimed;

  Blobs(Turn turn, Rules rules, RateLimits rates, Sessions sessions) {
    this.turn = turn;
    this.sessions = sessions;
    this.budget = new BlobBudget(rules);
    BlobAdmission admission = new BlobAdmission(rules, rates);
    this.flows = new BlobFlows(admission);
    this.requests =
        new BlobRequests(turn, admission, flows, blob -> flow(blob, BlobStore.Extent.NONE, false));
  }

  HubStatus.Blobs status() {
    return new HubStatus.Blobs(flows.count(), budget.memory(), budget.disk());
  }

  void restored(HubEvent.BlobRestored event) {
    flows.enter(flow(event.blob(), event.parts(), true));
  }

  private BlobFlow flow(BlobRecord blob, BlobStore.Extent extent, boolean restored) {
    return new BlobFlow(new BlobFlow.Start(blob, extent, restored), turn, budget, this);
  }

  // Control connections.

  void create(Session session, PeerMessage.CreateBlob message, Bytes body) {
    requests.create(session, message, body);
  }

  void drop(Session session, PeerMessage.DropBlob message) {
    requests.drop(session, message);
  }

  /** A recipient is done or declines. */
  void leave(Session session, int ref, BlobId blob, RecipientState state) {
    requests.leave(session, ref, blob, state);
  }

  // Data connections.

  void put(Session session, PeerMessage.Put message) {
    BlobFlow flow = ofOwner(session, message.blob());
    if (flow == null) {
      return;
    }
    if (turn.storeEnded()) {
      turn.refuse(
          session, message.blob(), new Fault(FaultCode.STORE_STOPPED, "the disk failed"), 0);
      return;
    }
    if (session.puts.add(message.blob())) {
      forgetOldPuts(session);
    }
    flow.put(session);
  }

  /**
   * Looks at two for each that comes: so what is remembered beyond the limit is less than twice
   * what is not gone. A blob that is gone stays while many others are put after it, since slices of
   * it come until the uploader has heard.
   */
  private void forgetOldPuts(Session session) {
    for (int i = 0; i < 2 && session.puts.size() > REMEMBERED_PUTS; i++) {
      BlobId oldest = session.puts.iterator().next();
      session.puts.remove(oldest);
      if (flows.has(oldest)) {
        session.puts.add(oldest);
      }
    }
  }

  void slice(Session session, Slice slice, Frame frame) {
    BlobFlow flow = flows.find(slice.blob());
    if (!session.puts.contains(slice.blob())) {
      turn.close(session, FaultCode.FRAME_UNEXPECTED, "a slice without a put");
    } else if (flow != null) {
      flow.slice(session, slice, frame);
    }
  }

  void seal(Session session, PeerMessage.Seal message) {
    BlobFlow flow = ofOwner(session, message.blob());
    if (flow != null) {
      flow.seal(session, new BlobRecord.Seal(message.parts(), message.size()));
    }
  }

  void get(Session session, PeerMessage.Get message) {
    BlobFlow flow = flows.find(message.blob());
    Recipient recipient = flow == null ? null : flow.recipient(session.who());
    if (flow == null || recipient == null) {
      denied(session, message.blob(), flow);
    } else {
      session.gets.removeIf(blob -> !flows.has(blob));
      session.gets.add(message.blob());
      if (session.gets.size() > MOST_GETS) {
        turn.close(session, FaultCode.RATE_LIMITED, "too many downloads on one connection");
        return;
      }
      flow.get(session, recipient, message.from());
    }
  }

  void held(Session session, PeerMessage.Held message) {
    BlobFlow flow = flows.find(message.blob());
    Recipient recipient = flow == null ? null : flow.recipient(session.who());
    if (flow != null && recipient != null) {
      flow.held(session, recipient, message.upTo());
    } else if (!session.gets.contains(message.blob())) {
      denied(session, message.blob(), flow);
    }
  }

  private @Nullable BlobFlow ofOwner(Session session, BlobId blob) {
    BlobFlow flow = flows.find(blob);
    if (flow == null || !flow.owner.equals(session.who())) {
      denied(session, blob, flow);
      return null;
    }
    return flow;
  }

  private void denied(Session session, BlobId blob, @Nullable BlobFlow flow) {
    boolean takesPart =
        flow != null && (flow.owner.equals(session.who()) || flow.recipient(session.who()) != null);
    turn.refuse(
        session,
        blob,
        new Fault(takesPart ? FaultCode.BLOB_DENIED : FaultCode.BLOB_UNKNOWN, "no such blob here"),
        0);
  }

  /** The socket of a data connection takes more. */
  void written(Session session) {
    pump(session);
  }

  void closed(Session session) {
    session.puts.addAll(session.gets);
    for (BlobId blob : session.puts) {
      BlobFlow flow = flows.find(blob);
      if (flow != null) {
        flow.closed(session);
      }
    }
  }

  /** Hands a connection what it waits for in any of its downloads. */
  private void pump(Session session) {
    for (Iterator<BlobId> gets = session.gets.iterator(); gets.hasNext(); ) {
      BlobFlow flow = flows.find(gets.next());
      if (flow == null) {
        gets.remove();
      } else {
        flow.written(session);
      }
    }
  }

  // The disk.

  void forced(HubEvent.PartForced event) {
    turn.wrote();
    BlobFlow flow = flows.find(event.blob());
    if (flow != null) {
      flow.forced(event.upTo());
    }
  }

  void notWritten(HubEvent.PartNotWritten event) {
    turn.note(event.fault());
    BlobFlow flow = flows.find(event.blob());
    if (flow != null) {
      flow.notWritten(event.part(), event.fault());
    }
  }

  void read(HubEvent.PartRead event, Session session) {
    session.partRead();
    BlobFlow flow = flows.find(event.blob());
    if (flow != null) {
      flow.read(session, event.part(), event.slices());
    }
    pump(session);
  }

  void notRead(HubEvent.PartNotRead event, Session session) {
    session.partRead();
    BlobFlow flow = flows.find(event.blob());
    if (flow != null) {
      flow.notRead(session, event.part(), event.fault());
    }
    pump(session);
  }

  // Time, users, and the room all share.

  void tick() {
    flows
        .expired(turn.ran())
        .forEach(
            flow ->
                flow.remove(RemovedReason.EXPIRED, FaultCode.BLOB_EXPIRED, () -> {}, fault -> {}));
    flows.live().forEach(BlobFlow::tick);
  }

  void dropUser(UserId user) {
    for (BlobFlow flow : flows.all()) {
      if (flow.owner.user().equals(user)) {
        flow.remove(RemovedReason.USER_REMOVED, FaultCode.BLOB_UNKNOWN, () -> {}, fault -> {});
      } else {
        flow.recipientsOf(user)
            .forEach(one -> flow.leave(one, RecipientState.DECLINED, () -> {}, fault -> {}));
      }
    }
  }

  /** After every event: room that was freed goes to those who wait, owner by owner. */
  void grantWaiting() {
    reclaimed = false;
    if (!roomFreed) {
      return;
    }
    roomFreed = false;
    BlobFlow before = null;
    for (BlobFlow next = line.first(); next != null && next != before; next = line.first()) {
      before = next;
      next.wantRoom();
    }
    if (budget.roomInMemory()) {
      line.all().forEach(BlobFlow::wantRoom);
    }
  }

  @Override
  public boolean online(Address device) {
    return sessions.online(device);
  }

  @Override
  public void tell(Address device, RelayMessage message) {
    Session session = sessions.control(device);
    if (session != null && session.ready()) {
      turn.write(session, message);
    }
  }

  @Override
  public void roomFreed() {
    roomFreed = true;
  }

  @Override
  public boolean mayOvertake(BlobFlow flow) {
    BlobFlow first = line.first();
    return !budget.tight() || first == null || first == flow;
  }

  @Override
  public void waits(BlobFlow flow, Wait wait) {
    line.put(flow, wait);
  }

  @Override
  public void reclaim() {
    // Once an event: it looks at every blob with parts in memory.
    if (!reclaimed) {
      reclaimed = true;
      flows.inMemory().forEach(BlobFlow::relieve);
    }
  }

  @Override
  public void changed(BlobFlow flow) {
    flows.changed(flow);
  }

  @Override
  public void forget(BlobFlow flow) {
    flows.forget(flow);
    line.put(flow, Wait.NONE);
    roomFreed = true;
  }
}
