package dev.waxwing.relay.core;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.LoginTranscript;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A hub with a scripted shell around it: a tiny store, sockets that take everything, a clock. */
final class HubRig {
  static final Signing SIGNING = Suite.wx1().signing();
  static final Signing.Pair RELAY = pair(1);
  static final Bytes BINDING = bytes(32, 7);

  final TinyStore store = new TinyStore();
  Hub hub;
  final Deque<HubEffect.Ask> asks = new ArrayDeque<>();
  final List<HubEffect> all = new ArrayList<>();
  final Map<ConnectionId, Long> forwarded = new HashMap<>();
  final Map<ConnectionId, List<Out>> out = new HashMap<>();
  final Map<ConnectionId, RelayMessage.Bye> byes = new HashMap<>();

  /** Whether the store answers at once. */
  boolean answering = true;

  /** Whether sockets take at once what is written. */
  boolean flowing = true;

  long now = 1_000_000;

  /** How far the clock is from where it would be if nobody had set it. */
  long jumped;

  private long connections;

  /** A frame the hub wrote. */
  record Out(RelayMessage message, Bytes body) {}

  HubRig() {
    this(Policy.byInvite("test"));
  }

  HubRig(Policy policy) {
    hub = hub(policy);
  }

  /** The relay's process dies and starts again on the same store. */
  void restart(Policy policy) {
    hub = hub(policy);
    asks.clear();
    out.clear();
    byes.clear();
  }

  private static Hub hub(Policy policy) {
    Random random = new Random(42);
    return new Hub(
        policy,
        SIGNING,
        RELAY,
        count -> {
          byte[] bytes = new byte[count];
          random.nextBytes(bytes);
          return Bytes.of(bytes);
        });
  }

  /** Someone with one device and all their keys. */
  static final class Person {
    final Address who;
    final Signing.Pair account;
    final Signing.Pair device;
    final Bytes record;

    Person(String name, int number) {
      who = new Address(new UserId(name), new DeviceId(bytes(8, number)));
      account = pair(100 + number);
      device = pair(200 + number);
      record =
          Bytes.of(
              new UserRecord(
                      who.user(),
                      0,
                      Bytes.EMPTY,
                      account.publicKey(),
                      bytes(UserRecord.VAULT_KEY, number),
                      List.of(
                          new UserRecord.Device(
                              who.device(), device.publicKey(), bytes(32, number))),
                      5)
                  .sign(SIGNING, account)
                  .toBytes());
    }

    PeerMessage.Register register(LoginTranscript transcript, Bytes token, String password) {
      return new PeerMessage.Register(
          who.user(),
          who.device(),
          token,
          password,
          transcript.signRegistration(SIGNING, account, who, record),
          transcript.signAsDevice(SIGNING, device, who));
    }

    PeerMessage.Login login(LoginTranscript transcript) {
      return new PeerMessage.Login(
          who.user(), who.device(), transcript.signAsDevice(SIGNING, device, who));
    }
  }

  static Signing.Pair pair(int seed) {
    return SIGNING.pair(Secret.copyOf(bytes(32, seed).toArray()));
  }

  /** A time at which nobody has set the clock. */
  static Moment at(long now) {
    return new Moment(now, now);
  }

  static Bytes bytes(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return Bytes.of(bytes);
  }

  static Bytes prekey(dev.waxwing.identity.Prekeys.Kind kind) {
    return Bytes.of(
        new dev.waxwing.identity.Prekeys.Prekey(kind, 1, 1, bytes(kind.length(), 1), bytes(64, 1))
            .encode());
  }

  static Frame frame(byte[] body) {
    return Frame.of(new byte[] {'{', '}'}, body);
  }

  static MessageId id(long number) {
    return new MessageId(Bytes.of(java.nio.ByteBuffer.allocate(16).putLong(8, number).array()));
  }

  List<HubEffect> on(HubEvent event) {
    List<HubEffect> effects = hub.on(event, new Moment(now + jumped, now));
    all.addAll(effects);
    Map<ConnectionId, Long> written = new TreeMap<>((a, b) -> Long.compare(a.number(), b.number()));
    for (HubEffect effect : effects) {
      if (effect instanceof HubEffect.Write write) {
        out.computeIfAbsent(write.connection(), c -> new ArrayList<>())
            .add(new Out(write.message(), write.body().toBytes()));
        written.merge(write.connection(), (long) write.body().length(), Long::sum);
      } else if (effect instanceof HubEffect.Forward forward) {
        written.merge(forward.connection(), (long) forward.frame().bodyLength(), Long::sum);
        forwarded.merge(forward.connection(), (long) forward.frame().bodyLength(), Long::sum);
      } else if (effect instanceof HubEffect.Close close) {
        byes.put(close.connection(), close.bye());
      } else if (effect instanceof HubEffect.Ask ask) {
        asks.add(ask);
      }
    }
    if (flowing) {
      written.forEach(
          (connection, bytes) -> {
            if (bytes > 0) {
              on(new HubEvent.Written(connection, bytes));
            }
          });
    }
    if (answering) {
      answerAll();
    }
    return effects;
  }

  void answerAll() {
    while (!asks.isEmpty()) {
      answer();
    }
  }

  void answer() {
    HubEffect.Ask ask = asks.remove();
    on(new HubEvent.Answered(ask.ticket(), ask.call().on(store)));
  }

  void fail(FaultCode code) {
    on(new HubEvent.Answered(asks.remove().ticket(), TinyStore.failed(code)));
  }

  ConnectionId open() {
    return open("10.0.0.1");
  }

  ConnectionId open(String address) {
    ConnectionId connection = new ConnectionId(++connections);
    on(new HubEvent.Opened(connection, address, BINDING));
    return connection;
  }

  void say(ConnectionId connection, PeerMessage message) {
    say(connection, message, new byte[0]);
  }

  void say(ConnectionId connection, PeerMessage message, byte[] body) {
    on(new HubEvent.Received(connection, message, frame(body)));
  }

  LoginTranscript hello(ConnectionId connection) {
    Bytes nonce = bytes(32, 9);
    say(connection, new PeerMessage.Hello(1, nonce));
    RelayMessage.RelayHello hello = last(connection, RelayMessage.RelayHello.class);
    return new LoginTranscript(hello.relay(), nonce, hello.challenge(), hello.binding());
  }

  /** Enters someone into the store without ceremony. */
  Person known(String name, int number) {
    Person person = new Person(name, number);
    store.register(
        new StoreCall.Register(
            new dev.waxwing.relay.store.Registration(
                person.who.user(),
                person.account.publicKey(),
                person.who.device(),
                person.record,
                null),
            now));
    return person;
  }

  ConnectionId login(Person person) {
    ConnectionId connection = open();
    say(connection, person.login(hello(connection)));
    return connection;
  }

  ConnectionId data(ConnectionId control) {
    say(control, new PeerMessage.OpenData(77));
    Bytes token = last(control, RelayMessage.DataToken.class).token();
    ConnectionId connection = open();
    hello(connection);
    say(connection, new PeerMessage.Bind(token));
    return connection;
  }

  void send(ConnectionId from, long id, Person to, int length) {
    say(
        from,
        new PeerMessage.Send(
            id(id), to.who.user(), List.of(new PeerMessage.Target(to.who.device(), length))),
        new byte[length]);
  }

  void ack(ConnectionId connection, RelayMessage.Deliver deliver) {
    say(
        connection,
        new PeerMessage.Ack(
            store.epoch, List.of(new PeerMessage.Mail(deliver.seq(), deliver.id()))));
  }

  <T extends RelayMessage> List<T> said(ConnectionId connection, Class<T> type) {
    List<T> found = new ArrayList<>();
    for (Out one : out.getOrDefault(connection, List.of())) {
      if (type.isInstance(one.message())) {
        found.add(type.cast(one.message()));
      }
    }
    return found;
  }

  <T extends RelayMessage> T last(ConnectionId connection, Class<T> type) {
    List<T> found = said(connection, type);
    if (found.isEmpty()) {
      throw new AssertionError(
          "no " + type.getSimpleName() + " on " + connection + ": " + out.get(connection) + byes);
    }
    return found.get(found.size() - 1);
  }

  FaultCode bye(ConnectionId connection) {
    RelayMessage.Bye bye = byes.get(connection);
    return bye == null ? null : bye.code();
  }

  FaultCode refused(ConnectionId connection) {
    return last(connection, RelayMessage.Refused.class).code();
  }

  boolean did(Class<? extends HubEffect> type) {
    return all.stream().anyMatch(type::isInstance);
  }
}
