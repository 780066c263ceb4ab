package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
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

/** The tables one_time and taken, and the prekeys in device. Damaged keys are dropped unused. */
final class SqlitePrekeys {
  private static final Logger LOG = LoggerFactory.getLogger(SqlitePrekeys.class);
  private static final int X25519 = 0;
  private static final int KEM = 1;

  /** Digests of keys handed out that are remembered for a device: many refills long. */
  private static final int MAX_TAKEN = 2000;

  private final Sql sql;

  SqlitePrekeys(Sql sql) {
    this.sql = sql;
  }

  Prekeys.Counts publish(Address device, Prekeys.Batch batch) {
    Signed before =
        signed(device)
            .orElseThrow(
                () -> new Fault(FaultCode.USER_UNKNOWN, "the device is not registered here"));
    Bytes signed = batch.signed() != null ? batch.signed() : before.signed;
    Bytes lastResort = batch.lastResort() != null ? batch.lastResort() : before.lastResort;
    sql.update(
        "UPDATE device SET signed = ?, last_resort = ?, sum = ? WHERE name = ? AND device = ?",
        signed,
        lastResort,
        sum(device, signed, lastResort),
        name(device),
        id(device));
    add(device, X25519, batch.oneTime(), Prekeys.MAX_ONE_TIME);
    add(device, KEM, batch.oneTimeKem(), Prekeys.MAX_ONE_TIME_KEM);
    return left(device);
  }

  private void add(Address device, int kind, List<Prekeys.OneTime> keys, int cap) {
    long room = cap - count(device, kind);
    for (Prekeys.OneTime key : keys) {
      boolean here =
          sql.number(
                  "SELECT COUNT(*) FROM one_time WHERE name = ? AND device = ? AND kind = ?"
                      + " AND id = ?",
                  name(device),
                  id(device),
                  kind,
                  key.id())
              > 0;
      if ((!here && room <= 0) || wasTaken(device, key)) {
        continue;
      }
      sql.update(
          "INSERT INTO one_time (name, device, kind, id, encoded, sum) VALUES (?, ?, ?, ?, ?, ?)"
              + " ON CONFLICT (name, device, kind, id) DO UPDATE SET"
              + " encoded = excluded.encoded, sum = excluded.sum",
          name(device),
          id(device),
          kind,
          key.id(),
          key.encoded(),
          sum(device, kind, key));
      room -= here ? 0 : 1;
    }
  }

  void dropOneTime(Address device) {
    sql.update("DELETE FROM one_time WHERE name = ? AND device = ?", name(device), id(device));
  }

  Prekeys.Counts left(Address device) {
    return new Prekeys.Counts((int) count(device, X25519), (int) count(device, KEM));
  }

  private long count(Address device, int kind) {
    return sql.number(
        "SELECT COUNT(*) FROM one_time WHERE name = ? AND device = ? AND kind = ?",
        name(device),
        id(device),
        kind);
  }

  /** Takes a bundle; nothing when the device has not published its signed prekeys. */
  Optional<Prekeys.Bundle> take(Address device) {
    Signed found = signed(device).orElse(new Signed(null, null, true));
    if (!found.intact) {
      LOG.warn("the prekeys of {} are damaged; the device must publish again", device);
    }
    Bytes signed = found.signed;
    Bytes lastResort = found.lastResort;
    if (signed == null || lastResort == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Prekeys.Bundle(
            device.device(), signed, lastResort, takeOne(device, X25519), takeOne(device, KEM)));
  }

  private Prekeys.@Nullable OneTime takeOne(Address device, int kind) {
    while (true) {
      Optional<OneTimeRow> oldest =
          sql.first(
              "SELECT number, id, encoded, sum FROM one_time"
                  + " WHERE name = ? AND device = ? AND kind = ? ORDER BY number LIMIT 1",
              OneTimeRow::read,
              name(device),
              id(device),
              kind);
      if (oldest.isEmpty()) {
        return null;
      }
      OneTimeRow row = oldest.get();
      sql.update("DELETE FROM one_time WHERE number = ?", row.number);
      if (row.length >= 1 && row.length <= Prekeys.MAX_ENCODED) {
        Prekeys.OneTime key = new Prekeys.OneTime(row.id, row.encoded);
        if (sum(device, kind, key) == row.sum) {
          remember(device, key);
          return key;
        }
      }
      LOG.warn("a one-time prekey of {} is damaged and dropped", device);
    }
  }

  private boolean wasTaken(Address device, Prekeys.OneTime key) {
    return sql.number(
            "SELECT COUNT(*) FROM taken WHERE name = ? AND device = ? AND digest = ?",
            name(device),
            id(device),
            TokenHash.sha256(key.encoded()))
        > 0;
  }

  private void remember(Address device, Prekeys.OneTime key) {
    sql.update(
        "INSERT INTO taken (name, device, digest) VALUES (?, ?, ?)"
            + " ON CONFLICT (name, device, digest) DO NOTHING",
        name(device),
        id(device),
        TokenHash.sha256(key.encoded()));
    sql.update(
        "DELETE FROM taken WHERE name = ? AND device = ? AND number <="
            + " (SELECT number FROM taken WHERE name = ? AND device = ?"
            + " ORDER BY number DESC LIMIT 1 OFFSET ?)",
        name(device),
        id(device),
        name(device),
        id(device),
        MAX_TAKEN);
  }

  /** Whether a row of device is as it was written. */
  static boolean deviceIsSound(ResultSet row) throws SQLException {
    Address device = SqliteMailbox.address(Sql.text(row, "name"), Sql.text(row, "device"));
    return sum(device, Sql.optional(row, "signed"), Sql.optional(row, "last_resort"))
        == row.getLong("sum");
  }

  /** Whether a row of one_time is as it was written. */
  static boolean oneTimeIsSound(ResultSet row) throws SQLException {
    Address device = SqliteMailbox.address(Sql.text(row, "name"), Sql.text(row, "device"));
    Prekeys.OneTime key =
        new Prekeys.OneTime(row.getLong("id"), Bytes.of(Sql.bytes(row, "encoded")));
    return sum(device, row.getInt("kind"), key) == row.getLong("sum");
  }

  private Optional<Signed> signed(Address device) {
    return sql.first(
        "SELECT signed, last_resort, sum FROM device WHERE name = ? AND device = ?",
        row -> {
          Bytes signed = Sql.optional(row, "signed");
          Bytes lastResort = Sql.optional(row, "last_resort");
          return sum(device, signed, lastResort) == row.getLong("sum")
              ? new Signed(signed, lastResort, true)
              : new Signed(null, null, false);
        },
        name(device),
        id(device));
  }

  static long sum(Address device, @Nullable Bytes signed, @Nullable Bytes lastResort) {
    return new RowSum().add(name(device)).add(id(device)).add(signed).add(lastResort).value();
  }

  private static long sum(Address device, int kind, Prekeys.OneTime key) {
    return new RowSum()
        .add(name(device))
        .add(id(device))
        .add(kind)
        .add(key.id())
        .add(key.encoded())
        .value();
  }

  private static String name(Address device) {
    return device.user().name();
  }

  private static String id(Address device) {
    return device.device().toString();
  }

  private record Signed(@Nullable Bytes signed, @Nullable Bytes lastResort, boolean intact) {}

  private record OneTimeRow(long number, long id, Bytes encoded, int length, long sum) {
    static OneTimeRow read(ResultSet row) throws SQLException {
      byte[] encoded = Sql.bytes(row, "encoded");
      return new OneTimeRow(
          row.getLong("number"),
          row.getLong("id"),
          Bytes.of(encoded),
          encoded.length,
          row.getLong("sum"));
    }
  }
}
