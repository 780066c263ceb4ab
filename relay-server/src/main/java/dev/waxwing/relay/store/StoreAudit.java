package dev.waxwing.relay.store;

import dev.waxwing.message.EpochId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.sqlite.JDBC;

/**
 * Looks at every row of a store that nobody uses, and changes nothing: not the file, not its
 * folder.
 */
public final class StoreAudit {
  private static final int MOST_LINES = 20;

  private final Sql sql;
  private final List<String> problems = new ArrayList<>();

  private StoreAudit(Sql sql) {
    this.sql = sql;
  }

  /**
   * What was found.
   *
   * @param epoch the mailboxes' incarnation; empty bytes of zero where it cannot be read
   * @param users people registered
   * @param mail messages that wait
   * @param blobs the list of blobs, damaged records left out
   * @param problems what is wrong, a line each; empty when all is well
   * @param usable whether a relay runs on it: what is wrong then is wrong with single records
   */
  public record Found(
      EpochId epoch,
      long users,
      long mail,
      List<BlobRecord> blobs,
      List<String> problems,
      boolean usable) {
    /** Copies the lists. */
    public Found {
      blobs = List.copyOf(blobs);
      problems = List.copyOf(problems);
    }

    private static Found nothing(List<String> problems) {
      return new Found(
          new EpochId(Bytes.of(new byte[EpochId.LENGTH])), 0, 0, List.of(), problems, false);
    }
  }

  /** A row that may be damaged: false or a fault when it is. */
  private interface Sound {
    boolean is(ResultSet row) throws SQLException;
  }

  /**
   * Looks at a store's file.
   *
   * @throws Fault UNAVAILABLE when SQLite's native library cannot be loaded
   */
  public static Found of(Path database) {
    NativeSqlite.loadAside();
    // "immutable": no lock, no log and no shared memory are looked for or made.
    String url = "jdbc:sqlite:" + database.toUri() + "?mode=ro&immutable=1";
    List<String> unreadable = new ArrayList<>();
    Sql sql = null;
    try {
      sql = new Sql(JDBC.createConnection(url, new Properties()));
      return new StoreAudit(sql).look();
    } catch (Fault | SQLException e) {
      unreadable.add("the database cannot be read: " + e.getMessage());
      return Found.nothing(unreadable);
    } finally {
      close(sql);
    }
  }

  private static void close(@org.jspecify.annotations.Nullable Sql sql) {
    try {
      if (sql != null) {
        sql.close();
      }
    } catch (SQLException e) {
      // It was only read.
    }
  }

  private Found look() {
    long version = sql.number("PRAGMA user_version");
    if (version < 1 || version > Schema.VERSION) {
      problems.add("the database has version " + version + ", which this program does not know");
      return Found.nothing(problems);
    }
    boolean usable = structure();
    sql.list("PRAGMA foreign_key_check", row -> row.getString(1)).stream()
        .limit(MOST_LINES)
        .forEach(table -> problems.add("a row of " + table + " refers to one that is not there"));
    rows(
        "account", "SELECT * FROM account", row -> !Accounts.Row.read(row).user().name().isEmpty());
    rows("device", "SELECT * FROM device", SqlitePrekeys::deviceIsSound);
    rows("one_time", "SELECT * FROM one_time", SqlitePrekeys::oneTimeIsSound);
    rows("invite", "SELECT * FROM invite", row -> SqliteInvites.read(row).isPresent());
    rows("mail", MailRows.SELECT, row -> !MailRows.Found.read(row).damaged());
    rows("mail_mark", "SELECT * FROM mail_mark", MailRows::markIsSound);
    rows("removed", "SELECT * FROM removed", MailRows::removalIsSound);
    rows("blob", "SELECT * FROM blob", row -> SqliteBlobCatalog.read(row).times().created() >= 0);
    rows("blob_recipient", "SELECT * FROM blob_recipient", SqliteBlobCatalog::recipientIsSound);
    EpochId epoch =
        sql.first(
                "SELECT value FROM meta WHERE name = 'epoch'",
                row -> new EpochId(Bytes.of(Sql.bytes(row, "value"))))
            .orElseThrow(() -> new Fault(FaultCode.STORE_CORRUPT, "the epoch is missing"));
    return new Found(
        epoch,
        sql.number("SELECT COUNT(*) FROM account"),
        sql.number("SELECT COUNT(*) FROM mail"),
        new SqliteBlobCatalog(sql).all(),
        problems,
        usable);
  }

  /**
   * Tells all that is wrong with it; true when that is no more than indexes, which hold nothing of
   * their own and are made anew when a relay opens the database.
   */
  private boolean structure() {
    List<String> wrong = wrong("PRAGMA integrity_check(" + MOST_LINES + ")");
    wrong.forEach(line -> problems.add("the database's structure: " + line));
    return wrong.isEmpty() || wrong("PRAGMA quick_check(1)").isEmpty();
  }

  private List<String> wrong(String check) {
    return sql.list(check, row -> row.getString(1)).stream()
        .filter(line -> !line.equals("ok"))
        .toList();
  }

  private void rows(String table, String query, Sound sound) {
    long damaged =
        sql.list(query, row -> isSound(sound, row)).stream().filter(good -> !good).count();
    if (damaged > 0) {
      problems.add(damaged + " damaged in " + table);
    }
  }

  private static boolean isSound(Sound sound, ResultSet row) throws SQLException {
    try {
      return sound.is(row);
    } catch (Fault e) {
      return false;
    }
  }
}
