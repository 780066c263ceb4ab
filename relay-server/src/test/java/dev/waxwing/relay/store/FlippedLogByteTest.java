package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.ANN1;
import static dev.waxwing.relay.store.Samples.BEN1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A byte that rots in the write-ahead log costs commits from some one on, as DURABILITY.md says,
 * and never more than that: what is left is whole, in order, and the store goes on.
 */
class FlippedLogByteTest {
  private static final int MAIL = 40;
  private static final int FLIPS = 300;
  private static final StoreOptions ROOMY = new StoreOptions(1L << 40, Samples.EPOCH);

  /** Of the log, and before each of its pages; where most flips matter most. */
  private static final int HEADER = 32;

  @TempDir Path temp;

  @Test
  void costsNoMoreThanTheCommitsFromThereOn() throws Exception {
    Path sound = temp.resolve("sound");
    byte[] database;
    byte[] log;
    try (SqliteStore store = SqliteStore.open(sound, ROOMY)) {
      store.begin();
      Samples.register(store, ANN1);
      Samples.register(store, BEN1);
      store.commit();
      store.upkeep(StoreEngine.Upkeep.IDLE);
      for (int id = 1; id <= MAIL; id++) {
        store.begin();
        store.mailbox().append(Samples.mail(ANN1, id, 100, BEN1), id);
        store.commit();
      }
      // As a power cut would leave it.
      database = Files.readAllBytes(sound.resolve(SqliteStore.FILE));
      log = Files.readAllBytes(sound.resolve(SqliteStore.FILE + "-wal"));
    }
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("-Dseed=" + seed);
    Random random = new Random(seed);
    assertEquals(MAIL, left(database, log, "untouched"));
    int fewest = MAIL;
    int most = 0;
    for (int flip = 0; flip < FLIPS; flip++) {
      byte[] damaged = log.clone();
      int at = random.nextInt(flip % 10 == 0 ? HEADER : damaged.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      int left = left(database, damaged, "flip " + flip + " at " + at);
      fewest = Math.min(fewest, left);
      most = Math.max(most, left);
    }
    System.out.println("left of " + MAIL + " messages: " + fewest + " to " + most);
    assertTrue(fewest == 0 && most > MAIL / 2, fewest + " to " + most);
  }

  /** How many messages are left; those that are must be the first ones, as they were. */
  private int left(byte[] database, byte[] log, String where) throws IOException {
    Path folder = Files.createTempDirectory(temp, "flip");
    Files.write(folder.resolve(SqliteStore.FILE), database);
    Files.write(folder.resolve(SqliteStore.FILE + "-wal"), log);
    List<Integer> found = new ArrayList<>();
    try (SqliteStore store = SqliteStore.open(folder, ROOMY)) {
      store.begin();
      for (Mailbox.Row row : store.mailbox().fetch(BEN1, 0, 1_000, Long.MAX_VALUE)) {
        int id = row.id().value().toArray()[15];
        assertEquals(Samples.bytes(100, id), row.body(), where);
        found.add(id);
      }
      List<Integer> first = new ArrayList<>();
      for (int id = 1; id <= found.size(); id++) {
        first.add(id);
      }
      assertEquals(first, found, where);
      assertEquals(0, store.mailbox().quarantined(), where);
      assertEquals(StoreEngine.State.OPEN, store.state(), where);
      assertEquals(
          Mailbox.Outcome.ACCEPTED,
          store.mailbox().append(Samples.mail(ANN1, 99, 100, BEN1), 99).outcome(),
          where);
      store.commit();
    }
    return found.size();
  }
}
