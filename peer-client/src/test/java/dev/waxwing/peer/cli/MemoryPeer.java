package dev.waxwing.peer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Contact;
import dev.waxwing.peer.api.Contact.Marking;
import dev.waxwing.peer.api.HistoryQuery;
import dev.waxwing.peer.api.Link;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.peer.api.Person;
import dev.waxwing.peer.api.ReceiveRequest;
import dev.waxwing.peer.api.SafetyView;
import dev.waxwing.peer.api.Self;
import dev.waxwing.peer.api.SendRequest;
import dev.waxwing.peer.api.StreamRequest;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A peer of {@link MemoryHub}: keeps its state in memory, writes received files to the disk. */
final class MemoryPeer implements Peer {
  private final MemoryHub hub;
  private final Self self;
  private final Map<UserId, Contact> contacts = new TreeMap<>();
  private final Map<MessageId, Message> messages = new LinkedHashMap<>();
  private final Map<BlobId, Transfer> transfers = new LinkedHashMap<>();
  private final Map<BlobId, ByteArrayOutputStream> streams = new LinkedHashMap<>();
  private final List<Runnable> missed = new ArrayList<>();
  private final List<Consumer<PeerEvent>> consumers = new CopyOnWriteArrayList<>();
  private int open;

  /** Whether the relay can be reached from here. */
  boolean reach = true;

  /** Whether sent files stop half-way. */
  boolean stuck;

  /** The relay's clock minus this device's. */
  long skew;

  /** Done each time a command waits for a transfer. */
  Consumer<BlobId> onAwait = id -> {};

  /** Done as soon as a command follows the events. */
  Runnable onSubscribe = () -> {};

  MemoryPeer(MemoryHub hub, UserId user) {
    this.hub = hub;
    this.self =
        new Self(user, hub.deviceId(), "a1".repeat(32), "Memory", "memory:7380", "b2".repeat(32));
  }

  /** A command opens this profile. */
  void enter() {
    synchronized (hub) {
      open++;
      arrive();
    }
  }

  /** The relay can be reached, or not, from now on. */
  void reach(boolean on) {
    synchronized (hub) {
      reach = on;
      arrive();
      emit(new PeerEvent.LinkChanged(link()));
    }
  }

  private void arrive() {
    if (online()) {
      List<Runnable> waiting = List.copyOf(missed);
      missed.clear();
      waiting.forEach(Runnable::run);
      hub.presence(self.user(), true);
    }
  }

  boolean online() {
    return open > 0 && reach;
  }

  void emit(PeerEvent event) {
    consumers.forEach(consumer -> consumer.accept(event));
  }

  /** Does it now or when this peer is there. */
  private void reached(Runnable work) {
    if (online()) {
      work.run();
    } else {
      missed.add(work);
    }
  }

  @Override
  public Self self() {
    return self;
  }

  @Override
  public Link link() {
    return reach
        ? new Link(Link.State.ONLINE, null, "", skew, 0)
        : new Link(
            Link.State.OFFLINE, FaultCode.NETWORK_UNREACHABLE, "cannot reach memory:7380", 0, 0);
  }

  @Override
  public void awaitOnline(long timeoutMillis) {
    if (!reach) {
      throw new Fault(FaultCode.NETWORK_UNREACHABLE, "cannot reach memory:7380");
    }
  }

  @Override
  public void settle(long timeoutMillis) {
    synchronized (hub) {
      arrive();
    }
  }

  @Override
  public List<Person> who() {
    awaitOnline(0);
    synchronized (hub) {
      return hub.peers.values().stream()
          .map(
              peer -> {
                Contact known = contacts.get(peer.self.user());
                return new Person(
                    peer.self.user(),
                    peer.online(),
                    known == null ? null : known.alias(),
                    known == null ? null : known.trust());
              })
          .sorted((a, b) -> Boolean.compare(b.online(), a.online()))
          .toList();
    }
  }

  @Override
  public List<Contact> contacts() {
    synchronized (hub) {
      return List.copyOf(contacts.values());
    }
  }

  @Override
  public Contact contact(String name) {
    return contacts().stream()
        .filter(c -> c.user().name().equals(name) || name.equals(c.alias()))
        .findFirst()
        .orElseThrow(
            () -> new Fault(FaultCode.CONTACT_UNKNOWN, "nobody called '" + name + "' is known"));
  }

  @Override
  public UserId resolve(String name) {
    try {
      return contact(name).user();
    } catch (Fault unknown) {
      return hub.peer(new UserId(name).name()).self.user();
    }
  }

  /** Puts a contact as it should be. */
  Contact put(
      UserId user, @Nullable String alias, @Nullable String calls, Trust trust, Marking marking) {
    Contact contact = new Contact(user, alias, calls, trust, marking, 0, Run.NOW.toEpochMilli());
    synchronized (hub) {
      contacts.put(user, contact);
      emit(new PeerEvent.ContactChanged(contact));
    }
    return contact;
  }

  private Contact known(UserId user) {
    Contact contact = contacts.get(user);
    return contact != null ? contact : put(user, null, null, Trust.NEW, Marking.CONTACT);
  }

  @Override
  public Contact addContact(UserId user) {
    return known(hub.peer(user.name()).self.user());
  }

  @Override
  public Contact renameContact(UserId user, String alias) {
    Contact old = known(user);
    return put(user, alias.isEmpty() ? null : alias, old.displayName(), old.trust(), old.marking());
  }

  @Override
  public void removeContact(UserId user) {
    contacts.remove(user);
  }

  @Override
  public Contact blockContact(UserId user, boolean blocked) {
    Contact old = known(user);
    Marking marking = blocked ? Marking.BLOCKED : Marking.CONTACT;
    return put(user, old.alias(), old.displayName(), old.trust(), marking);
  }

  private boolean blocks(UserId user) {
    Contact contact = contacts.get(user);
    return contact != null && contact.marking() == Marking.BLOCKED;
  }

  @Override
  public SafetyView safetyNumber(UserId user) {
    return new SafetyView(user, "0123456789".repeat(6), "safety:" + user, known(user).trust());
  }

  @Override
  public Contact markVerified(UserId user, String digits) {
    Contact old = known(user);
    if (!digits.equals(safetyNumber(user).digits())) {
      throw new Fault(FaultCode.KEY_CHANGED, "another number");
    }
    return put(user, old.alias(), old.displayName(), Trust.VERIFIED, old.marking());
  }

  @Override
  public Contact unmarkVerified(UserId user) {
    Contact old = known(user);
    return put(user, old.alias(), old.displayName(), Trust.NEW, old.marking());
  }

  @Override
  public Contact acceptNewKey(UserId user) {
    Contact old = known(user);
    for (Message one : List.copyOf(messages.values())) {
      if (one.with().equals(user) && one.state() == MessageState.HELD) {
        keep(line(one.id(), user, MessageState.ACCEPTED, one.text(), one.transfer()));
      }
    }
    Trust trust = old.trust() == Trust.CHANGED ? Trust.NEW : old.trust();
    return put(user, old.alias(), old.displayName(), trust, old.marking());
  }

  /** A text that waits since somebody's key signed another. */
  Message hold(UserId to, String text) {
    return keep(line(hub.messageId(), to, MessageState.HELD, text, null));
  }

  private Message keep(Message message) {
    messages.put(message.id(), message);
    emit(new PeerEvent.MessageChanged(message));
    return message;
  }

  private Message line(
      MessageId id, UserId with, MessageState state, String text, @Nullable BlobId transfer) {
    long now = Run.NOW.toEpochMilli();
    Message.Kind kind = transfer == null ? Message.Kind.TEXT : Message.Kind.FILE;
    return new Message(id, with, state, kind, now, now, text, transfer, false);
  }

  @Override
  public Message sendText(UserId to, String text) {
    if (text.length() > 63 * 1024) {
      throw new Fault(FaultCode.MESSAGE_TOO_LARGE, "a text of more than 63 KiB");
    }
    synchronized (hub) {
      known(to);
      MessageId id = hub.messageId();
      if (to.equals(self.user())) {
        return keep(line(id, to, MessageState.NOTE, text, null));
      }
      Message queued = keep(line(id, to, MessageState.QUEUED, text, null));
      reached(
          () -> {
            MemoryPeer other = hub.peer(to.name());
            if (other.blocks(self.user())) {
              keep(line(id, to, MessageState.FAILED, text, null));
              return;
            }
            keep(line(id, to, MessageState.ACCEPTED, text, null));
            other.reached(
                () -> {
                  other.known(self.user());
                  other.keep(other.line(id, self.user(), MessageState.UNREAD, text, null));
                  keep(line(id, to, MessageState.DELIVERED, text, null));
                });
          });
      return queued;
    }
  }

  /** A message as from a sender whose words nobody checked. */
  void plant(UserId from, String text) {
    synchronized (hub) {
      keep(line(hub.messageId(), from, MessageState.UNREAD, text, null));
    }
  }

  @Override
  public Message awaitMessage(MessageId id, MessageState until, long timeoutMillis) {
    synchronized (hub) {
      Message message = messages.get(id);
      if (message == null) {
        throw new Fault(FaultCode.MESSAGE_UNKNOWN, "no such message");
      }
      if (message.state() == MessageState.FAILED) {
        throw new Fault(FaultCode.DECLINED, message.with() + " does not accept this");
      }
      return message;
    }
  }

  @Override
  public List<Message> unread() {
    synchronized (hub) {
      return messages.values().stream().filter(m -> m.state() == MessageState.UNREAD).toList();
    }
  }

  @Override
  public void markRead(List<MessageId> ids) {
    synchronized (hub) {
      for (MessageId id : ids) {
        Message m = messages.get(id);
        keep(line(id, m.with(), MessageState.READ, m.text(), m.transfer()));
      }
    }
  }

  @Override
  public List<Message> history(HistoryQuery query) {
    synchronized (hub) {
      String search = query.search() == null ? "" : query.search().toLowerCase(Locale.ROOT);
      List<Message> found =
          messages.values().stream()
              .filter(m -> query.with() == null || m.with().equals(query.with()))
              .filter(m -> m.storedAt() >= query.since())
              .filter(m -> m.text().toLowerCase(Locale.ROOT).contains(search))
              .toList();
      return found.subList(Math.max(0, found.size() - query.limit()), found.size());
    }
  }

  @Override
  public Message retryMessage(MessageId id) {
    Message m = messages.get(id);
    return sendText(m.with(), m.text());
  }

  private Transfer change(Transfer t, TransferState state, long done, List<Transfer.Party> people) {
    Transfer.Progress progress = new Transfer.Progress(t.progress().size(), done, 0);
    return store(
        new Transfer(
            t.id(),
            t.direction(),
            state,
            t.name(),
            t.kind(),
            progress,
            people,
            t.path(),
            t.started(),
            t.problem()));
  }

  Transfer store(Transfer transfer) {
    synchronized (hub) {
      transfers.put(transfer.id(), transfer);
      emit(new PeerEvent.TransferChanged(transfer));
      return transfer;
    }
  }

  /** A party's state and what follows from all of them. */
  void party(BlobId id, UserId user, TransferState state) {
    Transfer t = transfers.get(id);
    if (t == null || t.state().ended()) {
      return;
    }
    List<Transfer.Party> people =
        t.people().stream()
            .map(p -> p.user().equals(user) ? new Transfer.Party(user, state) : p)
            .toList();
    boolean all = people.stream().allMatch(p -> p.state().ended());
    boolean none = people.stream().allMatch(p -> p.state() == TransferState.DECLINED);
    TransferState whole = none ? TransferState.DECLINED : all ? TransferState.DONE : t.state();
    change(t, whole, t.progress().done(), people);
  }

  @Override
  public Transfer send(SendRequest request) {
    Path path = Path.of(request.paths().get(0));
    try {
      String own = path.getFileName().toString();
      String name = request.name() == null ? own : request.name();
      return offer(request.to(), name, Files.readAllBytes(path), path.toString());
    } catch (IOException e) {
      throw new Fault(FaultCode.FILE_UNREADABLE, "cannot be read", e);
    }
  }

  /** Offers bytes under any name. */
  Transfer offer(List<UserId> to, String name, byte[] content, @Nullable String path) {
    synchronized (hub) {
      BlobId id = hub.blobId();
      List<Transfer.Party> people =
          to.stream().map(user -> new Transfer.Party(user, TransferState.WAITING)).toList();
      Transfer.Progress progress = new Transfer.Progress(content.length, 0, 0);
      store(
          new Transfer(
              id,
              Transfer.Direction.SENDING,
              TransferState.WAITING,
              name,
              Transfer.Kind.FILE,
              progress,
              people,
              path,
              Run.NOW.toEpochMilli(),
              null));
      to.forEach(this::known);
      reached(() -> upload(id, content));
      return transfers.get(id);
    }
  }

  private void upload(BlobId id, byte[] content) {
    Transfer t = transfers.get(id);
    if (stuck) {
      change(t, TransferState.ACTIVE, content.length / 2, t.people());
      return;
    }
    hub.blobs.put(id, content);
    List<Transfer.Party> people =
        t.people().stream().map(p -> new Transfer.Party(p.user(), TransferState.AT_RELAY)).toList();
    change(t, TransferState.AT_RELAY, content.length, people);
    for (Transfer.Party person : people) {
      MemoryPeer other = hub.peer(person.user().name());
      if (other.blocks(self.user())) {
        party(id, person.user(), TransferState.DECLINED);
      } else {
        other.reached(() -> other.offered(t));
      }
    }
  }

  private void offered(Transfer sent) {
    known(senderOf(sent));
    store(
        new Transfer(
            sent.id(),
            Transfer.Direction.RECEIVING,
            TransferState.OFFERED,
            sent.name(),
            sent.kind(),
            sent.progress(),
            List.of(new Transfer.Party(senderOf(sent), TransferState.AT_RELAY)),
            null,
            sent.started(),
            null));
    keep(line(hub.messageId(), senderOf(sent), MessageState.UNREAD, sent.name(), sent.id()));
  }

  private UserId senderOf(Transfer sent) {
    return hub.peers.values().stream()
        .filter(p -> p.transfers.containsKey(sent.id()))
        .filter(p -> p.transfers.get(sent.id()).direction() == Transfer.Direction.SENDING)
        .findFirst()
        .orElseThrow()
        .self
        .user();
  }

  @Override
  public Transfer sendTextAsFile(UserId to, String text) {
    return offer(List.of(to), "message.txt", text.getBytes(UTF_8), null);
  }

  @Override
  public boolean neededByOthers() {
    return false;
  }

  @Override
  public Transfer openStream(StreamRequest request) {
    synchronized (hub) {
      BlobId id = hub.blobId();
      List<Transfer.Party> people =
          request.to().stream().map(u -> new Transfer.Party(u, TransferState.WAITING)).toList();
      streams.put(id, new ByteArrayOutputStream());
      return store(
          new Transfer(
              id,
              Transfer.Direction.SENDING,
              TransferState.ACTIVE,
              request.name(),
              Transfer.Kind.STREAM,
              new Transfer.Progress(-1, 0, 0),
              people,
              null,
              Run.NOW.toEpochMilli(),
              null));
    }
  }

  @Override
  public void writeStream(BlobId transfer, byte[] data) {
    streams.get(transfer).writeBytes(data);
  }

  @Override
  public void closeStream(BlobId transfer) {
    upload(transfer, streams.remove(transfer).toByteArray());
  }

  @Override
  public List<Transfer> offers() {
    return transfers().stream().filter(t -> t.state() == TransferState.OFFERED).toList();
  }

  @Override
  public Transfer receive(ReceiveRequest request) {
    synchronized (hub) {
      Transfer t = transfer(request.offer());
      String safe = t.name().replaceAll("[^a-zA-Z0-9._-]", "_");
      Path target =
          Path.of(request.folder()).resolve(request.name() == null ? safe : request.name());
      if (Files.exists(target)) {
        switch (request.onConflict()) {
          case SKIP -> {
            return t;
          }
          case RENAME -> target = target.resolveSibling(target.getFileName() + " (2)");
          case OVERWRITE -> {}
        }
      }
      try {
        Files.createDirectories(target.getParent());
        byte[] content = hub.blobs.get(t.id());
        Files.write(target, content);
        UserId sender = t.people().get(0).user();
        hub.peer(sender.name()).party(t.id(), self.user(), TransferState.DONE);
        return store(
            new Transfer(
                t.id(),
                t.direction(),
                TransferState.DONE,
                t.name(),
                t.kind(),
                new Transfer.Progress(content.length, content.length, 0),
                t.people(),
                target.toString(),
                t.started(),
                null));
      } catch (IOException e) {
        throw new Fault(FaultCode.TARGET_UNWRITABLE, "cannot write there", e);
      }
    }
  }

  @Override
  public List<Transfer> transfers() {
    synchronized (hub) {
      return List.copyOf(transfers.values());
    }
  }

  @Override
  public Transfer transfer(BlobId id) {
    synchronized (hub) {
      Transfer transfer = transfers.get(id);
      if (transfer == null) {
        throw new Fault(FaultCode.TRANSFER_UNKNOWN, "no such transfer");
      }
      return transfer;
    }
  }

  @Override
  public BlobId resolveTransfer(String idOrPrefix) {
    List<BlobId> found =
        transfers().stream()
            .map(Transfer::id)
            .filter(id -> id.toString().startsWith(idOrPrefix))
            .toList();
    if (found.size() != 1) {
      throw new Fault(FaultCode.TRANSFER_UNKNOWN, "'" + idOrPrefix + "' is no transfer");
    }
    return found.get(0);
  }

  @Override
  public Transfer awaitTransfer(BlobId id, TransferState until, long timeoutMillis) {
    onAwait.accept(id);
    return transfer(id);
  }

  /** Puts a transfer as it is when a newer one took its place for somebody. */
  Transfer replace(BlobId id, UserId user, TransferState next) {
    party(id, user, TransferState.CANCELLED);
    Transfer t = transfer(id);
    boolean whole = t.people().stream().allMatch(p -> p.state() == TransferState.CANCELLED);
    if (whole) {
      change(t, TransferState.CANCELLED, 0, t.people());
    }
    return store(
        new Transfer(
            hub.blobId(),
            t.direction(),
            next,
            t.name(),
            t.kind(),
            t.progress(),
            List.of(new Transfer.Party(user, next)),
            t.path(),
            t.started(),
            null,
            id));
  }

  @Override
  public Transfer pause(BlobId id) {
    Transfer t = transfer(id);
    return change(t, TransferState.PAUSED, t.progress().done(), t.people());
  }

  @Override
  public Transfer resume(BlobId id) {
    return retry(id);
  }

  @Override
  public Transfer cancel(BlobId id) {
    synchronized (hub) {
      Transfer t = transfer(id);
      boolean out = t.direction() == Transfer.Direction.SENDING;
      if (!out) {
        MemoryPeer sender = hub.peer(t.people().get(0).user().name());
        sender.party(id, self.user(), TransferState.DECLINED);
      }
      TransferState end = out ? TransferState.CANCELLED : TransferState.DECLINED;
      return change(t, end, t.progress().done(), t.people());
    }
  }

  @Override
  public Transfer retry(BlobId id) {
    synchronized (hub) {
      Transfer t = transfer(id);
      try {
        upload(id, Files.readAllBytes(Path.of(String.valueOf(t.path()))));
      } catch (IOException e) {
        throw new Fault(FaultCode.FILE_UNREADABLE, "cannot be read", e);
      }
      return transfer(id);
    }
  }

  @Override
  public String revealKey(BlobId id) {
    return "AGE-SECRET-KEY-1" + transfer(id).id().toString().toUpperCase(Locale.ROOT);
  }

  @Override
  public Subscription subscribe(Consumer<PeerEvent> consumer) {
    consumers.add(consumer);
    onSubscribe.run();
    return () -> consumers.remove(consumer);
  }

  @Override
  public void close() {
    synchronized (hub) {
      open--;
    }
    hub.presence(self.user(), online());
  }
}
