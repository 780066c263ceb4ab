package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.store.BlobCatalog;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One {@link BlobFlow} with a disk that can be slow or full, sockets that can be slow, and a check
 * after every step: kept parts are safe, memory is bounded, readers get every part once and in
 * order.
 */
final class BlobRig implements BlobSurroundings {
  static final BlobId BLOB = new BlobId(HubRig.bytes(16, 8));
  static final Address OWNER = device("owner", 1);
  static final byte[] CONTENT = new byte[WireLimits.MAX_PART];
  private static final long NOTHING = Long.MAX_VALUE;

  final Turn turn = new Turn();
  final Rules rules;
  final BlobBudget budget;
  BlobFlow flow;
  final List<Address> recipients = new ArrayList<>();
  final Set<Address> online = new HashSet<>();
  final List<RelayMessage> toOwner = new ArrayList<>();
  final Map<Session, Deque<Long>> sockets = new HashMap<>();
  final Map<Session, List<RelayMessage>> said = new HashMap<>();
  final Map<Session, Reading> readings = new HashMap<>();
  final Set<Session> paused = new HashSet<>();
  final Deque<HubEffect> disk = new ArrayDeque<>();
  private final Deque<Runnable> news = new ArrayDeque<>();
  final TreeMap<Long, Integer> written = new TreeMap<>();
  final List<StoreCall> calls = new ArrayList<>();
  final Map<Address, Long> reallyHeld = new HashMap<>();
  final Map<Address, RecipientState> states = new HashMap<>();
  long forced;
  int spilled;
  boolean diskFull;

  /** Whether what the disk says waits for {@link #hear}. */
  boolean newsWaits;

  /** The part the disk could not write: it passes over those behind until this one comes again. */
  private long lacking = NOTHING;

  private boolean unforced;

  boolean deleted;
  long mostMemory;

  /** Planted fault: a written part counts as forced. */
  boolean keptWhenWritten;

  /** Planted fault: an ack counts for more than the recipient holds. */
  boolean acksBeforeHolding;

  long now = 1_000_000;
  private long connections;
  private BlobRecord.Seal sealed;

  /** Where one reader's bytes stand. */
  static final class Reading {
    final Address who;
    long part;
    int at;
    boolean ended;

    Reading(Address who, long from) {
      this.who = who;
      this.part = from;
    }
  }

  BlobRig(int readers, Policy.Blobs limits) {
    Policy.Limits some = Policy.Limits.DEFAULT;
    rules =
        new Rules(
            new Policy(
                "test",
                Policy.Registration.OPEN,
                Policy.Visibility.OPEN,
                new Policy.Limits(
                    10, 10, some.messages(), some.bundles(), some.attempts(), limits)),
            HubRig.SIGNING,
            HubRig.RELAY,
            count -> HubRig.bytes(count, 1));
    budget = new BlobBudget(rules);
    for (int i = 0; i < readers; i++) {
      Address reader = device("reader" + i, i + 2);
      recipients.add(reader);
      online.add(reader);
      states.put(reader, RecipientState.ACTIVE);
      reallyHeld.put(reader, 0L);
    }
    turn.begin(HubRig.at(now));
    flow = new BlobFlow(start(BlobStore.Extent.NONE, false), turn, budget, this);
  }

  BlobFlow.Start start(BlobStore.Extent extent, boolean restored) {
    return new BlobFlow.Start(
        new BlobRecord(BLOB, OWNER, new BlobRecord.Times(now, now), sealed, new TreeMap<>(states)),
        extent,
        restored);
  }

  static Address device(String name, int number) {
    return new Address(new UserId(name), new DeviceId(HubRig.bytes(8, number)));
  }

  Session connect(Address who) {
    Session session =
        new Session(
            new HubEvent.Opened(new ConnectionId(++connections), "10.0.0.1", Bytes.EMPTY), now);
    session.who = who;
    session.state = SessionState.BOUND;
    sockets.put(session, new ArrayDeque<>());
    said.put(session, new ArrayList<>());
    return session;
  }

  void step(Runnable action) {
    turn.begin(HubRig.at(now));
    action.run();
    carryOut();
    check();
  }

  /** One slice of a part of full length, or of {@code of} bytes where that is given. */
  void slice(Session uploader, long part, int at, int of) {
    Slice slice = new Slice(BLOB, part, at, of);
    Frame frame =
        Frame.of(
            ("{\"part\":" + part + ",\"at\":" + at + "}")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8),
            CONTENT,
            0,
            SliceGrid.length(slice));
    step(() -> flow.slice(uploader, slice, frame));
  }

  void part(Session uploader, long part) {
    int of = WireLimits.partLength(part);
    for (int at = 0; at < of; ) {
      slice(uploader, part, at, of);
      at += SliceGrid.length(new Slice(BLOB, part, at, of));
    }
  }

  void get(Session session, long from) {
    readings.put(session, new Reading(session.who(), from));
    // What a device states it has, it has.
    reallyHeld.merge(session.who(), from, Math::max);
    step(() -> flow.get(session, flow.recipient(session.who()), from));
  }

  void held(Session session, long upTo) {
    reallyHeld.merge(session.who(), acksBeforeHolding ? upTo - 1 : upTo, Math::max);
    step(() -> flow.held(session, flow.recipient(session.who()), upTo));
  }

  void close(Session session) {
    session.state = SessionState.CLOSING;
    sockets.remove(session);
    paused.remove(session);
    step(() -> flow.closed(session));
  }

  void tick(long millis) {
    now += millis;
    step(flow::tick);
  }

  private void carryOut() {
    for (List<HubEffect> effects = turn.end(); !effects.isEmpty(); effects = turn.end()) {
      effects.forEach(this::carryOut);
      freeRoom();
    }
  }

  private boolean roomFreed;

  private void freeRoom() {
    if (roomFreed) {
      roomFreed = false;
      if (!deleted) {
        flow.wantRoom();
      }
    }
  }

  private void carryOut(HubEffect effect) {
    if (effect instanceof HubEffect.Write write) {
      Session session = session(write.connection());
      said.get(session).add(write.message());
      if (write.message() instanceof RelayMessage.End) {
        Reading reading = readings.get(session);
        demand(!reading.ended && reading.at == 0, "an end in the middle");
        reading.ended = true;
      }
      if (write.message() instanceof RelayMessage.Kept kept) {
        checkKept(kept.upTo());
      } else if (write.message() instanceof RelayMessage.PutFrom from) {
        checkKept(from.part());
      }
    } else if (effect instanceof HubEffect.Forward forward) {
      receive(session(forward.connection()), forward.frame());
    } else if (effect instanceof HubEffect.PauseReading pause) {
      paused.add(session(pause.connection()));
    } else if (effect instanceof HubEffect.ResumeReading resume) {
      paused.remove(session(resume.connection()));
    } else if (effect instanceof HubEffect.WritePart
        || effect instanceof HubEffect.ReadPart
        || effect instanceof HubEffect.FreeBelow) {
      spilled += effect instanceof HubEffect.WritePart ? 1 : 0;
      disk.add(effect);
    } else if (effect instanceof HubEffect.DeleteBlob) {
      disk.clear();
      news.clear();
      written.clear();
      deleted = true;
    } else if (effect instanceof HubEffect.Ask ask) {
      calls.add(ask.call());
      if (ask.call() instanceof StoreCall.SetRecipient set) {
        states.put(set.recipient(), set.state());
      } else if (ask.call() instanceof StoreCall.SealBlob seal) {
        checkKept(seal.seal().parts());
        sealed = seal.seal();
      }
      turn.answered(
          new HubEvent.Answered(
              ask.ticket(),
              ask.call() instanceof StoreCall.SealBlob
                  ? new StoreReply.Sealed(BlobCatalog.SealOutcome.SEALED)
                  : new StoreReply.Changed(true)));
    }
  }

  private Session session(ConnectionId connection) {
    return said.keySet().stream()
        .filter(session -> session.connection.equals(connection))
        .findFirst()
        .orElseThrow();
  }

  private void receive(Session session, Frame frame) {
    Deque<Long> socket = sockets.get(session);
    demand(socket != null, "a frame for a closed connection");
    socket.add((long) frame.bodyLength());
    String header =
        new String(frame.array(), 2, frame.headerLength(), java.nio.charset.StandardCharsets.UTF_8);
    Reading reading = readings.get(session);
    demand(
        header.equals("{\"part\":" + reading.part + ",\"at\":" + reading.at + "}"),
        "reader at " + reading.part + "+" + reading.at + " got " + header);
    reading.at += frame.bodyLength();
    if (reading.at >= WireLimits.partLength(reading.part) || isShort(reading)) {
      reading.part++;
      reading.at = 0;
    }
  }

  private long shortPart = -1;
  private int shortLength;

  void shortPart(long part, int length) {
    shortPart = part;
    shortLength = length;
  }

  void lastPart(Session uploader, long part, int length) {
    shortPart(part, length);
    for (int at = 0; at < length; ) {
      slice(uploader, part, at, length);
      at += SliceGrid.length(new Slice(BLOB, part, at, length));
    }
  }

  private boolean isShort(Reading reading) {
    return reading.part == shortPart && reading.at >= shortLength;
  }

  /** The socket of a session takes the oldest frame. */
  boolean drain(Session session) {
    Deque<Long> socket = sockets.get(session);
    if (socket == null || socket.isEmpty()) {
      return false;
    }
    long bytes = socket.remove();
    step(
        () -> {
          session.written(bytes);
          flow.written(session);
        });
    return true;
  }

  /** The disk does the oldest thing it was asked. */
  boolean turnDisk() {
    HubEffect effect = disk.poll();
    if (effect instanceof HubEffect.WritePart write) {
      write(write.part(), write.slices().stream().mapToInt(Frame::bodyLength).sum());
    } else if (effect instanceof HubEffect.ReadPart read) {
      Session session = session(read.connection());
      if (written.containsKey(read.part())) {
        List<Frame> frames = new ArrayList<>();
        int of = written.get(read.part());
        for (int at = 0; at < of; ) {
          int length = SliceGrid.length(new Slice(BLOB, read.part(), at, of));
          frames.add(
              Frame.of(
                  ("{\"part\":" + read.part() + ",\"at\":" + at + "}")
                      .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                  CONTENT,
                  0,
                  length));
          at += length;
        }
        tell(
            () -> {
              session.partRead();
              flow.read(session, read.part(), frames);
            });
      } else if (sockets.containsKey(session)) {
        throw new AssertionError("read of part " + read.part() + ", which is not on disk");
      }
    } else if (effect instanceof HubEffect.FreeBelow free) {
      written.headMap(free.part(), false).clear();
      lacking = free.part() >= lacking ? NOTHING : lacking;
    }
    return effect != null;
  }

  private void write(long part, int bytes) {
    if (part > lacking) {
      return;
    }
    lacking = NOTHING;
    if (written.isEmpty()) {
      forced = part;
    }
    boolean next = written.isEmpty() || part == written.lastKey() + 1;
    if (!written.containsKey(part) && (diskFull || !next)) {
      fail(part, next ? FaultCode.DISK_FULL : FaultCode.BLOB_CONFLICT);
      return;
    }
    written.put(part, bytes);
    unforced = true;
    if (keptWhenWritten) {
      tell(() -> flow.forced(part + 1));
    }
  }

  private void fail(long part, FaultCode code) {
    lacking = part;
    tell(() -> flow.notWritten(part, new Fault(code, "planted")));
  }

  void force() {
    if (!unforced || written.isEmpty()) {
      return;
    }
    unforced = false;
    long end = written.lastKey() + 1;
    if (diskFull && forced < end) {
      fail(forced, FaultCode.DISK_FULL);
      return;
    }
    forced = end;
    tell(() -> flow.forced(end));
  }

  private void tell(Runnable what) {
    news.add(what);
    if (!newsWaits) {
      hear();
    }
  }

  /** What the disk has said so far reaches the flow. */
  void hear() {
    while (!news.isEmpty()) {
      step(news.remove());
    }
  }

  void settleDisk() {
    while (turnDisk()) {
      force();
    }
    force();
    hear();
  }

  /** What is acked to the uploader is forced here or held by everybody who still wants it. */
  private void checkKept(long upTo) {
    for (Address reader : recipients) {
      if (states.get(reader) == RecipientState.ACTIVE) {
        for (long part = reallyHeld.get(reader); part < upTo; part++) {
          demand(
              written.containsKey(part) && part < forced,
              "part " + part + " said to be kept, but " + reader + " lacks it");
        }
      }
    }
  }

  private void check() {
    Policy.Blobs limits = budget.limits();
    mostMemory = Math.max(mostMemory, flow.parts.memoryBytes());
    demand(
        flow.parts.memoryBytes() <= limits.windowBytes() + WireLimits.MAX_PART,
        "memory of " + flow.parts.memoryBytes());
    demand(budget.memory() >= 0 && budget.disk() >= 0, "negative accounts");
    boolean diskDone = disk.isEmpty() && news.isEmpty() && !written.isEmpty();
    demand(
        !diskDone || !flow.parts.spilling() || flow.parts.next() <= written.lastKey() + 1,
        "nothing will be written behind " + written + ", the next part is " + flow.parts.next());
    for (Map.Entry<Session, Deque<Long>> socket : sockets.entrySet()) {
      long queued = socket.getValue().stream().mapToLong(Long::longValue).sum();
      demand(queued <= BlobReader.HIGH + WireLimits.MAX_PART, "a queue of " + queued);
    }
  }

  static void demand(boolean right, String what) {
    if (!right) {
      throw new AssertionError(what);
    }
  }

  <T extends RelayMessage> T last(Session session, Class<T> type) {
    T found = null;
    for (RelayMessage message : said.get(session)) {
      if (type.isInstance(message)) {
        found = type.cast(message);
      }
    }
    demand(found != null, "no " + type.getSimpleName() + " in " + said.get(session));
    return found;
  }

  boolean heard(Session session, Class<? extends RelayMessage> type) {
    return said.get(session).stream().anyMatch(type::isInstance);
  }

  @Override
  public boolean online(Address device) {
    return online.contains(device);
  }

  @Override
  public void tell(Address device, RelayMessage message) {
    toOwner.add(message);
  }

  @Override
  public void roomFreed() {
    roomFreed = true;
  }

  @Override
  public boolean mayOvertake(BlobFlow other) {
    return true;
  }

  @Override
  public void waits(BlobFlow other, Wait wait) {}

  @Override
  public void reclaim() {
    flow.relieve();
  }

  @Override
  public void changed(BlobFlow other) {}

  @Override
  public void forget(BlobFlow other) {}
}
