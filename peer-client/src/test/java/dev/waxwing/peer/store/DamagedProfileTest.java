package dev.waxwing.peer.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A profile that is not what was written says so, and never shows anything else. */
class DamagedProfileTest {
  private static final int LINES = 30;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() {
    file = folder.resolve("profile.db");
    try (SqlitePeerStore store = open()) {
      store.transact(
          tx -> {
            for (int n = 0; n < LINES; n++) {
              tx.putMessage(Samples.line(n, Samples.ALI, "line " + n));
            }
            tx.putValue("a", new byte[] {1});
            tx.putValue("b", new byte[] {2});
            tx.putConversation(Samples.address(Samples.ALI, 1), new byte[] {3});
            return 0;
          });
    }
  }

  @Test
  void anotherKeyIsRefused() {
    byte[] other = new byte[32];
    other[31] = 1;
    assertCode(
        FaultCode.PROFILE_CORRUPT,
        () -> SqlitePeerStore.open(file, Suite.wx1(), Secret.copyOf(other), new SecureRandom()));
  }

  @Test
  void schemaOfANewerProgramIsRefused() {
    sql("PRAGMA user_version = 2");
    assertCode(FaultCode.PROFILE_FOREIGN, this::open);
  }

  @Test
  void emptyFileIsNotTakenForANewProfile() throws IOException {
    Files.write(file, new byte[0]);
    assertCode(FaultCode.PROFILE_CORRUPT, this::open);
  }

  @Test
  void somethingElseIsNotADatabase() throws IOException {
    Files.writeString(file, "x".repeat(9_000));
    assertCode(FaultCode.PROFILE_CORRUPT, this::open);
  }

  @Test
  void truncatedFileIsFound() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int pages : new int[] {1, whole.length / 4096 / 2, whole.length / 4096 - 1}) {
      Files.write(file, Arrays.copyOf(whole, pages * 4096));
      assertCode(FaultCode.PROFILE_CORRUPT, this::readAll);
    }
    Files.write(file, whole);
    readAll();
  }

  @Test
  void unfinishedCreationIsBegunAgain() throws IOException {
    Files.move(file, folder.resolve("profile.db.new"));
    Files.write(folder.resolve("profile.db.new-wal"), new byte[100]);
    try (SqlitePeerStore store = open()) {
      assertEquals(List.of(), store.transact(tx -> tx.messages(Samples.newest(1))));
    }
    assertFalse(Files.exists(folder.resolve("profile.db.new")));
  }

  @Test
  void everyFlippedByteOfARowIsFoundAndNamesTheTableOnly() {
    byte[] sealed = sealedOf("a");
    for (int at = 0; at < sealed.length; at++) {
      byte[] flipped = sealed.clone();
      flipped[at] ^= 1;
      sql("UPDATE entry SET sealed = ? WHERE name = 'a'", flipped);
      Fault fault = assertCode(FaultCode.PROFILE_CORRUPT, () -> value("a"));
      assertEquals("a row of entry in the profile is damaged", fault.what());
      assertArrayEquals(new byte[] {2}, value("b"), "it costs that row alone");
    }
    sql("UPDATE entry SET sealed = ? WHERE name = 'a'", Arrays.copyOf(sealed, 39));
    assertCode(FaultCode.PROFILE_CORRUPT, () -> value("a"));
    sql("UPDATE entry SET sealed = ? WHERE name = 'a'", sealed);
    assertArrayEquals(new byte[] {1}, value("a"));
  }

  @Test
  void swappedRowsAreFound() {
    byte[] a = sealedOf("a");
    byte[] b = sealedOf("b");
    sql("UPDATE entry SET sealed = ? WHERE name = 'a'", b);
    sql("UPDATE entry SET sealed = ? WHERE name = 'b'", a);
    assertCode(FaultCode.PROFILE_CORRUPT, () -> value("a"));
    assertCode(FaultCode.PROFILE_CORRUPT, () -> value("b"));
  }

  @Test
  void rowOfAnotherTableIsFound() {
    sql("UPDATE conversation SET sealed = ?", sealedOf("a"));
    assertCode(
        FaultCode.PROFILE_CORRUPT,
        () ->
            read(store -> store.transact(tx -> tx.conversation(Samples.address(Samples.ALI, 1)))));
  }

  @Test
  void changedClearColumnIsFound() {
    for (String change :
        new String[] {
          "state = 'READ'", "user = 'bea'", "stored = stored + 1", "id = randomblob(16)"
        }) {
      sql("UPDATE message SET " + change + " WHERE seq = 3");
      assertCode(FaultCode.PROFILE_CORRUPT, this::readAll);
      write();
    }
  }

  @Test
  void addressNoTagVouchesForIsChecked() {
    sql("UPDATE conversation SET user = 'NOT A USER'");
    assertCode(
        FaultCode.PROFILE_CORRUPT,
        () -> read(store -> store.transact(PeerStore.Tx::conversations)));
  }

  @Test
  void flippedBitAnywhereNeverShowsWhatWasNotWritten() throws IOException {
    long seed = new SecureRandom().nextLong();
    System.out.println("DamagedProfileTest seed " + seed);
    Random random = new Random(seed);
    byte[] whole = Files.readAllBytes(file);
    Set<FaultCode> codes = new java.util.TreeSet<>();
    for (int round = 0; round < 300; round++) {
      byte[] flipped = whole.clone();
      int at = random.nextInt(whole.length);
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      Files.deleteIfExists(folder.resolve("profile.db-wal"));
      Files.write(file, flipped);
      try {
        for (MessageRow row : readAll()) {
          int n = Integer.parseInt(row.text().substring(5));
          assertEquals(Samples.line(n, Samples.ALI, "line " + n), row, "byte " + at);
        }
      } catch (Fault e) {
        codes.add(e.code());
      }
    }
    assertTrue(codes.contains(FaultCode.PROFILE_CORRUPT));
    codes.remove(FaultCode.PROFILE_FOREIGN);
    assertEquals(Set.of(FaultCode.PROFILE_CORRUPT), codes);
  }

  @Test
  void fileOthersMayReadIsRefused() throws IOException {
    Assumptions.assumeTrue(
        folder.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "file modes are POSIX's");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertCode(FaultCode.PERMISSIONS_OPEN, this::open);
  }

  private SqlitePeerStore open() {
    return SqlitePeerStore.open(file, Suite.wx1(), Secret.copyOf(new byte[32]), new SecureRandom());
  }

  private List<MessageRow> readAll() {
    try (SqlitePeerStore store = open()) {
      return store.transact(
          tx -> {
            tx.value("a");
            tx.value("b");
            tx.conversations();
            return tx.messages(Samples.newest(99));
          });
    }
  }

  private <R> R read(java.util.function.Function<SqlitePeerStore, R> reader) {
    try (SqlitePeerStore store = open()) {
      return reader.apply(store);
    }
  }

  private byte[] value(String name) {
    return read(store -> store.transact(tx -> tx.value(name).orElseThrow()));
  }

  private byte[] sealedOf(String name) {
    return read(
        store ->
            store
                .database()
                .first("SELECT sealed FROM entry WHERE name = ?", row -> row.getBytes(1), name)
                .orElseThrow());
  }

  private void sql(String statement, Object... values) {
    try (Database database = Database.open(file)) {
      database.update(statement, values);
    }
  }

  private static Fault assertCode(
      FaultCode code, org.junit.jupiter.api.function.Executable action) {
    Fault fault = assertThrows(Fault.class, action);
    assertEquals(code, fault.code(), () -> fault.what() + " " + fault.getCause());
    return fault;
  }
}
