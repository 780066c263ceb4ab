package dev.waxwing.peer.api;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.age.AgeIdentity;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.files.OnClash;
import dev.waxwing.peer.net.RelayConnection;
import dev.waxwing.peer.net.RelayDialer;
import dev.waxwing.peer.ratchet.SafetyNumber;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.peer.session.PeerEffect;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerSession;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.peer.session.PeerStore.OutboxRow;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.peer.transfer.Receiving;
import dev.waxwing.peer.transfer.Sending;
import dev.waxwing.peer.transfer.TransferBook;
import dev.waxwing.peer.transfer.Transfers;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A peer in this process. Owns the profile's store and one connection to the relay, which it keeps
 * up by itself. The profile must be held by nobody else ({@code ProfileLock}).
 */
public final class PeerClient implements Peer {
  private static final long TICK_MILLIS = 5_000;
  private static final int TEXT_LIMIT = WireLimits.MAX_PLAINTEXT - 1_024;

  private final PeerStore store;
  private final Suite suite;
  private final Identity identity;
  private final Membership membership;
  private final SecureRandom random = new SecureRandom();
  private final RelayDialer dialer;
  private final EventStream events = new EventStream();
  private final Waits waits = new Waits();
  private final Map<UserId, Boolean> presence = new ConcurrentHashMap<>();
  private final Map<MessageId, Fault> refusals = new ConcurrentHashMap<>();
  private final TransferBook book = new TransferBook();
  private final PeerLoop loop;
  private final RelayLink link;
  private final PeerHost host;
  private final Transfers transfers;
  private volatile Link linkState = new Link(Link.State.CONNECTING, null, "", 0, 0);
  private volatile boolean peopleKnown;
  private volatile @Nullable AutoCloseable closeFirst;
  private volatile @Nullable AutoCloseable closeLast;

  /**
   * A client over an opened store; starts at once.
   *
   * @param folder where transfers under way keep their leaves
   * @throws Fault NOT_JOINED
   */
  public PeerClient(PeerStore store, Suite suite, Path folder) {
    this.store = store;
    this.suite = suite;
    this.identity = store.transact(tx -> load(tx, suite));
    this.membership =
        store.transact(
            tx ->
                tx.value(Profiles.RELAY)
                    .map(Membership::decode)
                    .orElseThrow(
                        () -> new Fault(FaultCode.NOT_JOINED, "this profile has joined no relay")));
    this.dialer = new RelayDialer(suite, random);
    PeerSession session = new PeerSession(store, suite, identity, this::randomBytes, book);
    this.loop = new PeerLoop(store, session, this::carryOut, System::currentTimeMillis);
    this.link =
        new RelayLink(
            new RelayLink.Parts(dialer, membership.target(), identity, suite, random),
            loop,
            new LinkListener());
    this.host = new PeerHost(this, loop, link, waits, folder);
    this.transfers = new Transfers(host, suite, this::randomBytes);
    loop.every(TICK_MILLIS, () -> loop.inputHere(new PeerInput.Tick()));
    link.start();
    transfers.resumeAll();
  }

  private static Identity load(PeerStore.Tx tx, Suite suite) {
    return tx.value(Profiles.IDENTITY)
        .map(encoded -> Identity.decode(suite, encoded))
        .orElseThrow(() -> new Fault(FaultCode.NOT_JOINED, "this profile has joined no relay"));
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A data connection of this device. */
  RelayConnection openData() {
    RelayMessage.DataToken token = host.dataToken();
    RelayConnection data = dialer.dial(membership.target());
    data.send(new PeerMessage.Bind(token.token()), new byte[0]);
    if (data.require(10_000).message() instanceof RelayMessage.Bound) {
      return data;
    }
    data.close();
    throw new Fault(FaultCode.RELAY_TIMEOUT, "the relay took no data connection");
  }

  void publishTransfer(BlobId blob) {
    TransferBook.Entry entry = loop.store(tx -> book.find(tx, blob).orElse(null));
    if (entry != null) {
      events.publish(new PeerEvent.TransferChanged(Views.transfer(entry)));
    }
    waits.signal();
  }

  private void carryOut(PeerEffect effect) {
    effect.on(new Effects());
  }

  /** Keeps the state of the link. */
  private final class LinkListener implements RelayLink.Listener {
    @Override
    public void online(RelayConnection connection, RelayMessage.Welcome welcome) {
      presence.clear();
      peopleKnown = false;
      link.transmit(new PeerMessage.Who(host.watching(), true), new byte[0]);
      setLink(
          new Link(Link.State.ONLINE, null, "", welcome.time() - System.currentTimeMillis(), 0));
    }

    @Override
    public void offline(Fault fault, boolean forGood) {
      presence.clear();
      peopleKnown = false;
      host.linkLost(fault);
      setLink(
          new Link(
              forGood ? Link.State.OFFLINE : Link.State.CONNECTING,
              fault.code(),
              fault.what(),
              linkState.clockSkewMillis(),
              0));
    }

    private void setLink(Link next) {
      linkState = next;
      events.publish(new PeerEvent.LinkChanged(next));
      waits.signal();
    }
  }

  /** Carries out effects, on the loop's thread. */
  private final class Effects implements PeerEffect.Cases<Boolean> {
    @Override
    public Boolean transmit(PeerEffect.Transmit effect) {
      link.transmit(effect.message(), effect.body());
      return true;
    }

    @Override
    public Boolean messageChanged(PeerEffect.MessageChanged effect) {
      events.publish(new PeerEvent.MessageChanged(Views.message(effect.message())));
      waits.signal();
      return true;
    }

    @Override
    public Boolean contactChanged(PeerEffect.ContactChanged effect) {
      events.publish(new PeerEvent.ContactChanged(Views.contact(effect.contact())));
      waits.signal();
      return true;
    }

    @Override
    public Boolean contentArrived(PeerEffect.ContentArrived effect) {
      // Off this thread: a transfer asks this loop for its rows.
      host.later(() -> transfers.arrived(effect.from().user(), effect.content()));
      return true;
    }

    @Override
    public Boolean undeliverable(PeerEffect.Undeliverable effect) {
      refusals.put(effect.id(), effect.fault());
      host.later(() -> transfers.undeliverable(effect.to(), effect.content(), effect.fault()));
      events.publish(
          new PeerEvent.Notice(
              "a message to " + effect.to() + " was given up: " + effect.fault().what()));
      waits.signal();
      return true;
    }

    @Override
    public Boolean looked(PeerEffect.Looked effect) {
      host.looked(effect.user(), effect.fault());
      return true;
    }

    @Override
    public Boolean reply(PeerEffect.Reply effect) {
      return effect.message().on(new Replies(effect.body()));
    }

    @Override
    public Boolean notice(PeerEffect.Notice effect) {
      events.publish(new PeerEvent.Notice(effect.text()));
      return true;
    }
  }

  /** The relay's answers that are not the session's. */
  private final class Replies extends RelayReplies {
    Replies(byte[] body) {
      super(host, body);
    }

    @Override
    public Boolean people(RelayMessage.People message) {
      for (String line : text().split("\n", -1)) {
        if (line.length() > 1) {
          presence.put(new UserId(line.substring(1)), line.charAt(0) == '+');
        }
      }
      peopleKnown = !message.more();
      waits.signal();
      return true;
    }

    @Override
    public Boolean presence(RelayMessage.Presence message) {
      presence.put(message.user(), message.online());
      events.publish(new PeerEvent.PresenceChanged(message.user(), message.online()));
      return true;
    }

    @Override
    public Boolean detached(RelayMessage.Detached message) {
      transfers.detached(message.blob(), message.recipient().user());
      return true;
    }
  }

  @Override
  public Self self() {
    return new Self(
        identity.user(),
        identity.address().device(),
        identity.account().publicKey().toHex(),
        membership.name(),
        membership.target().addresses().get(0),
        membership.target().relay().toHex());
  }

  @Override
  public Link link() {
    int waiting =
        loop.store(
            tx -> tx.outboxSize(OutboxRow.State.QUEUED) + tx.outboxSize(OutboxRow.State.SEALED));
    Link now = linkState;
    return new Link(now.state(), now.fault(), now.detail(), now.clockSkewMillis(), waiting);
  }

  @Override
  public void awaitOnline(long timeoutMillis) {
    boolean online =
        waits.until(
            timeoutMillis,
            () -> {
              Link now = linkState;
              if (now.state() == Link.State.OFFLINE && now.fault() != null) {
                throw new Fault(now.fault(), now.detail());
              }
              return now.state() == Link.State.ONLINE;
            });
    if (!online) {
      Link now = linkState;
      FaultCode code = now.fault();
      throw code == null
          ? new Fault(FaultCode.RELAY_TIMEOUT, "the relay did not answer in time")
          : new Fault(code, now.detail());
    }
  }

  @Override
  public void settle(long timeoutMillis) {
    awaitOnline(timeoutMillis);
    waits.until(timeoutMillis, () -> peopleKnown);
  }

  @Override
  public List<Person> who() {
    waits.until(10_000, () -> peopleKnown || linkState.state() != Link.State.ONLINE);
    if (!peopleKnown) {
      throw new Fault(FaultCode.NETWORK_UNREACHABLE, "the relay is not reached");
    }
    Map<UserId, Contact> known = new ConcurrentHashMap<>();
    contacts().forEach(contact -> known.put(contact.user(), contact));
    return presence.entrySet().stream()
        .map(
            entry -> {
              Contact contact = known.get(entry.getKey());
              return new Person(
                  entry.getKey(),
                  entry.getValue(),
                  contact == null ? null : contact.alias(),
                  contact == null ? null : contact.trust());
            })
        .sorted(
            Comparator.comparing((Person person) -> !person.online()).thenComparing(Person::user))
        .toList();
  }

  @Override
  public List<Contact> contacts() {
    return loop.store(tx -> tx.contacts().stream().map(Views::contact).toList());
  }

  @Override
  public Contact contact(String name) {
    return contacts().stream()
        .filter(one -> name.equals(one.alias()) || name.equals(one.user().name()))
        .findFirst()
        .orElseThrow(() -> new Fault(FaultCode.CONTACT_UNKNOWN, "nobody here is called that"));
  }

  @Override
  public UserId resolve(String name) {
    return contacts().stream()
        .filter(one -> name.equals(one.alias()))
        .map(Contact::user)
        .findFirst()
        .orElseGet(() -> new UserId(name));
  }

  @Override
  public Contact addContact(UserId user) {
    host.look(user);
    return decide(user, PeerInput.Decide.Decision.ADD);
  }

  private Contact decide(UserId user, PeerInput.Decide.Decision decision) {
    loop.input(new PeerInput.Decide(user, decision));
    return contact(user.name());
  }

  @Override
  public Contact renameContact(UserId user, String alias) {
    String wanted = alias.strip();
    boolean taken =
        !wanted.isEmpty()
            && contacts().stream()
                .anyMatch(
                    one ->
                        !one.user().equals(user)
                            && (wanted.equals(one.alias()) || wanted.equals(one.user().name())));
    if (taken || wanted.length() > 64) {
      throw new Fault(FaultCode.USAGE, "that alias is taken or too long");
    }
    loop.store(
        tx -> {
          PeerStore.ContactRow row =
              tx.contact(user)
                  .orElseThrow(
                      () -> new Fault(FaultCode.CONTACT_UNKNOWN, user + " is not known here"));
          tx.putContact(
              new PeerStore.ContactRow(
                  row.user(),
                  wanted.isEmpty() ? null : wanted,
                  row.displayName(),
                  row.record(),
                  row.pending(),
                  row.trust(),
                  row.marks(),
                  row.since()));
          return true;
        });
    return contact(user.name());
  }

  @Override
  public void removeContact(UserId user) {
    loop.input(new PeerInput.Decide(user, PeerInput.Decide.Decision.FORGET));
  }

  @Override
  public Contact blockContact(UserId user, boolean blocked) {
    if (loop.store(tx -> tx.contact(user)).isEmpty()) {
      host.look(user);
    }
    host.ask(ref -> new PeerMessage.SetBlocked(ref, user, blocked), new byte[0]);
    return decide(
        user, blocked ? PeerInput.Decide.Decision.BLOCK : PeerInput.Decide.Decision.UNBLOCK);
  }

  @Override
  public SafetyView safetyNumber(UserId user) {
    if (user.equals(identity.user())) {
      throw new Fault(FaultCode.USAGE, "a safety number is between two people");
    }
    if (loop.store(tx -> tx.contact(user)).isEmpty()) {
      host.look(user);
    }
    PeerStore.ContactRow row =
        loop.store(tx -> tx.contact(user))
            .orElseThrow(() -> new Fault(FaultCode.CONTACT_UNKNOWN, user + " is not known here"));
    Bytes pending = row.pending();
    UserRecord theirs =
        UserRecord.Signed.parse((pending == null ? row.record() : pending).toArray()).record();
    SafetyNumber number = SafetyNumber.of(identity.record().record(), theirs);
    return new SafetyView(user, number.digits(), number.qrText(), row.trust());
  }

  @Override
  public Contact markVerified(UserId user, boolean verified) {
    return decide(
        user, verified ? PeerInput.Decide.Decision.VERIFY : PeerInput.Decide.Decision.UNVERIFY);
  }

  @Override
  public Contact acceptNewKey(UserId user) {
    return decide(user, PeerInput.Decide.Decision.ACCEPT_NEW_KEY);
  }

  @Override
  public Message sendText(UserId to, String text) {
    if (text.isBlank()) {
      throw new Fault(FaultCode.MESSAGE_EMPTY, "there is nothing to send");
    }
    refuseChanged(to);
    if (text.getBytes(StandardCharsets.UTF_8).length > TEXT_LIMIT) {
      throw new Fault(FaultCode.MESSAGE_TOO_LARGE, "a text of more than 63 KiB");
    }
    MessageId id = freshId();
    loop.input(new PeerInput.Submit(id, to, new Content.Text(text)));
    return message(id);
  }

  private void refuseChanged(UserId to) {
    boolean changed =
        loop.store(tx -> tx.contact(to)).filter(row -> row.trust() == Trust.CHANGED).isPresent();
    if (changed) {
      throw new Fault(FaultCode.KEY_CHANGED, to + "'s safety number changed; nothing was sent");
    }
  }

  MessageId freshId() {
    return new MessageId(Bytes.of(randomBytes(MessageId.LENGTH)));
  }

  Message message(MessageId id) {
    return loop.store(tx -> tx.message(id))
        .map(Views::message)
        .orElseThrow(() -> new Fault(FaultCode.MESSAGE_UNKNOWN, "there is no such message"));
  }

  @Override
  public Message awaitMessage(MessageId id, MessageState until, long timeoutMillis) {
    waits.until(
        timeoutMillis,
        () -> {
          Message now = message(id);
          return switch (now.state()) {
            case QUEUED -> false;
            case ACCEPTED -> until == MessageState.ACCEPTED;
            case HELD, DELIVERED, FAILED, NOTE, UNREAD, READ -> true;
          };
        });
    Message now = message(id);
    if (now.state() == MessageState.FAILED) {
      Fault why = refusals.get(id);
      throw why != null
          ? new Fault(why.code(), why.what(), why.advice())
          : new Fault(FaultCode.NOT_DELIVERED, "the message was given up");
    }
    if (now.state() == MessageState.HELD) {
      throw new Fault(
          FaultCode.KEY_CHANGED, now.with() + "'s safety number changed; the message is held");
    }
    return now;
  }

  @Override
  public List<Message> unread() {
    return loop
        .store(
            tx ->
                tx.messages(
                    new PeerStore.MessageQuery(
                        null, MessageRow.State.UNREAD, 0, null, Integer.MAX_VALUE)))
        .stream()
        .map(Views::message)
        .toList();
  }

  @Override
  public void markRead(List<MessageId> ids) {
    loop.store(
        tx -> {
          for (MessageId id : ids) {
            tx.message(id)
                .filter(row -> row.state() == MessageRow.State.UNREAD)
                .ifPresent(row -> tx.putMessage(row.in(MessageRow.State.READ)));
          }
          return true;
        });
  }

  @Override
  public List<Message> history(HistoryQuery query) {
    return loop
        .store(
            tx ->
                tx.messages(
                    new PeerStore.MessageQuery(
                        query.with(), null, query.since(), query.search(), query.limit())))
        .stream()
        .map(Views::message)
        .toList();
  }

  @Override
  public Message retryMessage(MessageId id) {
    refusals.remove(id);
    loop.input(new PeerInput.Retry(id));
    return message(id);
  }

  @Override
  public Transfer send(SendRequest request) {
    people(request.to());
    List<Path> paths = request.paths().stream().map(Path::of).toList();
    if (paths.isEmpty()) {
      throw new Fault(FaultCode.USAGE, "there is no file to send");
    }
    return transfer(transfers.send(request.to(), paths, request.name(), request.caption()));
  }

  private void people(List<UserId> to) {
    if (to.isEmpty() || to.size() > WireLimits.MAX_RECIPIENTS) {
      throw new Fault(
          FaultCode.USAGE, "a file goes to 1 to " + WireLimits.MAX_RECIPIENTS + " people");
    }
    if (to.contains(identity.user())) {
      throw new Fault(FaultCode.USAGE, "a file to yourself is here already");
    }
    if (to.stream().distinct().count() != to.size()) {
      throw new Fault(FaultCode.USAGE, "somebody is named twice");
    }
    to.forEach(this::refuseChanged);
  }

  @Override
  public Transfer sendTextAsFile(UserId to, String text) {
    people(List.of(to));
    return transfer(
        transfers.sendText(List.of(to), "message.txt", text.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public Transfer openStream(StreamRequest request) {
    people(request.to());
    return transfer(transfers.openStream(request.to(), request.name()));
  }

  @Override
  public void writeStream(BlobId transfer, byte[] data) {
    transfers.write(transfer, data);
  }

  @Override
  public void closeStream(BlobId transfer) {
    transfers.closeStream(transfer);
  }

  @Override
  public List<Transfer> offers() {
    return transfers().stream().filter(one -> one.state() == TransferState.OFFERED).toList();
  }

  @Override
  public Transfer receive(ReceiveRequest request) {
    OnClash onClash =
        switch (request.onConflict()) {
          case RENAME -> OnClash.RENAME;
          case SKIP -> OnClash.SKIP;
          case OVERWRITE -> OnClash.OVERWRITE;
        };
    Transfer offer = transfer(request.offer());
    transfers.receive(
        request.offer(), new Receiving.Target(request.folder(), request.name(), onClash, null));
    UserId sender = offer.people().get(0).user();
    loop.input(new PeerInput.Decide(sender, PeerInput.Decide.Decision.ADD));
    return transfer(request.offer());
  }

  @Override
  public List<Transfer> transfers() {
    return transfers.all().stream().map(Views::transfer).toList();
  }

  @Override
  public Transfer transfer(BlobId id) {
    return Views.transfer(transfers.entry(id));
  }

  @Override
  public BlobId resolveTransfer(String idOrPrefix) {
    String prefix = idOrPrefix.toLowerCase(Locale.ROOT);
    List<BlobId> found = new ArrayList<>();
    transfers().stream()
        .map(Transfer::id)
        .filter(id -> id.toString().startsWith(prefix))
        .forEach(found::add);
    if (found.size() != 1 || prefix.isEmpty()) {
      throw new Fault(
          FaultCode.TRANSFER_UNKNOWN,
          found.isEmpty() ? "there is no such transfer" : "several transfers begin like that");
    }
    return found.get(0);
  }

  @Override
  public Transfer awaitTransfer(BlobId id, TransferState until, long timeoutMillis) {
    waits.until(
        timeoutMillis,
        () -> {
          TransferState now = transfer(id).state();
          return now == until || now.ended();
        });
    return transfer(id);
  }

  @Override
  public Transfer pause(BlobId id) {
    transfers.pause(id);
    return transfer(id);
  }

  @Override
  public Transfer resume(BlobId id) {
    transfers.resume(id);
    return transfer(id);
  }

  @Override
  public Transfer cancel(BlobId id) {
    transfers.cancel(id);
    return transfer(id);
  }

  @Override
  public Transfer retry(BlobId id) {
    return transfer(transfers.retry(id));
  }

  @Override
  public String revealKey(BlobId id) {
    Sending sending = transfers.entry(id).sending();
    if (sending == null) {
      throw new Fault(FaultCode.TRANSFER_STATE, "only the key of what was sent here can be shown");
    }
    return AgeIdentity.of(suite.agreement(), Secret.take(sending.keys().identity().toArray()))
        .text()
        .use(bytes -> new String(bytes, StandardCharsets.US_ASCII));
  }

  @Override
  public Subscription subscribe(Consumer<PeerEvent> consumer) {
    return events.subscribe(consumer);
  }

  /** The addresses of everybody's devices, as pinned. */
  List<Address> devices(List<UserId> people) {
    List<Address> devices = new ArrayList<>();
    for (UserId user : people) {
      PeerStore.ContactRow row = loop.store(tx -> tx.contact(user)).orElse(null);
      if (row == null) {
        host.look(user);
        row =
            loop.store(tx -> tx.contact(user))
                .orElseThrow(
                    () -> new Fault(FaultCode.USER_UNKNOWN, "there is no " + user + " here"));
      }
      UserRecord.Signed.parse(row.record().toArray())
          .record()
          .devices()
          .forEach(device -> devices.add(new Address(user, device.device())));
    }
    return devices;
  }

  boolean online() {
    return linkState.state() == Link.State.ONLINE;
  }

  /** Closes these too, {@code first} before everything else and {@code last} after it. */
  PeerClient with(AutoCloseable first, AutoCloseable last) {
    closeFirst = first;
    closeLast = last;
    return this;
  }

  @Override
  public void close() {
    closeQuietly(closeFirst);
    transfers.close();
    link.close();
    host.close();
    dialer.close();
    events.close();
    loop.close();
    store.close();
    closeQuietly(closeLast);
  }

  private static void closeQuietly(@Nullable AutoCloseable closeable) {
    try {
      if (closeable != null) {
        closeable.close();
      }
    } catch (Exception e) {
      throw new Fault(FaultCode.INTERNAL, "something did not close", e);
    }
  }
}
