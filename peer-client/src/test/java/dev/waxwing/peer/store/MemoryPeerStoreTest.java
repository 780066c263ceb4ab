package dev.waxwing.peer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.peer.session.PeerStore;
import org.junit.jupiter.api.Test;

/** The store of simulations keeps the contract and crashes where it is told. */
class MemoryPeerStoreTest extends PeerStoreContract {
  private final MemoryPeerStore store = new MemoryPeerStore();

  @Override
  PeerStore store() {
    return store;
  }

  @Test
  void crashBeforeCommitLosesTheTransaction() {
    assertEquals(0, unreadAfterCrash(MemoryPeerStore.Moment.BEFORE_COMMIT));
  }

  @Test
  void crashAfterCommitKeepsIt() {
    assertEquals(1, unreadAfterCrash(MemoryPeerStore.Moment.AFTER_COMMIT));
  }

  private int unreadAfterCrash(MemoryPeerStore.Moment moment) {
    store.crashNext(moment);
    assertThrows(MemoryPeerStore.Crashed.class, () -> put(1));
    assertThrows(MemoryPeerStore.Crashed.class, () -> put(2));
    return store.restart().transact(PeerStore.Tx::unread);
  }

  private void put(int n) {
    store.transact(
        tx -> {
          tx.putMessage(Samples.line(n, Samples.ALI, "line"));
          return n;
        });
  }
}
