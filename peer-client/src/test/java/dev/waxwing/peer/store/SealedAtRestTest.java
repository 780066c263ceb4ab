package dev.waxwing.peer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Prekeys;
import dev.waxwing.message.BlobId;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.peer.session.PeerStore.OutboxRow;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing secret is readable in any file of the folder, open or closed. */
class SealedAtRestTest {
  private static final String MARK = "CANARY";

  @TempDir Path folder;

  @Test
  void noCanaryOfAnySealedColumnIsInAnyFile() throws IOException {
    try (SqlitePeerStore store = open()) {
      writeCanaries(store);
      assertEquals(List.of(), filesWith(MARK), "in the write-ahead log");
      assertTrue(Files.size(folder.resolve("profile.db-wal")) > 0);
    }
    assertEquals(List.of(), filesWith(MARK), "in the database");
    try (SqlitePeerStore store = open()) {
      assertTrue(
          store.transact(tx -> tx.messages(Samples.newest(1))).get(0).text().startsWith(MARK),
          "the canaries were written");
    }
  }

  @Test
  void sweepFindsAnUnsealedWrite() throws IOException {
    try (SqlitePeerStore store = open()) {
      Database database = store.database();
      database.begin();
      database.update(
          "INSERT INTO entry (name, sealed) VALUES ('planted', ?)", canary(1).toArray());
      database.commit();
      assertFalse(filesWith(MARK).isEmpty(), "in the write-ahead log");
    }
    assertEquals(List.of("profile.db"), filesWith(MARK));
  }

  @Test
  void removedRowsAreOverwritten() throws IOException {
    try (SqlitePeerStore store = open()) {
      Database database = store.database();
      database.begin();
      database.update(
          "INSERT INTO entry (name, sealed) VALUES ('planted', ?)", canary(1).toArray());
      database.commit();
    }
    try (SqlitePeerStore store = open()) {
      store.transact(
          tx -> {
            tx.removeValue("planted");
            return 0;
          });
    }
    assertEquals(List.of(), filesWith(MARK));
  }

  @Test
  void everyFileIsForItsOwnerAlone() throws IOException {
    Assumptions.assumeTrue(
        folder.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "file modes are POSIX's");
    try (SqlitePeerStore store = open()) {
      writeCanaries(store);
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          assertEquals(
              "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
      }
      assertTrue(Files.exists(folder.resolve("profile.db-wal")));
    }
  }

  @Test
  void sameValueIsNeverTheSameBytes() {
    try (SqlitePeerStore store = open()) {
      List<byte[]> rows = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        store.transact(
            tx -> {
              tx.putValue("v", new byte[8]);
              return 0;
            });
        rows.add(
            store
                .database()
                .first("SELECT sealed FROM entry WHERE name = 'v'", row -> row.getBytes(1))
                .orElseThrow());
      }
      assertFalse(
          Bytes.of(rows.get(0), 0, RowSeal.SALT).equals(Bytes.of(rows.get(1), 0, RowSeal.SALT)));
      assertFalse(
          Bytes.of(rows.get(0))
              .slice(RowSeal.SALT, 32)
              .equals(Bytes.of(rows.get(1)).slice(RowSeal.SALT, 32)));
    }
  }

  private SqlitePeerStore open() {
    return SqlitePeerStore.open(
        folder.resolve("profile.db"), Suite.wx1(), Secret.copyOf(new byte[32]), new SecureRandom());
  }

  private static void writeCanaries(PeerStore store) {
    BlobId blob = new BlobId(canary(2).slice(0, BlobId.LENGTH));
    store.transact(
        tx -> {
          tx.putValue("identity", canary(1).toArray());
          tx.putPrekey(new PeerStore.PrekeyRow(Prekeys.Kind.SIGNED, 1, 2, canary(3).toArray()));
          tx.putConversation(Samples.address(Samples.ALI, 1), canary(4).toArray());
          tx.putContact(
              new PeerStore.ContactRow(
                  Samples.ALI,
                  MARK + "alias",
                  MARK + "name",
                  canary(5),
                  canary(6),
                  Trust.NEW,
                  PeerStore.Marks.NONE,
                  1));
          tx.putMessage(
              new MessageRow(
                  Samples.message(1),
                  Samples.ALI,
                  MessageRow.State.READ,
                  MessageRow.Kind.TEXT,
                  1,
                  2,
                  MARK + "text",
                  blob,
                  false));
          tx.putOutbox(
              new OutboxRow(
                  Samples.message(2),
                  Samples.ALI,
                  OutboxRow.State.SEALED,
                  1,
                  canary(7).toArray(),
                  List.of(new OutboxRow.Sealed(Samples.device(1), canary(8).toArray())),
                  0));
          tx.putTransfer(new PeerStore.TransferRow(Samples.blob(1), canary(9).toArray(), 1));
          tx.putQuarantine(
              Samples.address(Samples.BEA, 1), Samples.message(3), canary(10).toArray(), 1);
          return 0;
        });
  }

  private static Bytes canary(int n) {
    return Bytes.of((MARK + " number " + n + " of them").getBytes(StandardCharsets.UTF_8));
  }

  private List<String> filesWith(String mark) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> found = new ArrayList<>();
      for (Path file : files.toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(mark)) {
          found.add(String.valueOf(file.getFileName()));
        }
      }
      return found;
    }
  }
}
