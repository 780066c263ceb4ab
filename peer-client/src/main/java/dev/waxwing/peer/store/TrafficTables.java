package dev.waxwing.peer.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore.OutboxRow;
import dev.waxwing.peer.session.PeerStore.TransferRow;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fields;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is under way or stuck: the outbox, transfers, and mail that could not be read. */
final class TrafficTables {
  /** Mails kept in quarantine. */
  static final int QUARANTINED = 1_000;

  private static final String OUTBOX = "SELECT id, user, state, created, sealed FROM outbox ";

  private final Database database;
  private final SealedTable outbox;
  private final SealedTable transfers;
  private final SealedTable quarantine;

  TrafficTables(Database database, RowSeal seal) {
    this.database = database;
    this.outbox = new SealedTable("outbox", database, seal);
    this.transfers = new SealedTable("transfer", database, seal);
    this.quarantine = new SealedTable("quarantine", database, seal);
  }

  Optional<OutboxRow> outbox(MessageId id) {
    return database.first(OUTBOX + "WHERE id = ?", this::outbox, id.value().toArray());
  }

  List<OutboxRow> outbox(OutboxRow.State state) {
    return database.all(OUTBOX + "WHERE state = ? ORDER BY seq", this::outbox, state.name());
  }

  List<OutboxRow> outbox(OutboxRow.State state, UserId to, int limit) {
    return database.all(
        OUTBOX + "WHERE state = ? AND user = ? ORDER BY seq LIMIT ?",
        this::outbox,
        state.name(),
        to.name(),
        Math.max(0, limit));
  }

  List<UserId> outboxPeople(OutboxRow.State state) {
    return database.all(
        "SELECT DISTINCT user FROM outbox WHERE state = ?",
        row -> outbox.user(row.getString(1)),
        state.name());
  }

  int outboxSize(OutboxRow.State state) {
    return database
        .first("SELECT count(*) FROM outbox WHERE state = ?", row -> row.getInt(1), state.name())
        .orElse(0);
  }

  void putOutbox(OutboxRow row) {
    Fields.Writer out = new Fields.Writer();
    out.bytes(row.plaintext()).number(row.attempts()).number(row.sealed().size());
    for (OutboxRow.Sealed share : row.sealed()) {
      out.bytes(share.device().value()).bytes(share.envelope());
    }
    byte[] id = row.id().value().toArray();
    String user = row.to().name();
    String state = row.state().name();
    database.update(
        "INSERT INTO outbox (id, user, state, created, sealed) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (id) DO UPDATE SET user = excluded.user, state = excluded.state,"
            + " created = excluded.created, sealed = excluded.sealed",
        id,
        user,
        state,
        row.created(),
        outbox.seal(out, id, user, state, row.created()));
  }

  void removeOutbox(MessageId id) {
    database.update("DELETE FROM outbox WHERE id = ?", id.value().toArray());
  }

  void removeOutboxBefore(OutboxRow.State state, long created) {
    database.update("DELETE FROM outbox WHERE state = ? AND created < ?", state.name(), created);
  }

  private OutboxRow outbox(ResultSet row) throws SQLException {
    byte[] id = row.getBytes(1);
    String user = row.getString(2);
    String state = row.getString(3);
    long created = row.getLong(4);
    return outbox.open(
        in -> {
          byte[] plaintext = in.bytes(Columns.LIMIT).toArray();
          int attempts = in.count(Integer.MAX_VALUE);
          List<OutboxRow.Sealed> shares = new ArrayList<>();
          for (int left = in.count(Integer.MAX_VALUE); left > 0; left--) {
            shares.add(
                new OutboxRow.Sealed(
                    new DeviceId(in.exactly(DeviceId.LENGTH)), in.bytes(Columns.LIMIT).toArray()));
          }
          return new OutboxRow(
              new MessageId(Bytes.of(id)),
              new UserId(user),
              OutboxRow.State.valueOf(state),
              created,
              plaintext,
              List.copyOf(shares),
              attempts);
        },
        row.getBytes(5),
        id,
        user,
        state,
        created);
  }

  Optional<TransferRow> transfer(BlobId blob) {
    return database.first(
        "SELECT blob, sealed FROM transfer WHERE blob = ?", this::transfer, blob.value().toArray());
  }

  List<TransferRow> transfers() {
    return database.all("SELECT blob, sealed FROM transfer ORDER BY seq", this::transfer);
  }

  void putTransfer(TransferRow row) {
    Fields.Writer out = new Fields.Writer();
    Columns.signed(out, row.updated());
    out.bytes(row.details());
    byte[] blob = row.blob().value().toArray();
    database.update(
        "INSERT INTO transfer (blob, sealed) VALUES (?, ?)"
            + " ON CONFLICT (blob) DO UPDATE SET sealed = excluded.sealed",
        blob,
        transfers.seal(out, blob));
  }

  void removeTransfer(BlobId blob) {
    database.update("DELETE FROM transfer WHERE blob = ?", blob.value().toArray());
  }

  private TransferRow transfer(ResultSet row) throws SQLException {
    byte[] blob = row.getBytes(1);
    return transfers.open(
        in -> {
          long updated = Columns.signed(in);
          return new TransferRow(
              new BlobId(Bytes.of(blob)), in.bytes(Columns.LIMIT).toArray(), updated);
        },
        row.getBytes(2),
        blob);
  }

  void putQuarantine(Address sender, MessageId id, byte[] sealed, long at) {
    Fields.Writer out = new Fields.Writer();
    Columns.signed(out, at);
    out.bytes(sealed);
    String user = sender.user().name();
    byte[] device = sender.device().value().toArray();
    byte[] message = id.value().toArray();
    database.update(
        "INSERT INTO quarantine (user, device, id, sealed) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (user, device, id) DO UPDATE SET sealed = excluded.sealed",
        user,
        device,
        message,
        quarantine.seal(out, user, device, message));
    database.update(
        "DELETE FROM quarantine WHERE seq <="
            + " (SELECT seq FROM quarantine ORDER BY seq DESC LIMIT 1 OFFSET ?)",
        QUARANTINED);
  }

  int quarantined() {
    return database.first("SELECT count(*) FROM quarantine", row -> row.getInt(1)).orElse(0);
  }
}
