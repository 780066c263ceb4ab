package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of the tables mail, mail_share, removed and quarantine: their checksums and how they go.
 */
final class MailRows {
  /** Reads whole rows. */
  static final String SELECT =
      "SELECT seq, recipient, device, sender, sender_device, id, accepted, body,"
          + " length(body) AS length, sum FROM mail";

  /** Reads rows for removal: their sums cannot be checked. */
  static final String SELECT_WITHOUT_BODY =
      "SELECT seq, recipient, device, sender, sender_device, id, accepted, x'' AS body,"
          + " length(body) AS length, sum FROM mail";

  private static final int MAX_QUARANTINE = 1000;
  private static final Logger LOG = LoggerFactory.getLogger(MailRows.class);

  private final Sql sql;

  MailRows(Sql sql) {
    this.sql = sql;
  }

  /** Adds a row; the share is the caller's to count. */
  void insert(Address to, Mailbox.Row row) {
    byte[] id = row.id().value().toArray();
    byte[] body = row.body().toArray();
    String recipient = to.user().name();
    String device = to.device().toString();
    String sender = row.sender().user().name();
    String senderDevice = row.sender().device().toString();
    long sum =
        new RowSum()
            .add(row.seq())
            .add(recipient)
            .add(device)
            .add(sender)
            .add(senderDevice)
            .add(id)
            .add(row.acceptedAt())
            .add(body)
            .value();
    sql.update(
        "INSERT INTO mail (seq, recipient, device, sender, sender_device, id, accepted, body, sum)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.seq(),
        recipient,
        device,
        sender,
        senderDevice,
        id,
        row.acceptedAt(),
        body,
        sum);
  }

  /**
   * What was next at one time.
   *
   * @param ran how long the relay had run in all, in milliseconds; 0 where there is no mark
   * @param seq the number of the next row
   */
  record Mark(long ran, long seq) {
    private static final Mark NONE = new Mark(0, 0);

    long sum() {
      return new RowSum().add(ran).add(seq).value();
    }
  }

  /** Adds a mark; one that no mail can need any more goes. */
  void add(Mark mark) {
    sql.update(
        "INSERT OR REPLACE INTO mail_mark (ran, seq, sum) VALUES (?, ?, ?)",
        mark.ran(),
        mark.seq(),
        mark.sum());
    sql.update("DELETE FROM mail_mark WHERE ran < ?", mark.ran() - 2 * Mailbox.KEPT_MILLIS);
  }

  /**
   * The newest mark that was made when the relay had run no longer than {@code ran}. A damaged one
   * is passed over: the one before it makes mail younger, never older.
   */
  Mark mark(long ran) {
    for (long upTo = ran; ; ) {
      Marked found =
          sql.first(
                  "SELECT ran, seq, sum FROM mail_mark WHERE ran <= ? ORDER BY ran DESC LIMIT 1",
                  Marked::read,
                  upTo)
              .orElse(Marked.NONE);
      if (found.sound()) {
        return found.mark();
      }
      upTo = found.mark().ran() - 1;
    }
  }

  /** A mark as found. */
  record Marked(Mark mark, long sum) {
    private static final Marked NONE = new Marked(Mark.NONE, Mark.NONE.sum());

    static Marked read(ResultSet row) throws SQLException {
      return new Marked(new Mark(row.getLong("ran"), row.getLong("seq")), row.getLong("sum"));
    }

    boolean sound() {
      return sum == mark.sum();
    }
  }

  /**
   * Bytes that a recipient's mail takes.
   *
   * @param total all of it
   * @param bySender what one sender has sent
   */
  record Taken(long total, long bySender) {}

  /** What a recipient's mail takes, all of it and a sender's. */
  Taken taken(String recipient, String sender) {
    return sql.first(
            "SELECT COALESCE(SUM(CASE WHEN sender = '' THEN bytes END), 0),"
                + " COALESCE(SUM(CASE WHEN sender <> '' THEN bytes END), 0)"
                + " FROM mail_share WHERE recipient = ? AND sender IN ('', ?)",
            row -> new Taken(row.getLong(1), row.getLong(2)),
            recipient,
            sender)
        .orElse(new Taken(0, 0));
  }

  /** Counts rows that came or, with negative numbers, went. */
  void share(String recipient, String sender, long amount, long bytes) {
    sql.update(
        "INSERT INTO mail_share (recipient, sender, amount, bytes)"
            + " VALUES (?, ?, ?, ?), (?, '', ?, ?)"
            + " ON CONFLICT (recipient, sender) DO UPDATE SET"
            + " amount = mail_share.amount + excluded.amount,"
            + " bytes = mail_share.bytes + excluded.bytes",
        recipient,
        sender,
        amount,
        bytes,
        recipient,
        amount,
        bytes);
    if (amount < 0) {
      sql.update(
          "DELETE FROM mail_share WHERE recipient = ? AND sender IN ('', ?) AND amount <= 0",
          recipient,
          sender);
    }
  }

  /** Removes a row, recorded. */
  void remove(Found row, RemovedReason reason, long now) {
    sql.update("DELETE FROM mail WHERE seq = ?", row.seq());
    share(row.recipient(), row.sender(), -1, -(long) row.length() - Mailbox.ROW_OVERHEAD);
    record(row, reason, now);
  }

  private void record(Found row, RemovedReason reason, long now) {
    sql.update(
        "INSERT INTO removed (seq, id, sender, sender_device, recipient, device, reason, at, sum)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.seq(),
        row.id(),
        row.sender(),
        row.senderDevice(),
        row.recipient(),
        row.device(),
        reason.name(),
        now,
        row.removalSum(reason.name(), now));
    sql.update(
        "DELETE FROM removed WHERE number <="
            + " (SELECT seq FROM sqlite_sequence WHERE name = 'removed') - "
            + Mailbox.MAX_REMOVED);
  }

  /** Puts a damaged row aside as it is, and says so. */
  void quarantine(Found row) {
    LOG.warn("mail {} is damaged: its checksum does not agree; it is in quarantine", row.seq());
    sql.update(
        "INSERT INTO quarantine"
            + " (seq, recipient, device, sender, sender_device, id, accepted, body, sum)"
            + " SELECT seq, recipient, device, sender, sender_device, id, accepted, body, sum"
            + " FROM mail WHERE seq = ?",
        row.seq());
    sql.update(
        "DELETE FROM quarantine WHERE number <="
            + " (SELECT seq FROM sqlite_sequence WHERE name = 'quarantine') - "
            + MAX_QUARANTINE);
    sql.update("DELETE FROM mail WHERE seq = ?", row.seq());
    // Names or length may be what is damaged, so the shares are counted anew.
    sql.update("DELETE FROM mail_share");
    sql.update(
        "INSERT INTO mail_share (recipient, sender, amount, bytes)"
            + " SELECT recipient, sender, COUNT(*), SUM(length(body) + "
            + Mailbox.ROW_OVERHEAD
            + ") FROM mail GROUP BY recipient, sender");
    sql.update(
        "INSERT INTO mail_share (recipient, sender, amount, bytes)"
            + " SELECT recipient, '', SUM(amount), SUM(bytes) FROM mail_share GROUP BY recipient");
    // The names may be wrong, but a sender who reads of it can only send again.
    record(row, RemovedReason.DAMAGED, row.accepted());
  }

  /** Whether a record of removal is as it was written. */
  static boolean removalIsSound(ResultSet row) throws SQLException {
    return removedMail(row).removalSum(Sql.text(row, "reason"), row.getLong("at"))
        == row.getLong("sum");
  }

  /** Whether a mark is as it was written. */
  static boolean markIsSound(ResultSet row) throws SQLException {
    return Marked.read(row).sound();
  }

  private static Found removedMail(ResultSet row) throws SQLException {
    return new Found(
        row.getLong("seq"),
        new Names(
            Sql.text(row, "recipient"),
            Sql.text(row, "device"),
            Sql.text(row, "sender"),
            Sql.text(row, "sender_device")),
        Sql.bytes(row, "id"),
        0,
        new Body(new byte[0], 0, 0));
  }

  /** Reads a record of removal; nothing when it is damaged. */
  static Optional<Mailbox.Removed> removal(ResultSet row) throws SQLException {
    Found mail = removedMail(row);
    String reason = Sql.text(row, "reason");
    long at = row.getLong("at");
    if (!removalIsSound(row)) {
      LOG.warn("a record of removed mail is damaged and left out");
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Mailbox.Removed(
              row.getLong("number"),
              new PeerMessage.Mail(mail.seq(), SqliteMailbox.messageId(mail.id())),
              SqliteMailbox.address(mail.recipient(), mail.device()),
              RemovedReason.valueOf(reason),
              at));
    } catch (Fault e) {
      LOG.warn("a record of mail removed as damaged names nobody and is left out");
      return Optional.empty();
    }
  }

  /** The four names of a row, unchecked. */
  record Names(String recipient, String device, String sender, String senderDevice) {}

  /** The body of a row, its length and the row's sum. */
  record Body(byte[] bytes, int length, long sum) {}

  /** A row as found, its fields not yet trusted. */
  record Found(long seq, Names names, byte[] id, long accepted, Body rest) {

    static Found read(ResultSet row) throws SQLException {
      return new Found(
          row.getLong("seq"),
          new Names(
              Sql.text(row, "recipient"),
              Sql.text(row, "device"),
              Sql.text(row, "sender"),
              Sql.text(row, "sender_device")),
          Sql.bytes(row, "id"),
          row.getLong("accepted"),
          new Body(Sql.bytes(row, "body"), row.getInt("length"), row.getLong("sum")));
    }

    String recipient() {
      return names.recipient;
    }

    String device() {
      return names.device;
    }

    String sender() {
      return names.sender;
    }

    String senderDevice() {
      return names.senderDevice;
    }

    byte[] body() {
      return rest.bytes;
    }

    int length() {
      return rest.length;
    }

    boolean damaged() {
      return rest.sum
          != new RowSum()
              .add(seq)
              .add(recipient())
              .add(device())
              .add(sender())
              .add(senderDevice())
              .add(id)
              .add(accepted)
              .add(body())
              .value();
    }

    long removalSum(String reason, long at) {
      return new RowSum()
          .add(seq)
          .add(id)
          .add(sender())
          .add(senderDevice())
          .add(recipient())
          .add(device())
          .add(reason)
          .add(at)
          .value();
    }

    Mailbox.Row toRow() {
      return new Mailbox.Row(
          seq,
          SqliteMailbox.messageId(id),
          SqliteMailbox.address(sender(), senderDevice()),
          accepted,
          Bytes.of(body()));
    }
  }
}
