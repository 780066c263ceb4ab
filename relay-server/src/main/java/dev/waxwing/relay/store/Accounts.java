package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables account and device. */
final class Accounts {
  private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);

  private final Sql sql;

  Accounts(Sql sql) {
    this.sql = sql;
  }

  Optional<Row> find(UserId user) {
    return sql.first("SELECT * FROM account WHERE name = ?", Row::read, user.name());
  }

  /** A page; damaged rows are left out. */
  List<Row> list(String after, int limit) {
    return sql
        .list(
            "SELECT * FROM account WHERE name > ? ORDER BY name LIMIT ?",
            row -> {
              try {
                return Optional.of(Row.read(row));
              } catch (Fault e) {
                LOG.warn("{}", e.what());
                return Optional.<Row>empty();
              }
            },
            after,
            limit)
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  void insert(Row row) {
    sql.update(
        "INSERT INTO account (account_key, record, token, first_device, first_digest, registered,"
            + " seen, sum, name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.values());
  }

  void update(Row row) {
    sql.update(
        "UPDATE account SET account_key = ?, record = ?, token = ?, first_device = ?,"
            + " first_digest = ?, registered = ?, seen = ?, sum = ? WHERE name = ?",
        row.values());
  }

  List<DeviceId> devices(UserId user) {
    return sql.list(
        "SELECT device FROM device WHERE name = ? ORDER BY device",
        row -> DeviceId.parse(Sql.text(row, "device")),
        user.name());
  }

  void addDevice(Address device) {
    sql.update(
        "INSERT INTO device (name, device, signed, last_resort, sum) VALUES (?, ?, NULL, NULL, ?)",
        device.user().name(),
        device.device().toString(),
        SqlitePrekeys.sum(device, null, null));
  }

  void removeDevice(Address device) {
    sql.update(
        "DELETE FROM device WHERE name = ? AND device = ?",
        device.user().name(),
        device.device().toString());
  }

  /**
   * How a user registered, by which a repetition is known.
   *
   * @param digest SHA-256 of the record
   */
  record First(@Nullable Bytes token, String device, Bytes digest, long registered) {}

  /** A row of account. */
  record Row(UserId user, Bytes accountKey, Bytes record, First first, long seen) {

    static Row of(Registration wish, long now) {
      TokenHash token = wish.token();
      First first =
          new First(
              token == null ? null : token.value(),
              wish.device().toString(),
              TokenHash.sha256(wish.record()),
              now);
      return new Row(wish.user(), wish.accountKey(), wish.record(), first, now);
    }

    static Row read(ResultSet row) throws SQLException {
      Row found =
          new Row(
              new UserId(Sql.text(row, "name")),
              Bytes.of(Sql.bytes(row, "account_key")),
              Bytes.of(Sql.bytes(row, "record")),
              new First(
                  Sql.optional(row, "token"),
                  Sql.text(row, "first_device"),
                  Bytes.of(Sql.bytes(row, "first_digest")),
                  row.getLong("registered")),
              row.getLong("seen"));
      if (found.sum() != row.getLong("sum")) {
        throw new Fault(
            FaultCode.STORE_CORRUPT,
            "the entry of " + found.user + " is damaged",
            "remove the user and let them join again");
      }
      return found;
    }

    boolean registeredBy(Registration wish) {
      return accountKey.equals(wish.accountKey()) && of(wish, first.registered).first.equals(first);
    }

    Row withRecord(Bytes newer) {
      return new Row(user, accountKey, newer, first, seen);
    }

    private long sum() {
      return new RowSum()
          .add(user.name())
          .add(accountKey)
          .add(record)
          .add(first.token)
          .add(first.device)
          .add(first.digest)
          .add(first.registered)
          .value();
    }

    /** In the order of the two statements, the name last. */
    @Nullable Object[] values() {
      return new @Nullable Object[] {
        accountKey,
        record,
        first.token,
        first.device,
        first.digest,
        first.registered,
        seen,
        sum(),
        user.name()
      };
    }
  }
}
