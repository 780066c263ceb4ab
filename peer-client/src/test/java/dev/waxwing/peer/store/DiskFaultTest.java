package dev.waxwing.peer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.NativeLibrary;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a failing disk does to the store. Faults are planted under SQLite by putting another file in
 * place of an open descriptor: {@code /dev/full} refuses writes as a full disk does, {@code
 * /dev/null} takes writes and fails fsync.
 */
class DiskFaultTest {
  private static final int READ_ONLY = 0;
  private static final int READ_WRITE = 2;

  @TempDir Path folder;
  private SqlitePeerStore store;

  @BeforeEach
  void open() {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/proc/self/fd")), "descriptors are found in /proc");
    store = open(folder.resolve("profile.db"));
    put(0);
    // With an empty log nothing is read through a descriptor that has been replaced.
    store.database().first("PRAGMA wal_checkpoint(TRUNCATE)", row -> row.getInt(1));
  }

  @Test
  void fullDiskRefusesAndRecoversByItself() throws IOException {
    int descriptor = descriptor("profile.db-wal");
    int saved = call("dup", descriptor);
    plant("/dev/full", READ_WRITE, descriptor);
    assertEquals(FaultCode.DISK_FULL, refusal());
    assertEquals(FaultCode.DISK_FULL, refusal());
    call("dup2", saved, descriptor);
    assertEquals(1, unread(store));
    put(1);
    assertEquals(2, unread(store));
    store.close();
    try (SqlitePeerStore again = open(folder.resolve("profile.db"))) {
      assertEquals(2, unread(again));
    }
  }

  @Test
  void fullDatabaseRefusesLargeRowsAndKeepsTheRest() {
    int pages = store.database().first("PRAGMA page_count", row -> row.getInt(1)).orElseThrow();
    store.database().script("PRAGMA max_page_count = " + (pages + 2));
    Fault fault =
        assertThrows(
            Fault.class,
            () ->
                store.transact(
                    tx -> {
                      tx.putMessage(Samples.line(1, Samples.ALI, "small"));
                      tx.putValue("large", new byte[100_000]);
                      return 0;
                    }));
    assertEquals(FaultCode.DISK_FULL, fault.code());
    assertEquals(1, unread(store));
    store.database().script("PRAGMA max_page_count = 1000000");
    put(1);
    assertEquals(2, unread(store));
    store.close();
  }

  @Test
  void failureThatTheWorkSwallowsStillUndoesTheTransaction() {
    int pages = store.database().first("PRAGMA page_count", row -> row.getInt(1)).orElseThrow();
    store.database().script("PRAGMA max_page_count = " + (pages + 2));
    Fault fault =
        assertThrows(
            Fault.class,
            () ->
                store.transact(
                    tx -> {
                      assertThrows(Fault.class, () -> tx.putValue("large", new byte[100_000]));
                      return 0;
                    }));
    assertEquals(FaultCode.DISK_FULL, fault.code());
    store.close();
  }

  @Test
  void failedWriteStopsTheStoreForGood() throws IOException {
    int descriptor = descriptor("profile.db-wal");
    int saved = call("dup", descriptor);
    plant("/dev/null", READ_ONLY, descriptor);
    assertStoppedEvenAfter(saved, descriptor);
  }

  @Test
  void failedFsyncStopsTheStoreForGood() throws IOException {
    int descriptor = descriptor("profile.db-wal");
    int saved = call("dup", descriptor);
    plant("/dev/null", READ_WRITE, descriptor);
    assertStoppedEvenAfter(saved, descriptor);
  }

  @Test
  void failedFsyncOfACheckpointStopsTheStoreForGood() throws IOException {
    int descriptor = descriptor("profile.db");
    int saved = call("dup", descriptor);
    plant("/dev/null", READ_WRITE, descriptor);
    int kept = 1;
    while (kept < 200) {
      try {
        put(kept);
        kept++;
      } catch (Fault e) {
        assertEquals(FaultCode.STORE_STOPPED, e.code());
        break;
      }
    }
    assertTrue(kept < 200, "no checkpoint failed");
    assertStoppedEvenAfter(saved, descriptor);
    assertEquals(kept, unreadInCopy(), "what was committed is in the log still");
  }

  /** The files as they are, opened elsewhere: the stopped connection keeps its lock. */
  private int unreadInCopy() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    for (String name : new String[] {"profile.db", "profile.db-wal"}) {
      Files.copy(
          folder.resolve(name),
          copy.resolve(name),
          java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }
    try (SqlitePeerStore again = open(copy.resolve("profile.db"))) {
      return unread(again);
    }
  }

  private void assertStoppedEvenAfter(int saved, int descriptor) throws IOException {
    assertEquals(FaultCode.STORE_STOPPED, refusal());
    call("dup2", saved, descriptor);
    assertEquals(FaultCode.STORE_STOPPED, refusal());
    long size = Files.size(folder.resolve("profile.db-wal"));
    store.close();
    assertEquals(size, Files.size(folder.resolve("profile.db-wal")), "closing touches nothing");
  }

  private FaultCode refusal() {
    return assertThrows(Fault.class, () -> put(999)).code();
  }

  private void put(int n) {
    store.transact(
        tx -> {
          tx.putMessage(Samples.line(n, Samples.ALI, "line"));
          return 0;
        });
  }

  private static int unread(PeerStore store) {
    return store.transact(PeerStore.Tx::unread);
  }

  private static SqlitePeerStore open(Path file) {
    return SqlitePeerStore.open(file, Suite.wx1(), Secret.copyOf(new byte[32]), new SecureRandom());
  }

  private int descriptor(String name) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path link : all.toList()) {
        if (Files.isSymbolicLink(link)
            && Files.readSymbolicLink(link).equals(folder.toRealPath().resolve(name))) {
          return Integer.parseInt(String.valueOf(link.getFileName()));
        }
      }
    }
    throw new AssertionError("no descriptor of " + name);
  }

  private static void plant(String device, int mode, int descriptor) {
    int opened =
        NativeLibrary.getProcess().getFunction("open").invokeInt(new Object[] {device, mode});
    assertEquals(descriptor, call("dup2", opened, descriptor));
    call("close", opened);
  }

  private static int call(String function, Object... arguments) {
    return NativeLibrary.getProcess().getFunction(function).invokeInt(arguments);
  }
}
