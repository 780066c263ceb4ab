package dev.waxwing.peer.store;

import dev.waxwing.identity.Prekeys;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.wire.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A profile's memory without a disk, for simulation. Every change notes how to take it back, so a
 * transaction costs what it changes. {@link #crashNext} makes the process die around a commit.
 */
public final class MemoryPeerStore implements PeerStore {
  /** Where a process dies. */
  public enum Moment {
    /** The transaction is lost. */
    BEFORE_COMMIT,
    /** The transaction is kept, but nobody is told. */
    AFTER_COMMIT
  }

  /** The end of the simulated process. */
  public static final class Crashed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final int QUARANTINED = 1_000;

  private final Deque<Runnable> undo = new ArrayDeque<>();
  private final Map<String, byte[]> values = new LinkedHashMap<>();
  private final Map<PrekeyName, PrekeyRow> prekeys = new LinkedHashMap<>();
  private final Map<Address, byte[]> conversations = new TreeMap<>();
  private final Map<Seen, Boolean> seen = new LinkedHashMap<>();
  private final Map<Replayed, Boolean> replayed = new LinkedHashMap<>();
  private final Map<UserId, ContactRow> contacts = new TreeMap<>();
  private final Map<MessageId, MessageRow> messages = new LinkedHashMap<>();
  private final Map<MessageId, OutboxRow> outbox = new LinkedHashMap<>();
  private final Map<BlobId, TransferRow> transfers = new LinkedHashMap<>();
  private final Map<Seen, byte[]> quarantine = new LinkedHashMap<>();
  private boolean inside;
  private boolean down;
  private Moment crash;

  private record PrekeyName(Prekeys.Kind kind, long id) {}

  private record Seen(Address sender, MessageId id) {}

  private record Replayed(long prekey, Bytes hash) {}

  /** The process dies at the next transaction; then every call fails until {@link #restart}. */
  public void crashNext(Moment moment) {
    crash = moment;
  }

  /** A new process opens what the dead one left. */
  public MemoryPeerStore restart() {
    down = false;
    crash = null;
    return this;
  }

  @Override
  public <R> R transact(Function<Tx, R> work) {
    if (down) {
      throw new Crashed();
    }
    if (inside) {
      throw new IllegalStateException("transactions do not nest");
    }
    inside = true;
    MemoryTx tx = new MemoryTx();
    boolean committed = false;
    try {
      R result = work.apply(tx);
      if (crash == Moment.BEFORE_COMMIT) {
        down = true;
        throw new Crashed();
      }
      committed = true;
      if (crash == Moment.AFTER_COMMIT) {
        down = true;
        throw new Crashed();
      }
      return result;
    } finally {
      tx.over = true;
      inside = false;
      while (!undo.isEmpty()) {
        Runnable last = undo.pop();
        if (!committed) {
          last.run();
        }
      }
    }
  }

  @Override
  public void close() {
    down = true;
  }

  private <K, V> void put(Map<K, V> map, K key, V value) {
    boolean there = map.containsKey(key);
    V before = map.put(key, value);
    undo.push(
        () -> {
          if (there) {
            map.put(key, before);
          } else {
            map.remove(key);
          }
        });
  }

  /** A removed key comes back in its place, which a linked map can only give by being rebuilt. */
  private <K, V> void remove(Map<K, V> map, K key) {
    if (map.containsKey(key)) {
      Map<K, V> before = new LinkedHashMap<>(map);
      map.remove(key);
      undo.push(
          () -> {
            map.clear();
            map.putAll(before);
          });
    }
  }

  private static PrekeyRow copy(PrekeyRow row) {
    return new PrekeyRow(row.kind(), row.id(), row.created(), row.secret().clone());
  }

  private static OutboxRow copy(OutboxRow row) {
    return new OutboxRow(
        row.id(),
        row.to(),
        row.state(),
        row.created(),
        row.plaintext().clone(),
        row.sealed().stream()
            .map(share -> new OutboxRow.Sealed(share.device(), share.envelope().clone()))
            .toList(),
        row.attempts());
  }

  private static TransferRow copy(TransferRow row) {
    return new TransferRow(row.blob(), row.details().clone(), row.updated());
  }

  private final class MemoryTx implements Tx {
    private boolean over;

    private MemoryPeerStore live() {
      if (over) {
        throw new IllegalStateException("the transaction is over");
      }
      return MemoryPeerStore.this;
    }

    @Override
    public Optional<byte[]> value(String name) {
      return Optional.ofNullable(live().values.get(name)).map(byte[]::clone);
    }

    @Override
    public void putValue(String name, byte[] value) {
      live().put(values, name, value.clone());
    }

    @Override
    public void removeValue(String name) {
      live().remove(values, name);
    }

    @Override
    public Optional<PrekeyRow> prekey(Prekeys.Kind kind, long id) {
      return Optional.ofNullable(live().prekeys.get(new PrekeyName(kind, id)))
          .map(MemoryPeerStore::copy);
    }

    @Override
    public List<PrekeyRow> prekeys(Prekeys.Kind kind) {
      return live().prekeys.values().stream()
          .filter(row -> row.kind() == kind)
          .sorted(Comparator.comparingLong(PrekeyRow::created).thenComparingLong(PrekeyRow::id))
          .map(MemoryPeerStore::copy)
          .toList();
    }

    @Override
    public void putPrekey(PrekeyRow row) {
      live().put(prekeys, new PrekeyName(row.kind(), row.id()), copy(row));
    }

    @Override
    public void removePrekey(Prekeys.Kind kind, long id) {
      live().remove(prekeys, new PrekeyName(kind, id));
    }

    @Override
    public Optional<byte[]> conversation(Address peer) {
      return Optional.ofNullable(live().conversations.get(peer)).map(byte[]::clone);
    }

    @Override
    public void putConversation(Address peer, byte[] encoded) {
      live().put(conversations, peer, encoded.clone());
    }

    @Override
    public List<Address> conversations() {
      return List.copyOf(live().conversations.keySet());
    }

    @Override
    public boolean seen(Address sender, MessageId id) {
      return live().seen.containsKey(new Seen(sender, id));
    }

    @Override
    public void putSeen(Address sender, MessageId id) {
      live().put(seen, new Seen(sender, id), true);
    }

    @Override
    public boolean replayed(long signedPrekeyId, Bytes hash) {
      return live().replayed.containsKey(new Replayed(signedPrekeyId, hash));
    }

    @Override
    public void putReplayed(long signedPrekeyId, Bytes hash) {
      live().put(replayed, new Replayed(signedPrekeyId, hash), true);
    }

    @Override
    public void removeReplayedBelow(long signedPrekeyId) {
      List.copyOf(live().replayed.keySet()).stream()
          .filter(mark -> mark.prekey() < signedPrekeyId)
          .forEach(mark -> remove(replayed, mark));
    }

    @Override
    public Optional<ContactRow> contact(UserId user) {
      return Optional.ofNullable(live().contacts.get(user));
    }

    @Override
    public List<ContactRow> contacts() {
      return List.copyOf(live().contacts.values());
    }

    @Override
    public void putContact(ContactRow row) {
      live().put(contacts, row.user(), row);
    }

    @Override
    public void removeContact(UserId user) {
      live().remove(contacts, user);
    }

    @Override
    public Optional<MessageRow> message(MessageId id) {
      return Optional.ofNullable(live().messages.get(id));
    }

    @Override
    public void putMessage(MessageRow row) {
      live().put(messages, row.id(), row);
    }

    @Override
    public List<MessageRow> messages(MessageQuery query) {
      List<MessageRow> newestFirst = new ArrayList<>(live().messages.values());
      Collections.reverse(newestFirst);
      List<MessageRow> found =
          new ArrayList<>(
              newestFirst.stream()
                  .filter(query::matches)
                  .limit(Math.max(0, query.limit()))
                  .toList());
      Collections.reverse(found);
      return found;
    }

    @Override
    public int unread() {
      return (int)
          live().messages.values().stream()
              .filter(row -> row.state() == MessageRow.State.UNREAD)
              .count();
    }

    @Override
    public Optional<OutboxRow> outbox(MessageId id) {
      return Optional.ofNullable(live().outbox.get(id)).map(MemoryPeerStore::copy);
    }

    @Override
    public List<OutboxRow> outbox(OutboxRow.State state) {
      return live().outbox.values().stream()
          .filter(row -> row.state() == state)
          .map(MemoryPeerStore::copy)
          .toList();
    }

    @Override
    public List<OutboxRow> outbox(OutboxRow.State state, UserId to, int limit) {
      return live().outbox.values().stream()
          .filter(row -> row.state() == state && row.to().equals(to))
          .limit(Math.max(0, limit))
          .map(MemoryPeerStore::copy)
          .toList();
    }

    @Override
    public List<UserId> outboxPeople(OutboxRow.State state) {
      return live().outbox.values().stream()
          .filter(row -> row.state() == state)
          .map(OutboxRow::to)
          .distinct()
          .toList();
    }

    @Override
    public int outboxSize(OutboxRow.State state) {
      return (int) live().outbox.values().stream().filter(row -> row.state() == state).count();
    }

    @Override
    public void removeOutboxBefore(OutboxRow.State state, long created) {
      List.copyOf(live().outbox.values()).stream()
          .filter(row -> row.state() == state && row.created() < created)
          .forEach(row -> remove(outbox, row.id()));
    }

    @Override
    public void putOutbox(OutboxRow row) {
      live().put(outbox, row.id(), copy(row));
    }

    @Override
    public void removeOutbox(MessageId id) {
      live().remove(outbox, id);
    }

    @Override
    public Optional<TransferRow> transfer(BlobId blob) {
      return Optional.ofNullable(live().transfers.get(blob)).map(MemoryPeerStore::copy);
    }

    @Override
    public List<TransferRow> transfers() {
      return live().transfers.values().stream().map(MemoryPeerStore::copy).toList();
    }

    @Override
    public void putTransfer(TransferRow row) {
      live().put(transfers, row.blob(), copy(row));
    }

    @Override
    public void removeTransfer(BlobId blob) {
      live().remove(transfers, blob);
    }

    @Override
    public void putQuarantine(Address sender, MessageId id, byte[] sealed, long at) {
      live().put(quarantine, new Seen(sender, id), sealed.clone());
      if (quarantine.size() > QUARANTINED) {
        remove(quarantine, quarantine.keySet().iterator().next());
      }
    }

    @Override
    public int quarantined() {
      return live().quarantine.size();
    }
  }
}
