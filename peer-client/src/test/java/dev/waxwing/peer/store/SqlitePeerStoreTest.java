package dev.waxwing.peer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store on disk keeps the contract. */
class SqlitePeerStoreTest extends PeerStoreContract {
  @TempDir Path folder;
  private SqlitePeerStore store;

  @BeforeEach
  void open() {
    store =
        SqlitePeerStore.open(
            folder.resolve("profile.db"),
            Suite.wx1(),
            Secret.copyOf(new byte[32]),
            new SecureRandom());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  PeerStore store() {
    return store;
  }

  @Test
  void searchLooksThroughTenThousandLinesAndStopsAtItsLimit() {
    store.transact(
        tx -> {
          for (int n = 0; n < 10_000; n++) {
            tx.putMessage(Samples.line(n, Samples.ALI, "a line of the usual length, number " + n));
          }
          return 0;
        });
    int found =
        store.transact(
            tx -> tx.messages(new PeerStore.MessageQuery(null, null, 0, "NUMBER 17", 99)).size());
    assertEquals(99, found);
    int none =
        store.transact(
            tx -> tx.messages(new PeerStore.MessageQuery(null, null, 0, "absent", 99)).size());
    assertEquals(0, none);
  }

  @Test
  void logIsBoundedOverManyTransactions() throws IOException {
    for (int n = 0; n < 500; n++) {
      int id = n;
      store.transact(
          tx -> {
            tx.putConversation(Samples.address(Samples.ALI, id % 9), new byte[3_000]);
            tx.putMessage(Samples.line(id, Samples.ALI, "line"));
            return 0;
          });
    }
    long log = Files.size(folder.resolve("profile.db-wal"));
    assertTrue(log > 0 && log < 4 << 20, () -> log + " B");
  }

  @Test
  void secondOpeningIsRefusedWhileTheFirstLasts() {
    Fault fault = assertThrows(Fault.class, this::open);
    assertEquals(FaultCode.HOLDER_SILENT, fault.code());
  }
}
