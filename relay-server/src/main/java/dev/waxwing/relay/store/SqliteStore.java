package dev.waxwing.relay.store;

import dev.waxwing.message.EpochId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;

/**
 * The store in one SQLite file, {@code relay.db}: write-ahead log, an fsync at every commit, one
 * connection that holds the file alone.
 *
 * <p>Checkpoints are its own business rather than SQLite's: an automatic checkpoint swallows its
 * errors, and a later one would then reuse the log although pages that were never forced depend on
 * it.
 */
public final class SqliteStore implements StoreEngine {
  /** The database's name in its folder. */
  public static final String FILE = "relay.db";

  /** Beyond this the log is checkpointed between two transactions: 16 MiB, about 4000 pages. */
  static final long MAX_LOG = 16L << 20;

  /** Larger databases are not checked whole at the start. */
  private static final long MAX_WHOLE_CHECK = 512L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(SqliteStore.class);

  private final Sql sql;
  private final Path log;
  private final SqliteMailbox mailbox;
  private final SqliteDirectory directory;
  private final SqliteBlobCatalog blobs;
  private boolean upkeepDue;

  private SqliteStore(Sql sql, Path file, StoreOptions options) {
    this.sql = sql;
    this.log = file.resolveSibling(FILE + "-wal");
    this.mailbox = new SqliteMailbox(sql, options);
    this.directory = new SqliteDirectory(sql, mailbox);
    this.blobs = new SqliteBlobCatalog(sql);
  }

  /**
   * Opens the store in a folder, making both when they are not there.
   *
   * @throws Fault STORE_CORRUPT, STORE_IN_USE, STORE_STOPPED, DISK_FULL, or UNAVAILABLE when
   *     SQLite's native library cannot be loaded
   */
  public static SqliteStore open(Path folder, StoreOptions options) {
    Path file = folder.resolve(FILE);
    try {
      StoreFiles.makeFolder(folder);
      StoreFiles.makeFile(file);
      NativeSqlite.load(folder);
      // An empty "properties" would do too; the driver's own pragmas are not used, all are below.
      Sql sql = new Sql(JDBC.createConnection("jdbc:sqlite:" + file, new java.util.Properties()));
      return opened(sql, new SqliteStore(sql, file, options), folder);
    } catch (IOException e) {
      throw StoreFiles.fault("cannot use " + folder, e);
    } catch (SQLException e) {
      throw new Fault(FaultCode.STORE_STOPPED, "cannot open the store: " + e.getMessage(), e);
    }
  }

  private static SqliteStore opened(Sql sql, SqliteStore store, Path folder)
      throws IOException, SQLException {
    long size = Files.size(folder.resolve(FILE));
    try {
      store.prepare(size);
      // The file's own name must be on disk too; SQLite does that for the log only.
      StoreFiles.forceFolder(folder);
      return store;
    } catch (Fault e) {
      if (store.state() == State.OPEN) {
        sql.close();
      }
      throw size > 0 ? damage(e) : e;
    }
  }

  private void prepare(long size) {
    // One owner: no shared memory file, no second relay on the same folder.
    sql.run("PRAGMA locking_mode = EXCLUSIVE");
    sql.run("PRAGMA busy_timeout = 500");
    sql.run("PRAGMA journal_mode = WAL");
    sql.run("PRAGMA synchronous = FULL");
    // macOS only: fsync there does not reach the disk.
    sql.run("PRAGMA fullfsync = ON");
    sql.run("PRAGMA checkpoint_fullfsync = ON");
    sql.run("PRAGMA wal_autocheckpoint = 0");
    sql.run("PRAGMA journal_size_limit = " + MAX_LOG);
    sql.run("PRAGMA foreign_keys = ON");
    sql.run("PRAGMA cell_size_check = ON");
    sql.run("PRAGMA temp_store = MEMORY");
    sql.run("PRAGMA cache_size = -16384");
    begin();
    try {
      Schema.migrate(sql);
      check(size);
      mailbox.load();
      commit();
    } catch (Fault e) {
      rollback();
      throw e;
    }
  }

  /**
   * What is no failure of the disk and no fault of its own kind is damage when a store is opened
   * that was there: a version that cannot be, a format nobody knows, two rows of one key.
   */
  private static Fault damage(Fault fault) {
    if (fault.code() != FaultCode.INTERNAL) {
      return fault;
    }
    return new Fault(FaultCode.STORE_CORRUPT, "the store is damaged: " + fault.what(), fault);
  }

  private void check(long size) {
    if (size > MAX_WHOLE_CHECK) {
      requireSound("PRAGMA quick_check(1)");
      return;
    }
    if (!sound("PRAGMA integrity_check(1)")) {
      // Indexes hold nothing of their own. A byte that rotted in one, or in a column one is made
      // of,
      // is undone by making them anew; the row's checksum then finds what is left of the damage.
      LOG.warn("the store's indexes do not agree with its rows and are made anew");
      sql.run("REINDEX");
      requireSound("PRAGMA integrity_check(1)");
    }
  }

  private boolean sound(String check) {
    List<String> found = sql.list(check, row -> row.getString(1));
    found.stream().filter(line -> !line.equals("ok")).forEach(line -> LOG.warn("{}", line));
    return found.equals(List.of("ok"));
  }

  private void requireSound(String check) {
    if (!sound(check)) {
      sql.end(State.CORRUPT);
      throw new Fault(FaultCode.STORE_CORRUPT, "the structure of the store is damaged");
    }
  }

  /**
   * Begins another incarnation, after a restore from a backup: the mailboxes get a new epoch, and
   * blobs that were not sealed are forgotten, without a record. Their senders may have sealed them
   * since and would not come back to them; who still has parts to send makes the blob anew.
   */
  public void beginAgain(EpochId fresh) {
    mailbox.renew(fresh);
    sql.update("DELETE FROM blob WHERE parts IS NULL");
  }

  @Override
  public Directory directory() {
    return directory;
  }

  @Override
  public Mailbox mailbox() {
    return mailbox;
  }

  @Override
  public BlobCatalog blobs() {
    return blobs;
  }

  @Override
  public void begin() {
    sql.runOften("BEGIN IMMEDIATE");
  }

  @Override
  public void commit() {
    sql.runOften("COMMIT");
    upkeepDue = true;
  }

  @Override
  public void rollback() {
    sql.rollback();
  }

  @Override
  public void mark() {
    sql.runOften("SAVEPOINT piece");
  }

  @Override
  public void rollbackToMark() {
    sql.runOften("ROLLBACK TO piece");
    sql.runOften("RELEASE piece");
  }

  @Override
  public void releaseMark() {
    sql.runOften("RELEASE piece");
  }

  @Override
  public long changes() {
    return sql.changes();
  }

  @Override
  public void upkeep(Upkeep when) {
    if (upkeepDue
        && state() == State.OPEN
        && (when == Upkeep.IDLE || log.toFile().length() > MAX_LOG)) {
      upkeepDue = false;
      try {
        sql.run("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch (Fault e) {
        // No room for the pages: the log keeps them, the next upkeep tries again.
        if (e.code() != FaultCode.DISK_FULL) {
          throw e;
        }
      }
    }
  }

  @Override
  public void snapshot(Path into) {
    try {
      // Made here for its mode; SQLite takes an empty file for a new one.
      StoreFiles.makeFile(into);
      sql.copyInto(into);
      StoreFiles.forceFile(into);
    } catch (IOException e) {
      throw Sql.unwritable(into, StoreFiles.full(e), e);
    }
  }

  @Override
  public State state() {
    return sql.state();
  }

  /**
   * Closes the file. After a failure it is left open on purpose: closing checkpoints, which would
   * force again what the disk has refused, and the process is about to end anyway.
   */
  @Override
  public void close() {
    if (state() == State.OPEN) {
      try {
        sql.end(State.STOPPED);
        sql.close();
      } catch (SQLException e) {
        LOG.warn("closing the store: {}", e.getMessage());
      }
    }
  }
}
