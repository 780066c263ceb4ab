package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The list of blobs in SQLite. */
final class SqliteBlobCatalog implements BlobCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteBlobCatalog.class);

  private final Sql sql;

  SqliteBlobCatalog(Sql sql) {
    this.sql = sql;
  }

  @Override
  public CreateOutcome create(BlobId blob, Address owner, List<Address> recipients, long now) {
    Optional<BlobRecord> there = find(blob);
    if (there.isPresent()) {
      return there.get().owner().equals(owner)
              && there.get().recipients().keySet().equals(new java.util.TreeSet<>(recipients))
          ? CreateOutcome.REPEATED
          : CreateOutcome.CONFLICT;
    }
    Optional<RemovedReason> gone = whyGone(blob);
    if (gone.isPresent()) {
      return gone.get() == RemovedReason.FINISHED ? CreateOutcome.FINISHED : CreateOutcome.GONE;
    }
    if (!registered(owner) || !recipients.stream().allMatch(this::registered)) {
      return CreateOutcome.UNKNOWN;
    }
    sql.update(
        "INSERT INTO blob (id, owner, owner_device, created, active, parts, size, sum)"
            + " VALUES (?, ?, ?, ?, ?, NULL, NULL, ?)",
        blob.value(),
        owner.user().name(),
        owner.device().toString(),
        now,
        now,
        sum(blob, owner, now, null));
    for (Address recipient : recipients) {
      sql.update(
          "INSERT INTO blob_recipient (id, recipient, device, state, sum) VALUES (?, ?, ?, ?, ?)",
          blob.value(),
          recipient.user().name(),
          recipient.device().toString(),
          BlobRecord.RecipientState.ACTIVE.name(),
          sum(blob, recipient, BlobRecord.RecipientState.ACTIVE.name()));
    }
    return CreateOutcome.CREATED;
  }

  private boolean registered(Address device) {
    return sql.number(
            "SELECT COUNT(*) FROM device WHERE name = ? AND device = ?",
            device.user().name(),
            device.device().toString())
        > 0;
  }

  @Override
  public Optional<BlobRecord> find(BlobId blob) {
    return sql.first("SELECT * FROM blob WHERE id = ?", SqliteBlobCatalog::read, blob.value())
        .map(this::withRecipients);
  }

  @Override
  public List<BlobRecord> all() {
    return readable("SELECT * FROM blob ORDER BY created, id");
  }

  @Override
  public List<BlobRecord> ownedBy(UserId user) {
    return readable("SELECT * FROM blob WHERE owner = ? ORDER BY created, id", user.name());
  }

  private List<BlobRecord> readable(String query, @Nullable Object... values) {
    return sql.list(query, row -> unlessDamaged(() -> read(row)), values).stream()
        .flatMap(Optional::stream)
        .map(found -> unlessDamaged(() -> withRecipients(found)))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Reads something that may be damaged. */
  private interface Reading<T> {
    T read() throws SQLException;
  }

  private static <T> Optional<T> unlessDamaged(Reading<T> reading) {
    try {
      return Optional.of(reading.read());
    } catch (Fault e) {
      LOG.warn("{}", e.what());
      return Optional.empty();
    } catch (SQLException e) {
      throw new Fault(FaultCode.INTERNAL, "a column is missing", e);
    }
  }

  @Override
  public SealOutcome seal(BlobId blob, BlobRecord.Seal seal, long now) {
    Optional<BlobRecord> there = find(blob);
    if (there.isEmpty()) {
      return SealOutcome.UNKNOWN;
    }
    BlobRecord found = there.get();
    if (found.seal() != null) {
      return seal.equals(found.seal()) ? SealOutcome.REPEATED : SealOutcome.CONFLICT;
    }
    sql.update(
        "UPDATE blob SET parts = ?, size = ?, active = ?, sum = ? WHERE id = ?",
        seal.parts(),
        seal.size(),
        now,
        sum(blob, found.owner(), found.times().created(), seal),
        blob.value());
    return SealOutcome.SEALED;
  }

  @Override
  public boolean setRecipient(
      BlobId blob, Address recipient, BlobRecord.RecipientState state, long now) {
    touch(blob, now);
    return sql.update(
            "UPDATE blob_recipient SET state = ?, sum = ?"
                + " WHERE id = ? AND recipient = ? AND device = ?",
            state.name(),
            sum(blob, recipient, state.name()),
            blob.value(),
            recipient.user().name(),
            recipient.device().toString())
        > 0;
  }

  @Override
  public void touch(BlobId blob, long now) {
    sql.update("UPDATE blob SET active = ? WHERE id = ?", now, blob.value());
  }

  @Override
  public boolean remove(BlobId blob, RemovedReason reason, long now) {
    if (sql.update("DELETE FROM blob WHERE id = ?", blob.value()) == 0) {
      return false;
    }
    sql.update(
        "INSERT INTO blob_removed (id, reason, at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
        blob.value(),
        reason.name(),
        now);
    sql.update(
        "DELETE FROM blob_removed WHERE number <="
            + " (SELECT seq FROM sqlite_sequence WHERE name = 'blob_removed') - "
            + MAX_REMOVED);
    return true;
  }

  @Override
  public Optional<RemovedReason> whyGone(BlobId blob) {
    return sql.first(
        "SELECT reason FROM blob_removed WHERE id = ?",
        row -> RemovedReason.valueOf(row.getString(1)),
        blob.value());
  }

  /** A blob without its recipients; a Fault when it is damaged. */
  static BlobRecord read(ResultSet row) throws SQLException {
    BlobId blob = new BlobId(Bytes.of(Sql.bytes(row, "id")));
    Address owner = SqliteMailbox.address(Sql.text(row, "owner"), Sql.text(row, "owner_device"));
    long created = row.getLong("created");
    long parts = row.getLong("parts");
    BlobRecord.Seal seal = row.wasNull() ? null : new BlobRecord.Seal(parts, row.getLong("size"));
    long active = row.getLong("active");
    if (sum(blob, owner, created, seal) != row.getLong("sum")) {
      throw damaged(blob);
    }
    return new BlobRecord(
        blob, owner, new BlobRecord.Times(created, active), seal, new TreeMap<>());
  }

  private BlobRecord withRecipients(BlobRecord blob) {
    TreeMap<Address, BlobRecord.RecipientState> recipients = new TreeMap<>();
    sql.list(
        "SELECT recipient, device, state, sum FROM blob_recipient WHERE id = ?",
        row -> {
          Address recipient =
              SqliteMailbox.address(Sql.text(row, "recipient"), Sql.text(row, "device"));
          String state = Sql.text(row, "state");
          if (sum(blob.id(), recipient, state) != row.getLong("sum")) {
            throw damaged(blob.id());
          }
          recipients.put(recipient, BlobRecord.RecipientState.valueOf(state));
          return recipient;
        },
        blob.id().value());
    return new BlobRecord(blob.id(), blob.owner(), blob.times(), blob.seal(), recipients);
  }

  /** Whether a row of blob_recipient is as it was written. */
  static boolean recipientIsSound(ResultSet row) throws SQLException {
    BlobId blob = new BlobId(Bytes.of(Sql.bytes(row, "id")));
    Address recipient = SqliteMailbox.address(Sql.text(row, "recipient"), Sql.text(row, "device"));
    return sum(blob, recipient, Sql.text(row, "state")) == row.getLong("sum");
  }

  private static Fault damaged(BlobId blob) {
    return new Fault(
        FaultCode.STORE_CORRUPT,
        "the record of blob " + blob + " is damaged",
        "ask the sender to send it again");
  }

  private static long sum(
      BlobId blob, Address owner, long created, BlobRecord.@Nullable Seal seal) {
    return new RowSum()
        .add(blob.value())
        .add(owner.toString())
        .add(created)
        .add(seal == null ? -1 : seal.parts())
        .add(seal == null ? -1 : seal.size())
        .value();
  }

  private static long sum(BlobId blob, Address recipient, String state) {
    return new RowSum().add(blob.value()).add(recipient.toString()).add(state).value();
  }
}
