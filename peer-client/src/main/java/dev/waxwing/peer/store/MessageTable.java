package dev.waxwing.peer.store;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore.MessageQuery;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fields;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The history, in the order in which lines were first written. A search opens every line that the
 * clear columns leave, newest first, until it has enough.
 */
final class MessageTable {
  private static final String COLUMNS = "SELECT id, user, state, stored, sealed FROM message ";

  private final Database database;
  private final SealedTable table;

  MessageTable(Database database, RowSeal seal) {
    this.database = database;
    this.table = new SealedTable("message", database, seal);
  }

  Optional<MessageRow> message(MessageId id) {
    return database.first(COLUMNS + "WHERE id = ?", this::decode, id.value().toArray());
  }

  void putMessage(MessageRow row) {
    Fields.Writer out = new Fields.Writer();
    out.text(row.kind().name());
    Columns.signed(out, row.sentAt());
    out.text(row.text());
    Columns.optional(out, row.blob() == null ? null : row.blob().value());
    out.number(row.clockOdd() ? 1 : 0);
    byte[] id = row.id().value().toArray();
    String user = row.with().name();
    String state = row.state().name();
    database.update(
        "INSERT INTO message (id, user, state, stored, sealed) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (id) DO UPDATE SET user = excluded.user, state = excluded.state,"
            + " stored = excluded.stored, sealed = excluded.sealed",
        id,
        user,
        state,
        row.storedAt(),
        table.seal(out, id, user, state, row.storedAt()));
  }

  List<MessageRow> messages(MessageQuery query) {
    List<MessageRow> found = new ArrayList<>();
    if (query.limit() <= 0) {
      return found;
    }
    StringBuilder sql = new StringBuilder(COLUMNS).append("WHERE stored >= ?");
    List<@Nullable Object> values = new ArrayList<>();
    values.add(query.since());
    if (query.with() != null) {
      sql.append(" AND user = ?");
      values.add(query.with().name());
    }
    if (query.state() != null) {
      sql.append(" AND state = ?");
      values.add(query.state().name());
    }
    database.scan(
        sql.append(" ORDER BY seq DESC").toString(),
        row -> {
          MessageRow line = decode(row);
          if (query.matches(line)) {
            found.add(line);
          }
          return found.size() < query.limit();
        },
        values.toArray());
    Collections.reverse(found);
    return found;
  }

  int unread() {
    return database
        .first(
            "SELECT count(*) FROM message WHERE state = ?",
            row -> row.getInt(1),
            MessageRow.State.UNREAD.name())
        .orElse(0);
  }

  private MessageRow decode(ResultSet row) throws SQLException {
    byte[] id = row.getBytes(1);
    String user = row.getString(2);
    String state = row.getString(3);
    long stored = row.getLong(4);
    return table.open(
        in -> {
          MessageRow.Kind kind = MessageRow.Kind.valueOf(in.text(Columns.LIMIT));
          long sent = Columns.signed(in);
          String text = in.text(Columns.LIMIT);
          Bytes blob = Columns.optional(in);
          boolean odd = in.count(1) == 1;
          return new MessageRow(
              new MessageId(Bytes.of(id)),
              new UserId(user),
              MessageRow.State.valueOf(state),
              kind,
              sent,
              stored,
              text,
              blob == null ? null : new BlobId(blob),
              odd);
        },
        row.getBytes(5),
        id,
        user,
        state,
        stored);
  }
}
