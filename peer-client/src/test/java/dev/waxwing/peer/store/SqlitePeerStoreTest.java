package dev.waxwing.peer.store;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.peer.session.PeerStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
}
