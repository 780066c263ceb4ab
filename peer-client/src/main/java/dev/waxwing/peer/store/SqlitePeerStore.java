package dev.waxwing.peer.store;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A profile's memory in one SQLite file: write-ahead log, forced at every commit, each row sealed
 * on its own ({@code RowSeal}). User IDs, ids, states and times are clear, so that SQL can find
 * rows. Another process is kept out while it is open. One thread.
 */
public final class SqlitePeerStore implements PeerStore {
  /** The schema this program writes. */
  static final int VERSION = 1;

  private static final byte[] CHECK = "waxwing profile".getBytes(StandardCharsets.US_ASCII);

  private final Database database;
  private final RowSeal seal;
  private final SqliteTx.Tables tables;
  private boolean inside;

  private SqlitePeerStore(Database database, RowSeal seal) {
    this.database = database;
    this.seal = seal;
    this.tables = SqliteTx.Tables.over(database, seal);
  }

  /**
   * Opens the store in {@code file}, or makes an empty one where no file is.
   *
   * @param storageKey 32 bytes; the caller may destroy it afterwards
   * @param random draws the salt of every row; cryptographically strong
   * @throws Fault PROFILE_CORRUPT when the file is damaged or sealed with another key,
   *     PROFILE_FOREIGN when a newer program wrote it, PERMISSIONS_OPEN when others may read it,
   *     HOLDER_SILENT when another process has it open; and as {@link #transact}
   */
  public static SqlitePeerStore open(
      Path file, Suite suite, Secret storageKey, RandomGenerator random) {
    RowSeal seal = new RowSeal(suite, storageKey, random);
    try {
      if (!Files.exists(file)) {
        create(file, seal);
      }
      OwnerOnly.require(file);
      return new SqlitePeerStore(existing(file, seal), seal);
    } catch (RuntimeException e) {
      seal.close();
      throw e;
    }
  }

  /**
   * Opens the store of a profile whose folders exist, and keeps SQLite's native library beside it
   * for a quicker next start.
   *
   * @throws Fault as the other {@code open}
   */
  public static SqlitePeerStore open(
      ProfileFolder folder, Suite suite, Secret storageKey, RandomGenerator random) {
    NativeLibrary.keepIn(folder.data().resolve("native"));
    return open(folder.database(), suite, storageKey, random);
  }

  private static Database existing(Path file, RowSeal seal) {
    Database database = Database.open(file);
    try {
      int version = database.first("PRAGMA user_version", row -> row.getInt(1)).orElse(0);
      if (version > VERSION) {
        throw new Fault(FaultCode.PROFILE_FOREIGN, "the profile has schema " + version);
      }
      if (version < 1) {
        throw new Fault(FaultCode.PROFILE_CORRUPT, "the profile's database is empty");
      }
      byte[] check =
          database.first("SELECT sealed FROM profile", row -> row.getBytes(1)).orElse(new byte[0]);
      new SealedTable("profile", database, seal).open(check);
      return database;
    } catch (RuntimeException e) {
      throw database.closedAfter(e);
    }
  }

  /** Made under another name, so that a file with the right one is always whole. */
  private static void create(Path file, RowSeal seal) {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    try {
      for (String suffix : new String[] {"", "-wal", "-shm", "-journal"}) {
        Files.deleteIfExists(file.resolveSibling(unfinished.getFileName() + suffix));
      }
      // SQLite gives its log the mode of the database.
      OwnerOnly.createFile(unfinished, new byte[0]);
      try (Database database = Database.open(unfinished)) {
        database.begin();
        database.script(schema(1));
        database.update(
            "INSERT INTO profile (one, sealed) VALUES (1, ?)",
            new SealedTable("profile", database, seal).seal(CHECK));
        database.script("PRAGMA user_version = " + VERSION);
        database.commit();
        database.emptyLog();
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      OwnerOnly.forceFolderOf(file);
    } catch (IOException e) {
      throw OwnerOnly.unwritable(e);
    }
  }

  private static String schema(int version) throws IOException {
    try (InputStream in = SqlitePeerStore.class.getResourceAsStream("schema-" + version + ".sql")) {
      if (in == null) {
        throw new Fault(FaultCode.INTERNAL, "schema " + version + " is not in this program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public <R> R transact(Function<Tx, R> work) {
    if (inside) {
      throw new IllegalStateException("transactions do not nest");
    }
    database.begin();
    inside = true;
    SqliteTx tx = new SqliteTx(tables);
    boolean committed = false;
    R result;
    try {
      result = work.apply(tx);
      tx.end();
      database.commit();
      committed = true;
    } finally {
      tx.end();
      inside = false;
      if (!committed) {
        database.rollback();
      }
    }
    database.checkpointWhenDue();
    return result;
  }

  /** The database under the store, for tests that damage it. */
  Database database() {
    return database;
  }

  @Override
  public void close() {
    database.close();
    seal.close();
  }
}
