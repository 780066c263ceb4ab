package dev.waxwing.peer.api;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.net.RelayConnection;
import dev.waxwing.peer.net.RelayDialer;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.peer.session.PeerEffect;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerSession;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.PeerStore.OutboxRow;
import dev.waxwing.peer.transfer.TransferBook;
import dev.waxwing.peer.transfer.Transfers;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A peer in this process. Owns the profile's store and one connection to the relay, which it keeps
 * up by itself. The profile must be held by nobody else ({@code ProfileLock}).
 */
public final class PeerClient implements Peer {
  private static final long TICK_MILLIS = 5_000;

  private final PeerStore store;
  private final Joined joined;
  private final SecureRandom random = new SecureRandom();
  private final RelayDialer dialer;
  private final EventStream events = new EventStream();
  private final Waits waits = new Waits();
  private final Standing standing = new Standing(events, waits);
  private final TransferBook book = new TransferBook();
  private final PeerLoop loop;
  private final RelayLink link;
  private final PeerHost host;
  private final Transfers transfers;
  private final Writers writers;
  private final ContactBook contacts;
  private final MessageDesk messages;
  private final FileDesk files;
  private final Reactions reactions;
  private volatile @Nullable AutoCloseable closeFirst;
  private volatile @Nullable AutoCloseable closeLast;

  /**
   * A client over an opened store; starts at once.
   *
   * @param dialer closed with the client
   * @param folder where transfers under way keep their leaves
   * @throws Fault NOT_JOINED
   */
  public PeerClient(PeerStore store, Suite suite, RelayDialer dialer, Path folder) {
    this.store = store;
    this.joined = store.transact(tx -> Joined.read(tx, suite));
    Identity identity = joined.identity();
    this.dialer = dialer;
    PeerSession session = new PeerSession(store, suite, identity, this::randomBytes, book);
    this.loop = new PeerLoop(store, session, this::carryOut, System::currentTimeMillis);
    this.link =
        new RelayLink(
            new RelayLink.Parts(dialer, joined.membership().target(), identity, suite, random),
            loop,
            new LinkListener());
    this.host = new PeerHost(this, loop, link, waits, folder);
    this.transfers = new Transfers(host, suite, this::randomBytes);
    this.writers = new Writers(new Streams(), System::nanoTime);
    this.contacts = new ContactBook(loop, host, identity);
    this.messages = new MessageDesk(loop, waits, contacts, this::randomBytes);
    this.files = new FileDesk(transfers, loop, waits, contacts, suite);
    this.reactions =
        new Reactions(
            link, host, events, standing, new Reactions.Desks(messages, transfers, waits));
    loop.every(TICK_MILLIS, () -> loop.inputHere(new PeerInput.Tick()));
    link.start();
    transfers.resumeAll();
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  void publishTransfer(BlobId blob) {
    TransferBook.Entry entry = loop.store(tx -> book.find(tx, blob).orElse(null));
    if (entry != null) {
      events.publish(new PeerEvent.TransferChanged(Views.transfer(entry)));
    }
    waits.signal();
  }

  private void carryOut(PeerEffect effect) {
    effect.on(reactions);
  }

  /** The streams among the transfers. */
  private final class Streams implements Writers.Streams {
    @Override
    public OptionalLong still(BlobId stream) {
      return transfers.still(stream);
    }

    @Override
    public void writerGone(BlobId stream) {
      transfers.writerGone(stream);
    }
  }

  /** Keeps the state of the link. */
  private final class LinkListener implements RelayLink.Listener {
    @Override
    public void online(RelayConnection connection, RelayMessage.Welcome welcome) {
      link.transmit(new PeerMessage.Who(host.watching(), true), new byte[0]);
      standing.online(welcome.time() - System.currentTimeMillis(), welcome.waiting());
    }

    @Override
    public void delivered(int count) {
      standing.delivered(count);
    }

    @Override
    public void offline(Fault fault, boolean forGood) {
      host.linkLost(fault);
      standing.offline(fault, forGood);
    }
  }

  @Override
  public Self self() {
    return joined.self();
  }

  @Override
  public Link link() {
    int waiting =
        loop.store(
            tx -> tx.outboxSize(OutboxRow.State.QUEUED) + tx.outboxSize(OutboxRow.State.SEALED));
    Link now = standing.link();
    return new Link(now.state(), now.fault(), now.detail(), now.clockSkewMillis(), waiting);
  }

  @Override
  public void awaitOnline(long timeoutMillis) {
    standing.awaitOnline(timeoutMillis);
  }

  @Override
  public void settle(long timeoutMillis) {
    standing.settle(timeoutMillis);
    // What came from somebody unknown is opened once their record has come.
    waits.until(timeoutMillis, loop::settled);
  }

  @Override
  public List<Person> who() {
    return standing.who(contacts());
  }

  @Override
  public List<Contact> contacts() {
    return contacts.contacts();
  }

  @Override
  public Contact contact(String name) {
    return contacts.contact(name);
  }

  @Override
  public UserId resolve(String name) {
    return contacts.resolve(name);
  }

  @Override
  public Contact addContact(UserId user) {
    return contacts.addContact(user);
  }

  @Override
  public Contact renameContact(UserId user, String alias) {
    return contacts.renameContact(user, alias);
  }

  @Override
  public void removeContact(UserId user) {
    contacts.removeContact(user);
  }

  @Override
  public Contact blockContact(UserId user, boolean blocked) {
    return contacts.blockContact(user, blocked);
  }

  @Override
  public SafetyView safetyNumber(UserId user) {
    return contacts.safetyNumber(user);
  }

  @Override
  public Contact markVerified(UserId user, String digits) {
    return contacts.markVerified(user, digits);
  }

  @Override
  public Contact unmarkVerified(UserId user) {
    return contacts.unmarkVerified(user);
  }

  @Override
  public Contact acceptNewKey(UserId user) {
    return contacts.acceptNewKey(user);
  }

  @Override
  public Message sendText(UserId to, String text) {
    return messages.sendText(to, text);
  }

  @Override
  public Message awaitMessage(MessageId id, MessageState until, long timeoutMillis) {
    return messages.awaitMessage(id, until, timeoutMillis);
  }

  @Override
  public List<Message> unread() {
    return messages.unread();
  }

  @Override
  public void markRead(List<MessageId> ids) {
    messages.markRead(ids);
  }

  @Override
  public List<Message> history(HistoryQuery query) {
    return messages.history(query);
  }

  @Override
  public Message retryMessage(MessageId id) {
    return messages.retryMessage(id);
  }

  @Override
  public Transfer send(SendRequest request) {
    return files.send(request);
  }

  @Override
  public Transfer sendTextAsFile(UserId to, String text) {
    return files.sendTextAsFile(to, text);
  }

  @Override
  public Transfer openStream(StreamRequest request) {
    return files.openStream(request);
  }

  @Override
  public void writeStream(BlobId transfer, byte[] data) {
    files.writeStream(transfer, data);
  }

  @Override
  public void closeStream(BlobId transfer) {
    files.closeStream(transfer);
  }

  @Override
  public boolean neededByOthers() {
    return writers.needed();
  }

  Writers writers() {
    return writers;
  }

  @Override
  public List<Transfer> offers() {
    return files.offers();
  }

  @Override
  public Transfer receive(ReceiveRequest request) {
    return files.receive(request);
  }

  @Override
  public List<Transfer> transfers() {
    return files.transfers();
  }

  @Override
  public Transfer transfer(BlobId id) {
    return files.transfer(id);
  }

  @Override
  public List<LeftOut> leftOut(BlobId id) {
    return files.leftOut(id);
  }

  @Override
  public BlobId resolveTransfer(String idOrPrefix) {
    return files.resolveTransfer(idOrPrefix);
  }

  @Override
  public Transfer awaitTransfer(BlobId id, TransferState until, long timeoutMillis) {
    return files.awaitTransfer(id, until, timeoutMillis);
  }

  @Override
  public Transfer pause(BlobId id) {
    return files.pause(id);
  }

  @Override
  public Transfer resume(BlobId id) {
    return files.resume(id);
  }

  @Override
  public Transfer cancel(BlobId id) {
    return files.cancel(id);
  }

  @Override
  public Transfer retry(BlobId id) {
    return files.retry(id);
  }

  @Override
  public String revealKey(BlobId id) {
    return files.revealKey(id);
  }

  @Override
  public Subscription subscribe(Consumer<PeerEvent> consumer) {
    return events.subscribe(consumer);
  }

  MessageDesk messages() {
    return messages;
  }

  /** Every device of these people, as pinned. */
  List<Address> devices(List<UserId> people) {
    return contacts.devices(people);
  }

  boolean online() {
    return standing.link().state() == Link.State.ONLINE;
  }

  /** Closes these too, {@code first} before everything else and {@code last} after it. */
  PeerClient with(AutoCloseable first, AutoCloseable last) {
    closeFirst = first;
    closeLast = last;
    return this;
  }

  @Override
  public void close() {
    writers.close();
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
