package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.core.BlobRecipients.Recipient;
import dev.waxwing.relay.core.HubEffect.Metric;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.relay.store.RemovedReason;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

  private final Turn turn;
  private final Sessions sessions;
  private final BlobBudget budget;
  private final Map<BlobId, BlobFlow> flows = new HashMap<>();
  private final BlobLine line = new BlobLine();
  private boolean roomFreed;
  private boolean reclaimed;

  Blobs(Turn turn, Rules rules, Sessions sessions) {
    this.turn = turn;
    this.sessions = sessions;
    this.budget = new BlobBudget(rules);
  }

  HubStatus.Blobs status() {
    return new HubStatus.Blobs(flows.size(), budget.memory(), budget.disk());
  }

  void restored(HubEvent.BlobRestored event) {
    BlobRecord blob = event.blob();
    flows.put(
        blob.id(), new BlobFlow(new BlobFlow.Start(blob, event.parts(), true), turn, budget, this));
  }

  // Control connections.

  void create(Session session, PeerMessage.CreateBlob message, Bytes body) {
    List<Address> recipients = Address.decodeList(body.toArray(), WireLimits.MAX_RECIPIENTS);
    Address owner = session.who();
    if (recipients.isEmpty()) {
      throw new Fault(FaultCode.HEADER_MALFORMED, "a blob for nobody");
    }
    if (!flows.containsKey(message.blob()) && ownedBy(owner.user()) >= budget.limits().perUser()) {
      turn.refuse(
          session, message.ref(), new Fault(FaultCode.BLOB_QUOTA, "too many unfinished blobs"));
      return;
    }
    long now = turn.now();
    turn.askFor(
        session,
        new StoreCall.CreateBlob(message.blob(), owner, recipients, now),
        StoreReply.Created.class,
        reply -> {
          switch (reply.outcome()) {
            case CREATED, REPEATED -> {
              flows.computeIfAbsent(message.blob(), id -> fresh(id, owner, recipients, now));
              turn.count(Metric.BLOBS_CREATED, 1);
              turn.write(session, new RelayMessage.Done(message.ref()));
            }
            case CONFLICT, GONE ->
                turn.refuse(
                    session,
                    message.ref(),
                    new Fault(FaultCode.BLOB_CONFLICT, "that blob ID is or was in use"));
          }
        },
        fault -> turn.refuse(session, message.ref(), fault));
  }

  private BlobFlow fresh(BlobId id, Address owner, List<Address> recipients, long now) {
    TreeMap<Address, RecipientState> states = new TreeMap<>();
    recipients.forEach(recipient -> states.put(recipient, RecipientState.ACTIVE));
    BlobRecord record = new BlobRecord(id, owner, new BlobRecord.Times(now, now), null, states);
    return new BlobFlow(
        new BlobFlow.Start(record, BlobStore.Extent.NONE, false), turn, budget, this);
  }

  private long ownedBy(UserId user) {
    return flows.values().stream().filter(flow -> flow.owner.user().equals(user)).count();
  }

  void drop(Session session, PeerMessage.DropBlob message) {
    BlobFlow flow = flows.get(message.blob());
    if (flow == null || !flow.owner.equals(session.who())) {
      turn.write(session, new RelayMessage.Done(message.ref()));
    } else {
      flow.remove(
          RemovedReason.CANCELLED,
          FaultCode.CANCELLED,
          () -> turn.write(session, new RelayMessage.Done(message.ref())),
          fault -> turn.refuse(session, message.ref(), fault));
    }
  }

  /** A recipient is done or declines. */
  void leave(Session session, int ref, BlobId blob, RecipientState state) {
    BlobFlow flow = flows.get(blob);
    Recipient recipient = flow == null ? null : flow.recipient(session.who());
    if (flow == null || recipient == null) {
      FaultCode code =
          flow != null && flow.owner.equals(session.who())
              ? FaultCode.BLOB_DENIED
              : FaultCode.BLOB_UNKNOWN;
      turn.refuse(session, ref, new Fault(code, "no such blob for this device"));
    } else {
      flow.leave(
          recipient,
          state,
          () -> turn.write(session, new RelayMessage.Done(ref)),
          fault -> turn.refuse(session, ref, fault));
    }
  }

  // Data connections.

  void put(Session session, PeerMessage.Put message) {
    BlobFlow flow = ofOwner(session, message.blob());
    if (flow == null) {
      return;
    }
    if (turn.store() == HubStatus.State.STOPPED) {
      turn.refuse(
          session, message.blob(), new Fault(FaultCode.STORE_STOPPED, "the disk failed"), 0);
      return;
    }
    session.puts.add(message.blob());
    flow.put(session);
  }

  void slice(Session session, Slice slice, Frame frame) {
    BlobFlow flow = flows.get(slice.blob());
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
    BlobFlow flow = flows.get(message.blob());
    Recipient recipient = flow == null ? null : flow.recipient(session.who());
    if (flow == null || recipient == null) {
      denied(session, message.blob(), flow);
    } else {
      session.gets.removeIf(blob -> !flows.containsKey(blob));
      session.gets.add(message.blob());
      if (session.gets.size() > MOST_GETS) {
        turn.close(session, FaultCode.RATE_LIMITED, "too many downloads on one connection");
        return;
      }
      flow.get(session, recipient, message.from());
    }
  }

  void held(Session session, PeerMessage.Held message) {
    BlobFlow flow = flows.get(message.blob());
    Recipient recipient = flow == null ? null : flow.recipient(session.who());
    if (flow != null && recipient != null) {
      flow.held(session, recipient, message.upTo());
    } else if (!session.gets.contains(message.blob())) {
      denied(session, message.blob(), flow);
    }
  }

  private @Nullable BlobFlow ofOwner(Session session, BlobId blob) {
    BlobFlow flow = flows.get(blob);
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
    settle(session.gets);
  }

  void closed(Session session) {
    session.puts.addAll(session.gets);
    for (BlobId blob : session.puts) {
      BlobFlow flow = flows.get(blob);
      if (flow != null) {
        flow.closed(session);
      }
    }
  }

  private void settle(Set<BlobId> blobs) {
    blobs.removeIf(blob -> !flows.containsKey(blob));
    for (BlobId blob : List.copyOf(blobs)) {
      BlobFlow flow = flows.get(blob);
      if (flow != null) {
        flow.settle();
      }
    }
  }

  // The disk.

  void forced(HubEvent.PartForced event) {
    turn.wrote();
    BlobFlow flow = flows.get(event.blob());
    if (flow != null) {
      flow.forced(event.upTo());
    }
  }

  void notWritten(HubEvent.PartNotWritten event) {
    turn.note(event.fault());
    BlobFlow flow = flows.get(event.blob());
    if (flow != null) {
      flow.notWritten(event.part(), event.fault());
    }
  }

  void read(HubEvent.PartRead event, Session session) {
    session.partRead();
    BlobFlow flow = flows.get(event.blob());
    if (flow != null) {
      flow.read(session, event.part(), event.slices());
    }
    settle(session.gets);
  }

  void notRead(HubEvent.PartNotRead event, Session session) {
    session.partRead();
    BlobFlow flow = flows.get(event.blob());
    if (flow != null) {
      flow.notRead(session, event.part(), event.fault());
    }
    settle(session.gets);
  }

  // Time, users, and the room all share.

  void tick() {
    for (BlobFlow flow : List.copyOf(flows.values())) {
      long idle = turn.now() - flow.lastActive();
      if (idle >= (flow.sealed() ? SEALED_MILLIS : UNSEALED_MILLIS)) {
        if (!flow.ending()) {
          flow.remove(RemovedReason.EXPIRED, FaultCode.BLOB_EXPIRED, () -> {}, fault -> {});
        }
      } else if (!flow.dormant()) {
        flow.tick();
      }
    }
  }

  void dropUser(UserId user) {
    for (BlobFlow flow : List.copyOf(flows.values())) {
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
    // Once an event: it looks at every blob.
    if (!reclaimed) {
      reclaimed = true;
      flows.values().forEach(BlobFlow::relieve);
    }
  }

  @Override
  public void forget(BlobFlow flow) {
    flows.remove(flow.id, flow);
    line.put(flow, Wait.NONE);
    roomFreed = true;
  }
}
