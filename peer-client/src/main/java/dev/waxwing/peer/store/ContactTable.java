package dev.waxwing.peer.store;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore.ContactRow;
import dev.waxwing.peer.session.PeerStore.Marks;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Fields;
import java.util.List;
import java.util.Optional;

/** People: the user ID is clear, everything known about them is sealed. */
final class ContactTable {
  private final Database database;
  private final SealedTable table;

  ContactTable(Database database, RowSeal seal) {
    this.database = database;
    this.table = new SealedTable("contact", database, seal);
  }

  Optional<ContactRow> contact(UserId user) {
    return database
        .first("SELECT sealed FROM contact WHERE user = ?", row -> row.getBytes(1), user.name())
        .map(bytes -> decode(user.name(), bytes));
  }

  List<ContactRow> contacts() {
    return database.all(
        "SELECT user, sealed FROM contact ORDER BY user",
        row -> decode(row.getString(1), row.getBytes(2)));
  }

  void putContact(ContactRow row) {
    Fields.Writer out = new Fields.Writer();
    Columns.optional(out, Columns.utf8(row.alias()));
    Columns.optional(out, Columns.utf8(row.displayName()));
    out.bytes(row.record());
    Columns.optional(out, row.pending());
    out.text(row.trust().name());
    out.number(row.marks().contact() ? 1 : 0).number(row.marks().blocked() ? 1 : 0);
    Columns.signed(out, row.marks().verifiedAt());
    Columns.signed(out, row.since());
    String user = row.user().name();
    database.update(
        "INSERT INTO contact (user, sealed) VALUES (?, ?)"
            + " ON CONFLICT (user) DO UPDATE SET sealed = excluded.sealed",
        user,
        table.seal(out, user));
  }

  void removeContact(UserId user) {
    database.update("DELETE FROM contact WHERE user = ?", user.name());
  }

  private ContactRow decode(String user, byte[] sealed) {
    return table.open(
        in ->
            new ContactRow(
                new UserId(user),
                Columns.text(Columns.optional(in)),
                Columns.text(Columns.optional(in)),
                in.bytes(Columns.LIMIT),
                Columns.optional(in),
                Trust.valueOf(in.text(Columns.LIMIT)),
                new Marks(in.count(1) == 1, in.count(1) == 1, Columns.signed(in)),
                Columns.signed(in)),
        sealed,
        user);
  }
}
