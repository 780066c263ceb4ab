package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.store.MemoryPeerStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys of a file that was given up, or whose leaves are gone, never seal again. */
class AbandonedTransferTest {
  private static final BlobId BLOB = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
  private static final Bytes KEY = Bytes.of(new byte[32]);

  private final MemoryPeerStore store = new MemoryPeerStore();
  private final TransferBook book = new TransferBook();

  /** A host of which nothing but the store is asked. */
  @SuppressWarnings("unchecked")
  private Host host() {
    return (Host)
        Proxy.newProxyInstance(
            Host.class.getClassLoader(),
            new Class<?>[] {Host.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("store")) {
                throw new AssertionError(method.getName());
              }
              return store.transact((Function<PeerStore.Tx, Object>) arguments[0]);
            });
  }

  @ParameterizedTest
  @EnumSource(
      value = Stage.class,
      names = {"FAILED", "CANCELLED", "DECLINED", "DONE", "AT_RELAY"})
  void whatHasEndedIsNeitherPausedNorResumed(Stage stage) {
    store.transact(
        tx -> {
          book.put(
              tx,
              new Sending(
                  BLOB,
                  new Sending.Keys(KEY, KEY),
                  new Sending.From(Sending.Kind.FILE, "/nowhere", null),
                  "name",
                  "",
                  List.of(new Sending.Recipient(new UserId("bob"), Stage.WAITING)),
                  stage,
                  new Sending.Counts(9, 9, 0),
                  null,
                  null,
                  1,
                  null),
              1);
          return true;
        });
    try (Transfers transfers = new Transfers(host(), Suite.wx1(), byte[]::new)) {
      for (Runnable wish :
          List.<Runnable>of(() -> transfers.resume(BLOB), () -> transfers.pause(BLOB))) {
        assertEquals(FaultCode.TRANSFER_STATE, assertThrows(Fault.class, wish::run).code());
      }
      assertEquals(stage, store.transact(tx -> book.sending(tx, BLOB)).stage());
    }
  }
}
