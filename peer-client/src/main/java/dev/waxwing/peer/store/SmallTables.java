package dev.waxwing.peer.store;

import dev.waxwing.identity.Prekeys;
import dev.waxwing.message.Address;
import dev.waxwing.message.MessageId;
import dev.waxwing.peer.session.PeerStore.PrekeyRow;
import dev.waxwing.wire.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Keys and keyed values: entries, prekeys, conversations, and the sets that decide duplicates. */
final class SmallTables {
  private final Database database;
  private final SealedTable entries;
  private final SealedTable prekeys;
  private final SealedTable conversations;

  SmallTables(Database database, RowSeal seal) {
    this.database = database;
    this.entries = new SealedTable("entry", database, seal);
    this.prekeys = new SealedTable("prekey", database, seal);
    this.conversations = new SealedTable("conversation", database, seal);
  }

  Optional<byte[]> value(String name) {
    return database
        .first("SELECT sealed FROM entry WHERE name = ?", row -> row.getBytes(1), name)
        .map(bytes -> entries.open(bytes, name));
  }

  void putValue(String name, byte[] value) {
    database.update(
        "INSERT INTO entry (name, sealed) VALUES (?, ?)"
            + " ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed",
        name,
        entries.seal(value, name));
  }

  void removeValue(String name) {
    database.update("DELETE FROM entry WHERE name = ?", name);
  }

  Optional<PrekeyRow> prekey(Prekeys.Kind kind, long id) {
    return database.first(
        "SELECT id, created, sealed FROM prekey WHERE kind = ? AND id = ?",
        row -> prekey(kind, row),
        kind.name(),
        id);
  }

  List<PrekeyRow> prekeys(Prekeys.Kind kind) {
    return database.all(
        "SELECT id, created, sealed FROM prekey WHERE kind = ? ORDER BY created, id",
        row -> prekey(kind, row),
        kind.name());
  }

  private PrekeyRow prekey(Prekeys.Kind kind, ResultSet row) throws SQLException {
    long id = row.getLong(1);
    long created = row.getLong(2);
    return new PrekeyRow(
        kind, id, created, prekeys.open(row.getBytes(3), kind.name(), id, created));
  }

  void putPrekey(PrekeyRow row) {
    String kind = row.kind().name();
    database.update(
        "INSERT INTO prekey (kind, id, created, sealed) VALUES (?, ?, ?, ?) ON CONFLICT (kind, id)"
            + " DO UPDATE SET created = excluded.created, sealed = excluded.sealed",
        kind,
        row.id(),
        row.created(),
        prekeys.seal(row.secret(), kind, row.id(), row.created()));
  }

  void removePrekey(Prekeys.Kind kind, long id) {
    database.update("DELETE FROM prekey WHERE kind = ? AND id = ?", kind.name(), id);
  }

  Optional<byte[]> conversation(Address peer) {
    String user = peer.user().name();
    byte[] device = peer.device().value().toArray();
    return database
        .first(
            "SELECT sealed FROM conversation WHERE user = ? AND device = ?",
            row -> row.getBytes(1),
            user,
            device)
        .map(bytes -> conversations.open(bytes, user, device));
  }

  void putConversation(Address peer, byte[] encoded) {
    String user = peer.user().name();
    byte[] device = peer.device().value().toArray();
    database.update(
        "INSERT INTO conversation (user, device, sealed) VALUES (?, ?, ?)"
            + " ON CONFLICT (user, device) DO UPDATE SET sealed = excluded.sealed",
        user,
        device,
        conversations.seal(encoded, user, device));
  }

  List<Address> conversations() {
    return database.all(
        "SELECT user, device FROM conversation ORDER BY user, device",
        row -> conversations.address(row.getString(1), row.getBytes(2)));
  }

  boolean seen(Address sender, MessageId id) {
    return database
        .first(
            "SELECT 1 FROM seen WHERE user = ? AND device = ? AND id = ?",
            row -> true,
            sender.user().name(),
            sender.device().value().toArray(),
            id.value().toArray())
        .isPresent();
  }

  void putSeen(Address sender, MessageId id) {
    database.update(
        "INSERT INTO seen (user, device, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        sender.user().name(),
        sender.device().value().toArray(),
        id.value().toArray());
  }

  boolean replayed(long signedPrekeyId, Bytes hash) {
    return database
        .first(
            "SELECT 1 FROM replayed WHERE prekey = ? AND hash = ?",
            row -> true,
            signedPrekeyId,
            hash.toArray())
        .isPresent();
  }

  void putReplayed(long signedPrekeyId, Bytes hash) {
    database.update(
        "INSERT INTO replayed (prekey, hash) VALUES (?, ?) ON CONFLICT DO NOTHING",
        signedPrekeyId,
        hash.toArray());
  }

  void removeReplayedBelow(long signedPrekeyId) {
    database.update("DELETE FROM replayed WHERE prekey < ?", signedPrekeyId);
  }
}
