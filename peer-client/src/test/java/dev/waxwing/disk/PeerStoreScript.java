package dev.waxwing.disk;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.peer.store.SqlitePeerStore;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** Two hundred transactions of a peer's store; the disk fails in one of them. */
final class PeerStoreScript extends Script {
  private static final int OPERATIONS = 200;
  private static final int NAMES = 40;

  private final TreeMap<Integer, byte[]> values = new TreeMap<>();
  private SqlitePeerStore store;

  public static void main(String[] args) throws Exception {
    open(Files.createDirectory(Path.of(args[0]).resolve("first"))).close();
    new PeerStoreScript().all(args);
  }

  private static SqlitePeerStore open(Path folder) {
    return SqlitePeerStore.open(
        folder.resolve("profile.db"), Suite.wx1(), Secret.copyOf(new byte[32]), new SecureRandom());
  }

  @Override
  void run(Path folder, long nth, FailingDisk.Kind kind, long seed) throws Exception {
    values.clear();
    ended = "";
    FailingDisk.plan(folder, nth, nth, kind);
    FaultCode opening = fault(() -> store = open(folder));
    if (opening != null) {
      FailingDisk.heal();
      ended = "open " + opening;
      requireOneOf(
          opening,
          FaultCode.STORE_STOPPED,
          FaultCode.DISK_FULL,
          FaultCode.FILE_UNREADABLE,
          FaultCode.TARGET_UNWRITABLE,
          kind == FailingDisk.Kind.EIO ? FaultCode.PROFILE_CORRUPT : FaultCode.STORE_STOPPED);
      if (opening != FaultCode.STORE_STOPPED) {
        // A stopped store keeps its lock until the process ends. What is there is whole, or not
        // there.
        open(folder).close();
      }
      return;
    }
    Random random = new Random(seed);
    boolean stopped = false;
    int unknown = -1;
    for (int i = 0; i < OPERATIONS; i++) {
      int name = random.nextInt(NAMES);
      byte[] value = random.nextInt(4) == 0 ? null : new byte[random.nextInt(6_000)];
      if (value != null) {
        random.nextBytes(value);
      }
      FaultCode code = fault(() -> put(name, value));
      if (stopped) {
        require(code == FaultCode.STORE_STOPPED, "after the failure: " + code);
      } else if (code == FaultCode.DISK_FULL) {
        ended = "full";
      } else if (code == FaultCode.PROFILE_CORRUPT && kind == FailingDisk.Kind.EIO) {
        // SQLite takes a page that cannot be read for damage; the transaction was not done.
        ended = "unread";
      } else if (code != null) {
        requireOneOf(code, FaultCode.STORE_STOPPED);
        ended = "stopped";
        stopped = true;
        unknown = planted ? -1 : name;
        if (planted) {
          values.put(name, new byte[] {1});
        }
      } else if (value == null) {
        values.remove(name);
      } else {
        values.put(name, value);
      }
    }
    FailingDisk.heal();
    if (!stopped) {
      store.close();
    }
    compare(folder, unknown);
  }

  /** Two rows, which must not part. */
  private void put(int name, byte[] value) {
    store.transact(
        tx -> {
          for (String half : List.of("a" + name, "b" + name)) {
            if (value == null) {
              tx.removeValue(half);
            } else {
              tx.putValue(half, value);
            }
          }
          return true;
        });
  }

  private void compare(Path folder, int unknown) throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    for (String name : List.of("profile.db", "profile.db-wal")) {
      if (Files.exists(folder.resolve(name))) {
        Files.copy(
            folder.resolve(name),
            copy.resolve(name),
            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    try (SqlitePeerStore again = open(copy)) {
      for (int name = 0; name < NAMES; name++) {
        int one = name;
        byte[] first = again.transact(tx -> tx.value("a" + one)).orElse(null);
        byte[] second = again.transact(tx -> tx.value("b" + one)).orElse(null);
        require(Arrays.equals(first, second), "half a transaction: " + name);
        require(
            name == unknown || Arrays.equals(first, values.get(name)), "another value: " + name);
      }
    }
  }
}
