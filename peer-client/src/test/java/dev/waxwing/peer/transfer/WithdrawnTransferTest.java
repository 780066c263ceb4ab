package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.files.OnClash;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.store.MemoryPeerStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An offer that its sender withdrew stays withdrawn, and leaves nothing behind. */
class WithdrawnTransferTest {
  private static final BlobId BLOB = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
  private static final Bytes KEY = Bytes.of(new byte[32]);

  @TempDir Path folder;

  private final MemoryPeerStore store = new MemoryPeerStore();
  private final TransferBook book = new TransferBook();
  private final CountDownLatch triesAgain = new CountDownLatch(1);

  /** The sender's word is stored just before the relay says that the blob is gone. */
  @SuppressWarnings("unchecked")
  private Host host() {
    return (Host)
        Proxy.newProxyInstance(
            Host.class.getClassLoader(),
            new Class<?>[] {Host.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "store" -> store.transact((Function<PeerStore.Tx, Object>) arguments[0]);
                  case "openData" -> {
                    put(Stage.CANCELLED);
                    throw new Fault(FaultCode.CANCELLED, "the blob is gone");
                  }
                  case "awaitRelay" -> {
                    triesAgain.countDown();
                    yield false;
                  }
                  case "now" -> 1L;
                  case "changed" -> null;
                  default -> throw new AssertionError(method.getName());
                });
  }

  private void put(Stage stage) {
    store.transact(
        tx -> {
          Receiving row = book.find(tx, BLOB).map(TransferBook.Entry::receiving).orElse(offered());
          book.put(tx, row.at(stage, null), 1);
          return true;
        });
  }

  private Receiving offered() {
    return new Receiving(
        new Content.Offer(BLOB, KEY, "name", Content.Shape.FILE, 9, 0, "", null),
        new Address(new UserId("ana"), new DeviceId(Bytes.of(new byte[DeviceId.LENGTH]))),
        Stage.OFFERED,
        new Receiving.Target(folder.toString(), null, OnClash.RENAME, null),
        null,
        null,
        0,
        1,
        null);
  }

  private Stage stage() {
    return store.transact(tx -> book.receiving(tx, BLOB)).stage();
  }

  @Test
  void aWorkerThatHearsOfItLaterChangesNothing() throws InterruptedException {
    put(Stage.WAITING);
    try (Transfers transfers = new Transfers(host(), Suite.wx1(), byte[]::new)) {
      transfers.resumeAll();
      assertTrue(triesAgain.await(20, TimeUnit.SECONDS), "the worker took the relay's word");
      assertEquals(Stage.CANCELLED, stage());
    }
    assertEquals(Stage.CANCELLED, stage());
    assertArrayEquals(new String[0], folder.toFile().list(), "nothing is left of it");
  }

  @Test
  void itIsNotTakenAgain() {
    put(Stage.CANCELLED);
    try (Transfers transfers = new Transfers(host(), Suite.wx1(), byte[]::new)) {
      Fault fault = assertThrows(Fault.class, () -> transfers.resume(BLOB));
      assertEquals(FaultCode.TRANSFER_STATE, fault.code());
    }
    assertEquals(Stage.CANCELLED, stage());
  }
}
