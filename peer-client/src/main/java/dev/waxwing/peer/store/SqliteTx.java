package dev.waxwing.peer.store;

import dev.waxwing.identity.Prekeys;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.wire.Bytes;
import java.util.List;
import java.util.Optional;

/** One transaction over the tables; refuses to be used after it. */
final class SqliteTx implements PeerStore.Tx {
  private final Tables tables;
  private boolean over;

  SqliteTx(Tables tables) {
    this.tables = tables;
  }

  /**
   * The tables of one database; kept over transactions.
   *
   * @param small keys and keyed values
   * @param contacts people
   * @param messages the history
   * @param traffic what is under way
   */
  record Tables(
      SmallTables small, ContactTable contacts, MessageTable messages, TrafficTables traffic) {
    static Tables over(Database database, RowSeal seal) {
      return new Tables(
          new SmallTables(database, seal),
          new ContactTable(database, seal),
          new MessageTable(database, seal),
          new TrafficTables(database, seal));
    }
  }

  void end() {
    over = true;
  }

  private Tables live() {
    if (over) {
      throw new IllegalStateException("the transaction is over");
    }
    return tables;
  }

  private SmallTables small() {
    return live().small();
  }

  private TrafficTables traffic() {
    return live().traffic();
  }

  @Override
  public Optional<byte[]> value(String name) {
    return small().value(name);
  }

  @Override
  public void putValue(String name, byte[] value) {
    small().putValue(name, value);
  }

  @Override
  public void removeValue(String name) {
    small().removeValue(name);
  }

  @Override
  public Optional<PeerStore.PrekeyRow> prekey(Prekeys.Kind kind, long id) {
    return small().prekey(kind, id);
  }

  @Override
  public List<PeerStore.PrekeyRow> prekeys(Prekeys.Kind kind) {
    return small().prekeys(kind);
  }

  @Override
  public void putPrekey(PeerStore.PrekeyRow row) {
    small().putPrekey(row);
  }

  @Override
  public void removePrekey(Prekeys.Kind kind, long id) {
    small().removePrekey(kind, id);
  }

  @Override
  public Optional<byte[]> conversation(Address peer) {
    return small().conversation(peer);
  }

  @Override
  public void putConversation(Address peer, byte[] encoded) {
    small().putConversation(peer, encoded);
  }

  @Override
  public List<Address> conversations() {
    return small().conversations();
  }

  @Override
  public boolean seen(Address sender, MessageId id) {
    return small().seen(sender, id);
  }

  @Override
  public void putSeen(Address sender, MessageId id) {
    small().putSeen(sender, id);
  }

  @Override
  public boolean replayed(long signedPrekeyId, Bytes hash) {
    return small().replayed(signedPrekeyId, hash);
  }

  @Override
  public void putReplayed(long signedPrekeyId, Bytes hash) {
    small().putReplayed(signedPrekeyId, hash);
  }

  @Override
  public void removeReplayedBelow(long signedPrekeyId) {
    small().removeReplayedBelow(signedPrekeyId);
  }

  @Override
  public Optional<PeerStore.ContactRow> contact(UserId user) {
    return live().contacts().contact(user);
  }

  @Override
  public List<PeerStore.ContactRow> contacts() {
    return live().contacts().contacts();
  }

  @Override
  public void putContact(PeerStore.ContactRow row) {
    live().contacts().putContact(row);
  }

  @Override
  public void removeContact(UserId user) {
    live().contacts().removeContact(user);
  }

  @Override
  public Optional<PeerStore.MessageRow> message(MessageId id) {
    return live().messages().message(id);
  }

  @Override
  public void putMessage(PeerStore.MessageRow row) {
    live().messages().putMessage(row);
  }

  @Override
  public List<PeerStore.MessageRow> messages(PeerStore.MessageQuery query) {
    return live().messages().messages(query);
  }

  @Override
  public int unread() {
    return live().messages().unread();
  }

  @Override
  public Optional<PeerStore.OutboxRow> outbox(MessageId id) {
    return traffic().outbox(id);
  }

  @Override
  public List<PeerStore.OutboxRow> outbox(PeerStore.OutboxRow.State state) {
    return traffic().outbox(state);
  }

  @Override
  public List<PeerStore.OutboxRow> outbox(PeerStore.OutboxRow.State state, UserId to, int limit) {
    return traffic().outbox(state, to, limit);
  }

  @Override
  public List<UserId> outboxPeople(PeerStore.OutboxRow.State state) {
    return traffic().outboxPeople(state);
  }

  @Override
  public int outboxSize(PeerStore.OutboxRow.State state) {
    return traffic().outboxSize(state);
  }

  @Override
  public void removeOutboxBefore(PeerStore.OutboxRow.State state, long created) {
    traffic().removeOutboxBefore(state, created);
  }

  @Override
  public void putOutbox(PeerStore.OutboxRow row) {
    traffic().putOutbox(row);
  }

  @Override
  public void removeOutbox(MessageId id) {
    traffic().removeOutbox(id);
  }

  @Override
  public Optional<PeerStore.TransferRow> transfer(BlobId blob) {
    return traffic().transfer(blob);
  }

  @Override
  public List<PeerStore.TransferRow> transfers() {
    return traffic().transfers();
  }

  @Override
  public void putTransfer(PeerStore.TransferRow row) {
    traffic().putTransfer(row);
  }

  @Override
  public void removeTransfer(BlobId blob) {
    traffic().removeTransfer(blob);
  }

  @Override
  public void putQuarantine(Address sender, MessageId id, byte[] sealed, long at) {
    traffic().putQuarantine(sender, id, sealed, at);
  }

  @Override
  public int quarantined() {
    return traffic().quarantined();
  }
}
