package dev.waxwing.peer.transfer;

import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.net.RelayConnection;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.peer.store.MemoryPeerStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A peer whose store is in memory: it writes down what it is to tell people and to ask the relay,
 * which gives it no data connection.
 */
final class MemoryHost implements Host {
  /** What somebody was told. */
  record Told(UserId to, Content content) {}

  final List<Told> told = new ArrayList<>();
  private final Set<MessageId> ids = new HashSet<>();
  final List<PeerMessage> asked = new ArrayList<>();

  /** Transfers that somebody was still to have when the relay was asked to forget them. */
  final List<BlobId> early = new ArrayList<>();

  /** The devices the last blob was to be made for. */
  volatile List<Address> named = List.of();

  /** Done once, after the next transaction. */
  @Nullable Runnable afterNext;

  /** Whether the relay has not all yet that people were told. */
  volatile boolean behind;

  /** Whether the relay is away. */
  volatile boolean offline;

  /** Done when a blob is to be made, before the answer. */
  volatile Runnable onCreate = () -> {};

  /** Done when somebody's devices are wanted. */
  volatile Runnable onLookUp = () -> {};

  final MemoryPeerStore store = new MemoryPeerStore();
  private final TransferBook book = new TransferBook();
  private final Path folder;

  MemoryHost(Path folder) {
    this.folder = folder;
  }

  @Override
  public synchronized <R> R store(Function<PeerStore.Tx, R> work) {
    R result = store.transact(work);
    Runnable then = afterNext;
    afterNext = null;
    if (then != null) {
      then.run();
    }
    notifyAll();
    return result;
  }

  @Override
  public synchronized void tell(UserId to, Content content) {
    store(
        tx -> {
          book.admit(tx, to, content);
          return true;
        });
    told.add(new Told(to, content));
    notifyAll();
  }

  @Override
  public synchronized void tell(UserId to, MessageId id, Content content) {
    if (ids.add(id)) {
      tell(to, content);
    }
  }

  @Override
  public synchronized boolean awaitTold(List<UserId> people, long millis) {
    if (behind) {
      try {
        wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return !behind;
  }

  @Override
  public void ask(IntFunction<PeerMessage> request, byte[] body) {
    if (offline) {
      throw new Fault(FaultCode.NETWORK_UNREACHABLE, "there is no relay here");
    }
    PeerMessage message = request.apply(1);
    synchronized (this) {
      asked.add(message);
      if (message instanceof PeerMessage.DropBlob drop && !sending(drop.blob()).stage().ended()) {
        early.add(drop.blob());
      }
      notifyAll();
    }
    if (message instanceof PeerMessage.CreateBlob) {
      named = Address.decodeList(body, WireLimits.MAX_RECIPIENTS);
      onCreate.run();
    }
  }

  @Override
  public synchronized RelayConnection openData() {
    throw new Fault(FaultCode.NETWORK_UNREACHABLE, "there is no relay here");
  }

  @Override
  public List<Address> devices(List<UserId> people) {
    onLookUp.run();
    return people.stream().map(MemoryHost::device).toList();
  }

  /** The one device of somebody. */
  static Address device(UserId user) {
    return new Address(user, new DeviceId(Bytes.of(new byte[DeviceId.LENGTH])));
  }

  @Override
  public boolean awaitRelay() {
    return false;
  }

  @Override
  public void changed(BlobId blob) {}

  @Override
  public Path transferFolder() {
    return folder;
  }

  @Override
  public long now() {
    return System.currentTimeMillis();
  }

  /**
   * Somebody is known under a key of theirs.
   *
   * @param number tells their keys apart
   * @return the account key
   */
  Bytes know(UserId user, int number, Trust trust) {
    return contact(user, record(user, number), null, trust);
  }

  /** The same, and another key of theirs is held. */
  Bytes pend(UserId user, int number, int pending) {
    return contact(user, record(user, number), record(user, pending), Trust.CHANGED);
  }

  private Bytes contact(
      UserId user, UserRecord.Signed record, UserRecord.@Nullable Signed pending, Trust trust) {
    store(
        tx -> {
          tx.putContact(
              new PeerStore.ContactRow(
                  user,
                  null,
                  null,
                  Bytes.of(record.toBytes()),
                  pending == null ? null : Bytes.of(pending.toBytes()),
                  trust,
                  PeerStore.Marks.NONE,
                  1));
          return true;
        });
    return record.record().accountKey();
  }

  private static UserRecord.Signed record(UserId user, int number) {
    Random random = new Random(number);
    return Identity.create(
            Suite.wx1(),
            user,
            length -> {
              byte[] bytes = new byte[length];
              random.nextBytes(bytes);
              return bytes;
            },
            1)
        .record();
  }

  /** Somebody's message is stored. */
  void stored(UserId from, Content content) {
    store(
        tx -> {
          book.store(tx, device(from), content, 1);
          return true;
        });
  }

  Sending sending(BlobId blob) {
    return store(tx -> book.sending(tx, blob));
  }

  Receiving receiving(BlobId blob) {
    return store(tx -> book.receiving(tx, blob));
  }

  /** A text to somebody, as it is stored at a stage. */
  Sending text(BlobId blob, Sending.Recipient to, Stage stage) {
    store(
        tx -> {
          Originals.keepText(tx, blob, new byte[5]);
          return true;
        });
    Bytes key = Bytes.of(new byte[32]);
    Sending row =
        new Sending(
            blob,
            new Sending.Keys(key, key),
            new Sending.From(Sending.Kind.TEXT, "", null),
            "message.txt",
            "",
            List.of(to),
            stage,
            new Sending.Counts(5, 0, 0),
            null,
            null,
            1,
            null);
    put(row);
    return row;
  }

  void put(Sending row) {
    store(
        tx -> {
          book.put(tx, row, 1);
          return true;
        });
  }

  void put(Receiving row) {
    store(
        tx -> {
          book.put(tx, row, 1);
          return true;
        });
  }

  /** What takes the place of a transfer. */
  List<Sending> insteadOf(BlobId blob) {
    return store(book::all).stream()
        .map(TransferBook.Entry::sending)
        .filter(row -> row != null && blob.equals(row.replaces()))
        .toList();
  }

  /** Whether the relay was asked to forget a transfer sent from here. */
  synchronized boolean dropped(BlobId blob) {
    return asked.stream()
        .anyMatch(one -> one instanceof PeerMessage.DropBlob drop && drop.blob().equals(blob));
  }

  /** Whether the relay was asked to keep a transfer for this device no longer. */
  synchronized boolean declined(BlobId blob) {
    return asked.stream()
        .anyMatch(one -> one instanceof PeerMessage.DeclineBlob left && left.blob().equals(blob));
  }

  synchronized List<Content> told(UserId to) {
    return told.stream().filter(one -> one.to().equals(to)).map(Told::content).toList();
  }

  /** Waits for a condition of what is stored, told or asked; fails after a while. */
  synchronized void await(String what, java.util.function.BooleanSupplier condition) {
    long until = System.nanoTime() + 10_000_000_000L;
    try {
      while (!condition.getAsBoolean()) {
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError("it did not come to this: " + what);
        }
        wait(Math.min(left, 50));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
