package dev.waxwing.peer.store;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * One SQLite connection: prepared statements, transactions, and what its errors mean. A failed disk
 * is not asked again: after STORE_STOPPED every call fails. One thread.
 */
final class Database implements AutoCloseable {
  /** Commits between two checkpoints: keeps the write-ahead log to a few MiB. */
  private static final int COMMITS_A_CHECKPOINT = 64;

  // Checkpoints are ours: SQLite's automatic one would swallow a failed fsync and try it again.
  // Exclusive locking keeps the log's index in memory and other processes out.
  private static final String SETTINGS =
      """
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA synchronous = FULL;
      PRAGMA fullfsync = ON;
      PRAGMA foreign_keys = ON;
      PRAGMA secure_delete = ON;
      PRAGMA trusted_schema = OFF;
      PRAGMA cell_size_check = ON;
      PRAGMA temp_store = MEMORY;
      PRAGMA journal_size_limit = 4194304;
      PRAGMA wal_autocheckpoint = 0;
      """;

  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private int commits;
  private @Nullable Fault failure;
  private @Nullable Fault stopped;

  private Database(Connection connection) {
    this.connection = connection;
  }

  /**
   * Opens or creates a database file.
   *
   * @throws Fault PROFILE_CORRUPT, HOLDER_SILENT when another process has it, FILE_UNREADABLE,
   *     DISK_FULL or STORE_STOPPED
   */
  static Database open(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(1_000);
    Connection connection;
    try {
      // Not through DriverManager, which loads every driver there is.
      connection = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
    } catch (SQLException e) {
      throw meaning(e);
    }
    Database database = new Database(connection);
    try {
      database.script(SETTINGS);
      database.first("PRAGMA journal_mode = WAL", row -> row.getString(1));
      return database;
    } catch (RuntimeException e) {
      throw database.closedAfter(e);
    }
  }

  /** Runs several statements; results are dropped. */
  void script(String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  void begin() {
    if (stopped != null) {
      throw stopped;
    }
    failure = null;
    update("BEGIN IMMEDIATE");
  }

  /**
   * Commits.
   *
   * @throws Fault the transaction's first failure, if {@code work} swallowed it
   */
  void commit() {
    if (failure != null) {
      throw failure;
    }
    update("COMMIT");
  }

  /** Takes back what is open, also when SQLite has done so already. */
  void rollback() {
    if (stopped == null) {
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("ROLLBACK");
      } catch (SQLException e) {
        if (primary(e) != SQLiteErrorCode.SQLITE_ERROR.code) {
          failed(e);
        }
      }
    }
  }

  /** Moves the log into the database now and then; what fails here fails the next transaction. */
  void checkpointWhenDue() {
    if (++commits % COMMITS_A_CHECKPOINT == 0) {
      try {
        first("PRAGMA wal_checkpoint(PASSIVE)", row -> row.getInt(1));
      } catch (Fault e) {
        // A failed disk is remembered; for the rest the log has everything still.
        failure = null;
      }
    }
  }

  /**
   * Moves all of the log into the database, for a file that is to go on without it: closing does
   * that too, and keeps to itself that it failed.
   *
   * @throws Fault STORE_STOPPED or DISK_FULL
   */
  void emptyLog() {
    if (first("PRAGMA wal_checkpoint(TRUNCATE)", row -> row.getInt(1)).orElse(1) != 0) {
      throw new Fault(FaultCode.STORE_STOPPED, "the log of the profile could not be emptied");
    }
  }

  int update(String sql, @Nullable Object... values) {
    try {
      return bound(sql, values).executeUpdate();
    } catch (SQLException e) {
      // The driver has ended the statement; the next call prepares it anew.
      statements.remove(sql);
      throw failed(e);
    }
  }

  <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... values) {
    List<T> found = new ArrayList<>(1);
    scan(
        sql,
        row -> {
          found.add(reader.read(row));
          return false;
        },
        values);
    return found.stream().findFirst();
  }

  <T> List<T> all(String sql, RowReader<T> reader, @Nullable Object... values) {
    List<T> found = new ArrayList<>();
    scan(
        sql,
        row -> {
          found.add(reader.read(row));
          return true;
        },
        values);
    return found;
  }

  /** Shows rows until the visitor answers false. */
  void scan(String sql, RowReader<Boolean> visitor, @Nullable Object... values) {
    try (ResultSet rows = bound(sql, values).executeQuery()) {
      while (rows.next() && visitor.read(rows)) {}
    } catch (SQLException e) {
      statements.remove(sql);
      throw failed(e);
    }
  }

  /** Reads one row into a value. */
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private PreparedStatement bound(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  private Fault failed(SQLException e) {
    Fault fault = meaning(e);
    if (fault.code() == FaultCode.STORE_STOPPED) {
      stopped = fault;
    }
    if (failure == null) {
      failure = fault;
    }
    return fault;
  }

  private static int primary(SQLException e) {
    return e.getErrorCode() & 0xff;
  }

  private static Fault meaning(SQLException e) {
    return switch (SQLiteErrorCode.getErrorCode(primary(e))) {
      case SQLITE_FULL -> new Fault(FaultCode.DISK_FULL, "the disk of the profile is full", e);
      case SQLITE_IOERR ->
          new Fault(FaultCode.STORE_STOPPED, "the disk failed under the profile", e);
      // The statements are fixed, so one that does not fit the schema means a damaged schema.
      case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_FORMAT ->
          new Fault(FaultCode.PROFILE_CORRUPT, "the profile's database is damaged", e);
      case SQLITE_BUSY, SQLITE_LOCKED ->
          new Fault(FaultCode.HOLDER_SILENT, "another process holds the profile's database", e);
      case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH ->
          new Fault(FaultCode.FILE_UNREADABLE, "the profile's database cannot be opened", e);
      default -> new Fault(FaultCode.INTERNAL, "the profile's database refused a statement", e);
    };
  }

  /** Closes, so that what went wrong can be thrown. */
  RuntimeException closedAfter(RuntimeException reason) {
    try {
      close();
    } catch (Fault e) {
      reason.addSuppressed(e);
    }
    return reason;
  }

  /**
   * Closes; after a failed disk the file is left alone, since closing would try to sync it again.
   */
  @Override
  public void close() {
    if (stopped != null) {
      return;
    }
    try {
      for (PreparedStatement statement : statements.values()) {
        statement.close();
      }
      connection.close();
    } catch (SQLException e) {
      throw meaning(e);
    }
  }
}
