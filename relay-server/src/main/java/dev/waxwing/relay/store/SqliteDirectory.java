package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Users in SQLite, with invites and prekeys beside them. */
final class SqliteDirectory implements Directory {
  private final Sql sql;
  private final SqliteMailbox mailbox;
  private final Accounts accounts;
  private final SqliteInvites invites;
  private final SqlitePrekeys prekeys;

  SqliteDirectory(Sql sql, SqliteMailbox mailbox) {
    this.sql = sql;
    this.mailbox = mailbox;
    this.accounts = new Accounts(sql);
    this.invites = new SqliteInvites(sql);
    this.prekeys = new SqlitePrekeys(sql);
  }

  @Override
  public Registration.Outcome register(Registration wish, long now) {
    Optional<Accounts.Row> there = accounts.find(wish.user());
    if (there.isPresent()) {
      return there.get().registeredBy(wish)
          ? Registration.Outcome.REPEATED
          : Registration.Outcome.USER_TAKEN;
    }
    TokenHash token = wish.token();
    if (token != null) {
      Registration.Outcome paid = invites.use(token, now);
      if (paid != Registration.Outcome.REGISTERED) {
        return paid;
      }
    }
    accounts.insert(Accounts.Row.of(wish, now));
    accounts.addDevice(new Address(wish.user(), wish.device()));
    return Registration.Outcome.REGISTERED;
  }

  @Override
  public Optional<UserEntry> find(UserId user) {
    return accounts.find(user).map(this::entry);
  }

  private UserEntry entry(Accounts.Row row) {
    return new UserEntry(
        row.user(),
        row.accountKey(),
        row.record(),
        accounts.devices(row.user()),
        new UserEntry.Times(row.first().registered(), row.seen()));
  }

  @Override
  public List<UserEntry> list(@Nullable UserId after, int limit) {
    return accounts.list(after == null ? "" : after.name(), limit).stream()
        .map(this::entry)
        .toList();
  }

  @Override
  public long count() {
    return sql.number("SELECT COUNT(*) FROM account");
  }

  @Override
  public boolean putRecord(
      UserId user, Bytes accountKey, Bytes record, List<DeviceId> devices, long now) {
    Optional<Accounts.Row> there = accounts.find(user);
    if (devices.isEmpty() || there.isEmpty() || !there.get().accountKey().equals(accountKey)) {
      return false;
    }
    accounts.update(there.get().withRecord(record));
    List<DeviceId> before = accounts.devices(user);
    for (DeviceId gone : before) {
      if (!devices.contains(gone)) {
        removeDevice(new Address(user, gone), RemovedReason.DEVICE_REMOVED, now);
      }
    }
    for (DeviceId device : devices) {
      if (!before.contains(device)) {
        accounts.addDevice(new Address(user, device));
      }
    }
    return true;
  }

  private void removeDevice(Address device, RemovedReason reason, long now) {
    mailbox.removeOf(device, reason, now);
    accounts.removeDevice(device);
  }

  @Override
  public void seen(UserId user, long now) {
    sql.update("UPDATE account SET seen = ? WHERE name = ?", now, user.name());
  }

  @Override
  public boolean remove(UserId user, RemovedReason reason, long now) {
    for (DeviceId device : accounts.devices(user)) {
      removeDevice(new Address(user, device), reason, now);
    }
    // What refers to the account goes with it: ON DELETE CASCADE.
    return sql.update("DELETE FROM account WHERE name = ?", user.name()) > 0;
  }

  @Override
  public void createInvite(TokenHash token, Invite.Limits limits, String note) {
    invites.create(new Invite(token, limits, note, 0, false));
  }

  @Override
  public List<Invite> invites() {
    return invites.list();
  }

  @Override
  public boolean revokeInvite(TokenHash token) {
    return invites.revoke(token);
  }

  @Override
  public Prekeys.Counts publishPrekeys(Address device, Prekeys.Batch batch, boolean replace) {
    if (replace) {
      prekeys.dropOneTime(device);
    }
    return prekeys.publish(device, batch);
  }

  @Override
  public Prekeys.Counts prekeysLeft(Address device) {
    return prekeys.left(device);
  }

  @Override
  public Optional<Prekeys.Taken> takeBundles(UserId user) {
    return find(user)
        .map(
            entry -> {
              List<Prekeys.Bundle> bundles =
                  entry.devices().stream()
                      .flatMap(device -> prekeys.take(new Address(user, device)).stream())
                      .toList();
              return new Prekeys.Taken(
                  entry,
                  bundles,
                  bundles.stream()
                      .map(bundle -> prekeys.left(new Address(user, bundle.device())))
                      .toList());
            });
  }

  @Override
  public void setBlocked(UserId owner, UserId other, boolean blocked) {
    requireUsers(owner, other);
    sql.update(
        blocked
            ? "INSERT INTO blocked (owner, other) VALUES (?, ?) ON CONFLICT (owner, other) DO NOTHING"
            : "DELETE FROM blocked WHERE owner = ? AND other = ?",
        owner.name(),
        other.name());
  }

  @Override
  public List<UserId> blockedBy(UserId owner) {
    return names("SELECT other FROM blocked WHERE owner = ? ORDER BY other", owner);
  }

  @Override
  public boolean isBlocked(UserId owner, UserId other) {
    return sql.number(
            "SELECT COUNT(*) FROM blocked WHERE owner = ? AND other = ?",
            owner.name(),
            other.name())
        > 0;
  }

  @Override
  public void setVisible(UserId owner, UserId other, boolean visible) {
    requireUsers(owner, other);
    sql.update(
        visible
            ? "INSERT INTO visible (owner, other) VALUES (?, ?) ON CONFLICT (owner, other) DO NOTHING"
            : "DELETE FROM visible WHERE owner = ? AND other = ?",
        owner.name(),
        other.name());
  }

  @Override
  public List<UserId> visibleTo(UserId owner) {
    return names("SELECT other FROM visible WHERE owner = ? ORDER BY other", owner);
  }

  @Override
  public List<UserId> mutual(UserId user) {
    return names(
        "SELECT mine.other FROM visible mine JOIN visible theirs"
            + " ON theirs.owner = mine.other AND theirs.other = mine.owner"
            + " WHERE mine.owner = ? ORDER BY mine.other",
        user);
  }

  private List<UserId> names(String query, UserId user) {
    return sql.list(query, row -> new UserId(row.getString(1)), user.name());
  }

  private void requireUsers(UserId owner, UserId other) {
    for (UserId user : new UserId[] {owner, other}) {
      if (sql.number("SELECT COUNT(*) FROM account WHERE name = ?", user.name()) == 0) {
        throw new Fault(FaultCode.USER_UNKNOWN, user + " is not known here");
      }
    }
  }

  @Override
  public void add(UserId user, Counter counter, long amount) {
    // "WHERE true" keeps SQLite from reading ON CONFLICT as a join's ON.
    sql.update(
        "INSERT INTO counter (name, counter, amount) SELECT name, ?, ? FROM account"
            + " WHERE name = ? AND true ON CONFLICT (name, counter) DO UPDATE SET"
            + " amount = counter.amount + excluded.amount",
        counter.name(),
        amount,
        user.name());
  }

  @Override
  public Map<Counter, Long> counters(UserId user) {
    Map<Counter, Long> found = new EnumMap<>(Counter.class);
    for (Counter counter : Counter.values()) {
      sql.first(
              "SELECT amount FROM counter WHERE name = ? AND counter = ?",
              row -> row.getLong(1),
              user.name(),
              counter.name())
          .ifPresent(amount -> found.put(counter, amount));
    }
    return found;
  }
}
