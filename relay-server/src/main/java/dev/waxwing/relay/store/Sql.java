package dev.waxwing.relay.store;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/**
 * One connection to SQLite: statements prepared once, failures turned into faults. One thread.
 * After a failure that is not about space it takes nothing more, because what the disk holds is
 * unknown then.
 */
final class Sql {
  /** SQLite result codes, https://www.sqlite.org/rescode.html; the low byte is the primary code. */
  private static final int ERROR = 1;

  private static final int BUSY = 5;

  private static final int NO_MEMORY = 7;
  private static final int READ_ONLY = 8;
  private static final int IO_ERROR = 10;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int CANNOT_OPEN = 14;
  private static final int NOT_A_DATABASE = 26;

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private volatile StoreEngine.State state = StoreEngine.State.OPEN;
  private long changes;

  Sql(Connection connection) {
    this.connection = connection;
  }

  /** Reads one row. */
  @FunctionalInterface
  interface RowReader<T> {
    /** The value of the row the cursor stands on. */
    T read(ResultSet row) throws SQLException;
  }

  /** Whether the connection still takes work; any thread. */
  StoreEngine.State state() {
    return state;
  }

  /** Rows written so far, and more: see {@link StoreEngine#changes}. */
  long changes() {
    return changes;
  }

  /** Runs a statement that writes; the number of rows it touched. */
  int update(String statement, @Nullable Object... values) {
    requireOpen();
    changes++;
    try {
      return bind(statement, values).executeUpdate();
    } catch (SQLException e) {
      drop(statement);
      throw fault(e);
    }
  }

  /** Runs a statement that writes and returns rows ({@code RETURNING}). */
  <T> List<T> updateReturning(String statement, RowReader<T> reader, @Nullable Object... values) {
    changes++;
    return list(statement, reader, values);
  }

  /** Runs a query. */
  <T> List<T> list(String query, RowReader<T> reader, @Nullable Object... values) {
    requireOpen();
    try (ResultSet rows = bind(query, values).executeQuery()) {
      List<T> found = new ArrayList<>();
      while (rows.next()) {
        found.add(reader.read(rows));
      }
      return found;
    } catch (SQLException e) {
      drop(query);
      throw fault(e);
    }
  }

  /** Runs a query that yields at most one row worth reading. */
  <T> Optional<T> first(String query, RowReader<T> reader, @Nullable Object... values) {
    requireOpen();
    try (ResultSet rows = bind(query, values).executeQuery()) {
      return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
    } catch (SQLException e) {
      drop(query);
      throw fault(e);
    }
  }

  /** Runs a query that yields one number; 0 when it yields none. */
  long number(String query, @Nullable Object... values) {
    return first(query, row -> row.getLong(1), values).orElse(0L);
  }

  /** Runs a statement that is neither kept nor counted: pragmas, schema, transactions. */
  void run(String statement) {
    requireOpen();
    try (var once = connection.createStatement()) {
      once.execute(statement);
    } catch (SQLException e) {
      throw fault(e);
    }
  }

  /** The same for a statement that runs often and returns nothing. */
  void runOften(String statement) {
    requireOpen();
    try {
      bind(statement).execute();
    } catch (SQLException e) {
      drop(statement);
      throw fault(e);
    }
  }

  /**
   * Copies everything into an empty file. What fails there fails at the copy's disk, so only damage
   * ends this connection: were it this disk that cannot be read, the next query would find out.
   */
  void copyInto(Path file) {
    requireOpen();
    // SQLite copies only while no statement is under way, and the driver leaves some half done.
    List.copyOf(prepared.keySet()).forEach(this::drop);
    try (PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, file.toString());
      vacuum.execute();
    } catch (SQLException e) {
      int code = code(e);
      if (code == CORRUPT || code == NOT_A_DATABASE) {
        throw fault(e);
      }
      throw unwritable(file, code == FULL, e);
    }
  }

  /** A copy that could not be written. */
  static Fault unwritable(Path file, boolean full, Exception cause) {
    return full
        ? new Fault(FaultCode.DISK_FULL, "no room for " + file, cause)
        : new Fault(FaultCode.TARGET_UNWRITABLE, "cannot write " + file, cause);
  }

  /** Undoes the open transaction; SQLite may have done so itself already, which is no failure. */
  void rollback() {
    try (var once = connection.createStatement()) {
      once.execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLITE_ERROR "no transaction is active": nothing was left to undo.
    }
  }

  /** Refuses everything from here on. */
  void end(StoreEngine.State reason) {
    if (state == StoreEngine.State.OPEN) {
      state = reason;
    }
  }

  /**
   * Closes statements and connection, which checkpoints; never after a failure, see SqliteStore.
   */
  void close() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
    connection.close();
  }

  /** A required column; a null there is damage. */
  static byte[] bytes(ResultSet row, String column) throws SQLException {
    byte[] value = row.getBytes(column);
    return value == null ? new byte[0] : value;
  }

  /** A required column; a null there is damage. */
  static String text(ResultSet row, String column) throws SQLException {
    String value = row.getString(column);
    return value == null ? "" : value;
  }

  /** A byte string that may be absent. */
  static @Nullable Bytes optional(ResultSet row, String column) throws SQLException {
    byte[] value = row.getBytes(column);
    return value == null ? null : Bytes.of(value);
  }

  private PreparedStatement bind(String statement, @Nullable Object... values) throws SQLException {
    PreparedStatement found = prepared.get(statement);
    if (found == null) {
      found = connection.prepareStatement(statement);
      prepared.put(statement, found);
    }
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      found.setObject(i + 1, value instanceof Bytes bytes ? bytes.toArray() : value);
    }
    return found;
  }

  /** The driver gives a statement up after some failures without saying so: prepare it anew. */
  private void drop(String statement) {
    PreparedStatement failed = prepared.remove(statement);
    if (failed != null) {
      try {
        failed.close();
      } catch (SQLException e) {
        // It failed and is gone; the failure itself is what gets reported.
      }
    }
  }

  private void requireOpen() {
    switch (state) {
      case OPEN -> {}
      case STOPPED -> throw new Fault(FaultCode.STORE_STOPPED, "the store has stopped");
      case CORRUPT -> throw new Fault(FaultCode.STORE_CORRUPT, "the store is damaged");
    }
  }

  private static int code(SQLException e) {
    return e instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : -1;
  }

  private Fault fault(SQLException e) {
    int code = code(e);
    String what = "SQLite: " + e.getMessage();
    boolean nameless = code == ERROR || !(e instanceof SQLiteException);
    if (nameless && (what.contains("no such table") || what.contains("no such column"))) {
      // Statements are constants: a table or column they name is lost only with the schema's page.
      // The driver misses a column by itself where one of that name was selected as "all".
      code = CORRUPT;
    }
    return switch (code) {
      case FULL -> new Fault(FaultCode.DISK_FULL, "the disk of the store is full", e);
      case BUSY -> new Fault(FaultCode.STORE_IN_USE, "another program has the store open", e);
      case CORRUPT, NOT_A_DATABASE -> {
        end(StoreEngine.State.CORRUPT);
        yield new Fault(FaultCode.STORE_CORRUPT, what, e);
      }
      case IO_ERROR, NO_MEMORY, READ_ONLY, CANNOT_OPEN -> {
        end(StoreEngine.State.STOPPED);
        yield new Fault(FaultCode.STORE_STOPPED, what, e);
      }
      default -> new Fault(FaultCode.INTERNAL, what, e);
    };
  }
}
