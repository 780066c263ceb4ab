package dev.waxwing.peer.session;

import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.PeerStore.ContactRow;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.peer.session.PeerStore.OutboxRow;
import dev.waxwing.peer.store.MemoryPeerStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A session with its store and its line to the relay; nothing moves by itself. */
final class Peer {
  static final Suite SUITE = Suite.wx1();

  final Identity identity;
  final RelayModel relay;
  final Clock clock;
  final Random random;
  final List<PeerEffect> effects = new ArrayList<>();
  final Deque<Said> toRelay = new ArrayDeque<>();
  final Deque<PeerInput.Incoming> fromRelay = new ArrayDeque<>();

  /** The relay's memory of this connection: refused and not come again, by recipient. */
  final Map<UserId, Set<MessageId>> refused = new HashMap<>();

  MemoryPeerStore store = new MemoryPeerStore();
  PeerSession session;
  long delivered;
  boolean online;

  /** Something on its way to the relay. */
  record Said(PeerMessage message, byte[] body) {}

  /** Everybody's time. */
  static final class Clock {
    long now = World.START;
  }

  Peer(String name, RelayModel relay, Clock clock, long seed) {
    this.random = new Random(seed);
    this.identity = Identity.create(SUITE, new UserId(name), this::bytes, clock.now);
    this.relay = relay;
    this.clock = clock;
    start();
  }

  /** The same person with another identity or an empty store. */
  Peer(Identity identity, Peer before) {
    this.random = before.random;
    this.identity = identity;
    this.relay = before.relay;
    this.clock = before.clock;
    start();
  }

  /** Another identity of this person, with a device of its own, that the account's key signed. */
  Identity successor() {
    Identity fresh = Identity.create(SUITE, user(), this::bytes, clock.now);
    UserRecord keys = fresh.record().record();
    UserRecord record =
        new UserRecord(
            user(),
            identity.record().record().seq() + 1,
            hash(identity.record()),
            keys.accountKey(),
            keys.vaultKey(),
            keys.devices(),
            clock.now);
    return new Identity(
        fresh.account(),
        fresh.vaultSeed(),
        fresh.signing(),
        fresh.agreement(),
        record.sign(SUITE.signing(), identity.account()));
  }

  /** What the next record names as the one before. */
  static Bytes hash(UserRecord.Signed record) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(record.encoded().toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  byte[] bytes(int length) {
    byte[] value = new byte[length];
    random.nextBytes(value);
    return value;
  }

  private void start() {
    session = new PeerSession(store, SUITE, identity, this::bytes, new Log());
  }

  /** Writes down what arrives, in its transaction: one line a text, in the order of storing. */
  private static final class Log implements TransferLedger {
    @Override
    public void store(PeerStore.Tx tx, Address from, Content content, long now) {
      Visible.of(content)
          .ifPresent(
              visible -> {
                String name = "log/" + from.user();
                String before = tx.value(name).map(Peer::text).orElse("");
                String after = before + visible.text() + "\n";
                tx.putValue(name, after.getBytes(StandardCharsets.UTF_8));
              });
    }

    @Override
    public void admit(PeerStore.Tx tx, UserId to, Content content) {}

    @Override
    public void givenUp(PeerStore.Tx tx, UserId to, Content content, Fault fault, long now) {}
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  Address address() {
    return identity.address();
  }

  UserId user() {
    return identity.user();
  }

  /** One input; its effects are carried out. A store that dies takes the process with it. */
  void on(PeerInput input) {
    List<PeerEffect> done;
    try {
      done = session.on(input, clock.now);
    } catch (MemoryPeerStore.Crashed crashed) {
      crash();
      return;
    }
    for (PeerEffect effect : done) {
      effects.add(effect);
      if (effect instanceof PeerEffect.Transmit transmit && online) {
        PeerMessage read =
            HeaderCodec.peerMessage(HeaderCodec.frame(transmit.message(), transmit.body()));
        toRelay.add(new Said(read, transmit.body()));
      }
    }
  }

  /** The process ends; another begins with what is on disk. */
  void crash() {
    disconnect();
    store.restart();
    start();
  }

  void connect() {
    if (!online) {
      online = true;
      delivered = 0;
      RelayMessage.Welcome welcome = relay.welcome(this, clock.now);
      on(new PeerInput.LinkUp(welcome));
      if (online) {
        relay.deliverAll(this);
      }
    }
  }

  void disconnect() {
    if (online) {
      online = false;
      relay.online.remove(address(), this);
      toRelay.clear();
      fromRelay.clear();
      refused.clear();
    }
  }

  /** The connection ends and the session hears of it. */
  void drop() {
    if (online) {
      disconnect();
      on(new PeerInput.LinkDown());
    }
  }

  void hears(RelayMessage message, byte[] body) {
    if (message instanceof RelayMessage.Deliver deliver) {
      delivered = Math.max(delivered, deliver.seq());
    }
    fromRelay.add(new PeerInput.Incoming(message, body));
  }

  /** The relay takes one message of this peer. */
  boolean relayTakes() {
    Said said = toRelay.poll();
    if (said != null) {
      relay.handle(this, said.message(), said.body());
    }
    return said != null;
  }

  /** The session takes up to so many messages of the relay at once. */
  boolean takes(int most) {
    List<PeerInput.Incoming> batch = new ArrayList<>();
    while (batch.size() < most && !fromRelay.isEmpty()) {
      batch.add(fromRelay.poll());
    }
    if (!batch.isEmpty()) {
      on(new PeerInput.Received(List.copyOf(batch)));
    }
    return !batch.isEmpty();
  }

  MessageId say(Peer to, String text) {
    return tell(to.user(), new Content.Text(text));
  }

  MessageId tell(UserId to, Content content) {
    MessageId id = new MessageId(Bytes.of(bytes(MessageId.LENGTH)));
    on(new PeerInput.Submit(id, to, content));
    return id;
  }

  void decide(Peer about, PeerInput.Decide.Decision decision) {
    Bytes compared =
        decision == PeerInput.Decide.Decision.VERIFY ? about.identity.account().publicKey() : null;
    on(new PeerInput.Decide(about.user(), decision, compared));
  }

  ContactRow contact(Peer other) {
    return store.transact(tx -> tx.contact(other.user())).orElseThrow();
  }

  MessageRow.State state(MessageId id) {
    return store.transact(tx -> tx.message(id)).map(MessageRow::state).orElse(null);
  }

  int outbox(OutboxRow.State state) {
    return store.transact(tx -> tx.outboxSize(state));
  }

  /** The texts stored from somebody, in order. */
  List<String> heard(UserId from) {
    return store.transact(tx -> tx.value("log/" + from)).map(Peer::text).stream()
        .flatMap(String::lines)
        .toList();
  }

  List<String> notices() {
    List<String> notices = new ArrayList<>();
    for (PeerEffect effect : effects) {
      if (effect instanceof PeerEffect.Notice notice) {
        notices.add(notice.text());
      }
    }
    return notices;
  }

  List<Fault> undeliverable() {
    List<Fault> faults = new ArrayList<>();
    for (PeerEffect effect : effects) {
      if (effect instanceof PeerEffect.Undeliverable gone) {
        faults.add(gone.fault());
      }
    }
    return faults;
  }

  /** How the last look for somebody ended; null when they were found. */
  FaultCode looked() {
    PeerEffect.Looked last = null;
    for (PeerEffect effect : effects) {
      if (effect instanceof PeerEffect.Looked looked) {
        last = looked;
      }
    }
    return last == null || last.fault() == null ? null : last.fault().code();
  }

  /** An ack means stored: read, set aside, or not wanted. */
  void requireStored(RelayModel.Row row) {
    boolean kept =
        store.transact(
            tx ->
                tx.seen(row.from(), row.id())
                    || tx.quarantined() > 0
                    || tx.contact(row.from().user())
                        .filter(contact -> contact.marks().blocked())
                        .isPresent());
    if (!kept) {
      throw new AssertionError("acked, not stored: " + row);
    }
  }
}
