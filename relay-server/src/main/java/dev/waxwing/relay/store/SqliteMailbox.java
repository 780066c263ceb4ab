package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Mail in SQLite. */
final class SqliteMailbox implements Mailbox {
  private final Sql sql;
  private final long quota;
  private final MailRows rows;
  private EpochId epoch;
  private long nextSeq;

  SqliteMailbox(Sql sql, StoreOptions options) {
    this.sql = sql;
    this.quota = options.mailQuota();
    this.rows = new MailRows(sql);
    this.epoch = options.epoch();
  }

  /** Reads what is kept in memory, inside the transaction of the store's opening. */
  void load() {
    sql.update(
        "INSERT INTO meta (name, value) VALUES ('epoch', ?) ON CONFLICT (name) DO NOTHING",
        epoch.value());
    epoch =
        sql.first(
                "SELECT value FROM meta WHERE name = 'epoch'",
                row -> new EpochId(Bytes.of(Sql.bytes(row, "value"))))
            .orElse(epoch);
    // The store has one owner, so the next number can live here; a number whose transaction was
    // undone
    // is skipped, and one that was committed is in sqlite_sequence even after its row has gone.
    nextSeq = 1 + lastSeq();
  }

  /** Begins another incarnation, after a restore. */
  void renew(EpochId fresh) {
    sql.update("UPDATE meta SET value = ? WHERE name = 'epoch'", fresh.value());
    epoch = fresh;
  }

  @Override
  public EpochId epoch() {
    return epoch;
  }

  @Override
  public Appended append(Message message, long now) {
    String recipient = message.recipient().name();
    Set<DeviceId> devices =
        new HashSet<>(
            sql.list(
                "SELECT device FROM device WHERE name = ?",
                row -> DeviceId.parse(Sql.text(row, "device")),
                recipient));
    if (devices.isEmpty()) {
      return refused(Outcome.USER_UNKNOWN);
    }
    if (devices.size() != message.copies().size()
        || !message.copies().stream().map(Copy::device).allMatch(devices::remove)) {
      return refused(Outcome.DEVICES_STALE);
    }
    List<Copy> fresh = message.copies().stream().filter(copy -> !isHere(message, copy)).toList();
    if (fresh.isEmpty()) {
      return refused(Outcome.DUPLICATE);
    }
    Address sender = message.sender();
    if (sql.number(
            "SELECT COUNT(*) FROM blocked WHERE owner = ? AND other = ?",
            recipient,
            sender.user().name())
        > 0) {
      return refused(Outcome.DECLINED);
    }
    long cost = fresh.stream().mapToLong(copy -> ROW_OVERHEAD + copy.body().length()).sum();
    MailRows.Taken taken = rows.taken(recipient, sender.user().name());
    if (taken.total() + cost > quota) {
      return refused(Outcome.MAILBOX_FULL);
    }
    if (taken.bySender() + cost > quota / SHARE_DIVISOR) {
      return refused(Outcome.MAILBOX_SHARE_FULL);
    }
    List<NewRow> added = new ArrayList<>();
    for (Copy copy : fresh) {
      long seq = nextSeq++;
      Address to = new Address(message.recipient(), copy.device());
      rows.insert(to, new Row(seq, message.id(), sender, now, copy.body()));
      added.add(new NewRow(copy.device(), seq));
    }
    rows.share(recipient, sender.user().name(), fresh.size(), cost);
    return new Appended(Outcome.ACCEPTED, added);
  }

  private boolean isHere(Message message, Copy copy) {
    return sql.number(
            "SELECT COUNT(*) FROM mail WHERE id = ? AND device = ? AND recipient = ?"
                + " AND sender_device = ? AND sender = ?",
            message.id().value(),
            copy.device().toString(),
            message.recipient().name(),
            message.sender().device().toString(),
            message.sender().user().name())
        > 0;
  }

  private static Appended refused(Outcome outcome) {
    return new Appended(outcome, List.of());
  }

  @Override
  public List<Row> fetch(Address device, long afterSeq, int maxRows, long maxBytes) {
    List<Row> found = new ArrayList<>();
    long bytes = 0;
    long after = afterSeq;
    while (found.size() < maxRows) {
      // In steps, so that a long mailbox is not read into memory before the limit of bytes is met.
      int step = Math.min(16, maxRows - found.size());
      List<MailRows.Found> next =
          sql.list(
              MailRows.SELECT
                  + " WHERE recipient = ? AND device = ? AND seq > ? ORDER BY seq LIMIT ?",
              MailRows.Found::read,
              device.user().name(),
              device.device().toString(),
              after,
              step);
      for (MailRows.Found row : next) {
        after = row.seq();
        if (row.damaged()) {
          rows.quarantine(row);
          continue;
        }
        bytes += row.body().length;
        if (!found.isEmpty() && bytes > maxBytes) {
          return found;
        }
        found.add(row.toRow());
      }
      if (next.size() < step) {
        return found;
      }
    }
    return found;
  }

  @Override
  public int ack(Address device, EpochId named, List<PeerMessage.Mail> mail) {
    if (!named.equals(epoch)) {
      return 0;
    }
    int removed = 0;
    Map<String, long[]> bySender = new HashMap<>();
    for (PeerMessage.Mail one : mail) {
      removed +=
          sql.updateReturning(
                  "DELETE FROM mail WHERE seq = ? AND recipient = ? AND device = ? AND id = ?"
                      + " RETURNING sender, length(body)",
                  row -> {
                    long[] sum = bySender.computeIfAbsent(row.getString(1), s -> new long[2]);
                    sum[0]--;
                    sum[1] -= row.getLong(2) + ROW_OVERHEAD;
                    return one;
                  },
                  one.seq(),
                  device.user().name(),
                  device.device().toString(),
                  one.id().value())
              .size();
    }
    bySender.forEach((sender, sum) -> rows.share(device.user().name(), sender, sum[0], sum[1]));
    return removed;
  }

  @Override
  public long ran() {
    return rows.mark(Long.MAX_VALUE).ran();
  }

  @Override
  public void note(long ran) {
    if (ran > ran()) {
      // Not this process's next number, which is higher where something was undone: the next
      // process begins with that of the table, and what it takes in must not lie below the mark.
      rows.add(new MailRows.Mark(ran, 1 + lastSeq()));
    }
  }

  private long lastSeq() {
    return sql.number("SELECT seq FROM sqlite_sequence WHERE name = 'mail'");
  }

  @Override
  public int expire(long ran, int limit, long now) {
    long noted = ran();
    if (noted == 0 || ran - noted >= MARK_MILLIS) {
      note(ran);
    }
    long before = rows.mark(ran - KEPT_MILLIS).seq();
    int removed = 0;
    while (removed < limit) {
      int step = Math.min(32, limit - removed);
      List<MailRows.Found> oldest =
          sql.list(
              MailRows.SELECT + " WHERE seq < ? ORDER BY seq LIMIT ?",
              MailRows.Found::read,
              before,
              step);
      for (MailRows.Found row : oldest) {
        if (row.damaged()) {
          rows.quarantine(row);
        } else {
          rows.remove(row, RemovedReason.EXPIRED, now);
        }
        removed++;
      }
      if (oldest.size() < step) {
        return removed;
      }
    }
    return removed;
  }

  /** Removes all mail of a device, recorded with the reason. */
  void removeOf(Address device, RemovedReason reason, long now) {
    for (MailRows.Found row :
        sql.list(
            MailRows.SELECT_WITHOUT_BODY + " WHERE recipient = ? AND device = ? ORDER BY seq",
            MailRows.Found::read,
            device.user().name(),
            device.device().toString())) {
      rows.remove(row, reason, now);
    }
  }

  @Override
  public List<Removed> removed(Address sender, long after, int limit) {
    return sql
        .list(
            "SELECT * FROM removed WHERE sender = ? AND sender_device = ? AND number > ?"
                + " ORDER BY number LIMIT ?",
            MailRows::removal,
            sender.user().name(),
            sender.device().toString(),
            after,
            limit)
        .stream()
        .flatMap(java.util.Optional::stream)
        .toList();
  }

  @Override
  public long waiting(Address device) {
    return sql.number(
        "SELECT COUNT(*) FROM mail WHERE recipient = ? AND device = ?",
        device.user().name(),
        device.device().toString());
  }

  @Override
  public Usage usage(UserId user) {
    return sql.first(
            "SELECT amount, bytes FROM mail_share WHERE recipient = ? AND sender = ''",
            row -> new Usage(row.getLong(1), row.getLong(2)),
            user.name())
        .orElse(new Usage(0, 0));
  }

  @Override
  public Usage total() {
    return sql.first(
            "SELECT COALESCE(SUM(amount), 0), COALESCE(SUM(bytes), 0) FROM mail_share"
                + " WHERE sender = ''",
            row -> new Usage(row.getLong(1), row.getLong(2)))
        .orElse(new Usage(0, 0));
  }

  @Override
  public long quarantined() {
    return sql.number("SELECT seq FROM sqlite_sequence WHERE name = 'quarantine'");
  }

  /** Reads an address from two columns. */
  static Address address(String user, String device) {
    try {
      return new Address(new UserId(user), DeviceId.parse(device));
    } catch (Fault e) {
      throw new Fault(FaultCode.STORE_CORRUPT, "an address in the store is damaged", e);
    }
  }

  /** Reads a message's id. */
  static MessageId messageId(byte[] id) {
    try {
      return new MessageId(Bytes.of(id));
    } catch (Fault e) {
      throw new Fault(FaultCode.STORE_CORRUPT, "a message's id in the store is damaged", e);
    }
  }
}
