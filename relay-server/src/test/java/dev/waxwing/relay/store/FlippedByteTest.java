package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.ANN1;
import static dev.waxwing.relay.store.Samples.BEN1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.PeerMessage;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A byte that rots costs the record it is in, or the store says that it is damaged: nothing else,
 * wherever it is.
 */
@Timeout(180)
class FlippedByteTest {
  private static final int FLIPS = 250;
  private static final int PAGE = 4096;
  private static final int MAIL = 60;

  /** Where the file's header says which format writers must know. */
  private static final int WRITE_VERSION = 18;

  private static final StoreOptions ROOMY = new StoreOptions(1L << 40, Samples.EPOCH);

  @TempDir Path temp;

  private static int length(long id) {
    return (int) (id % 7) * 900 + 50;
  }

  private Path filled() {
    Path folder = temp.resolve("sound");
    try (SqliteStore store = SqliteStore.open(folder, ROOMY)) {
      store.begin();
      Samples.register(store, ANN1);
      Samples.register(store, BEN1);
      for (long id = 1; id <= MAIL; id++) {
        store.mailbox().append(Samples.mail(ANN1, id, length(id), BEN1), id);
      }
      for (int i = 1; i <= 20; i++) {
        store.blobs().create(Samples.blob(i), ANN1, List.of(BEN1), i);
        store.directory().createInvite(Samples.token(i), new Invite.Limits(0, 9, 1), "note " + i);
      }
      store.commit();
    }
    return folder.resolve(SqliteStore.FILE);
  }

  @Test
  void costsItsRecordOrIsSaidToBeDamageOfTheStore() throws Exception {
    byte[] sound = Files.readAllBytes(filled());
    long seed = new Random().nextLong();
    System.err.println("seed of costsItsRecordOrIsSaidToBeDamageOfTheStore: " + seed);
    Random random = new Random(seed);
    int refused = 0;
    int lost = 0;
    for (int flip = 0; flip < FLIPS; flip++) {
      byte[] damaged = sound.clone();
      // Every other one where a page keeps its structure.
      int page = random.nextInt(damaged.length / PAGE) * PAGE;
      int at = page + random.nextInt(flip % 2 == 0 ? PAGE : 100);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      String where = "flip " + flip + " at " + at + " = page " + at / PAGE + "+" + at % PAGE;
      Path folder = Files.createDirectory(temp.resolve("flip" + flip));
      Files.write(folder.resolve(SqliteStore.FILE), damaged);
      try (SqliteStore store = SqliteStore.open(folder, ROOMY)) {
        store.begin();
        int missing = readAll(store, where);
        lost += missing;
        assertTrue(missing <= 1, where + " cost " + missing + " messages");
        assertEquals(StoreEngine.State.OPEN, store.state(), where);
        store.commit();
      } catch (Fault fault) {
        // A newer format may be read and not written, SQLite says: not the disk's fault, but as
        // final.
        FaultCode expected = at == WRITE_VERSION ? fault.code() : FaultCode.STORE_CORRUPT;
        assertEquals(expected, fault.code(), where + ": " + fault.what());
        refused++;
      }
    }
    System.err.println(refused + " refused, " + lost + " messages lost, of " + FLIPS);
    assertTrue(refused > 0 && lost > 0, refused + " refused, " + lost + " lost");
  }

  @Test
  void inTheVersionOrFormatOfTheFileIsDamageToo() throws Exception {
    byte[] sound = Files.readAllBytes(filled());
    // The format, the version without its lowest bit, a version below 0.
    int[][] flips = {{47, 3}, {63, 0}, {60, 7}};
    for (int[] flip : flips) {
      byte[] damaged = sound.clone();
      damaged[flip[0]] ^= (byte) (1 << flip[1]);
      Path folder = Files.createDirectory(temp.resolve("at" + flip[0]));
      Files.write(folder.resolve(SqliteStore.FILE), damaged);
      Fault fault = assertThrows(Fault.class, () -> SqliteStore.open(folder, ROOMY));
      assertEquals(FaultCode.STORE_CORRUPT, fault.code(), "at " + flip[0]);
    }
  }

  @Test
  void inTheNameOfAColumnIsDamageToo() throws Exception {
    byte[] sound = Files.readAllBytes(filled());
    String text = new String(sound, StandardCharsets.ISO_8859_1);
    int found = 0;
    for (int at = text.indexOf("revoked"); at >= 0; at = text.indexOf("revoked", at + 1)) {
      byte[] damaged = sound.clone();
      damaged[at] ^= 1;
      Path folder = Files.createDirectory(temp.resolve("column" + at));
      Files.write(folder.resolve(SqliteStore.FILE), damaged);
      try (SqliteStore store = SqliteStore.open(folder, ROOMY)) {
        store.begin();
        readAll(store, "at " + at);
        // A name that nothing reads.
      } catch (Fault fault) {
        assertEquals(FaultCode.STORE_CORRUPT, fault.code(), "at " + at + ": " + fault.what());
        found++;
      }
    }
    assertTrue(found > 0, "no flip was noticed");
  }

  /** Reads every record there is; how many messages are not what they were. */
  private static int readAll(SqliteStore store, String where) {
    int found = 0;
    for (Mailbox.Row row : store.mailbox().fetch(BEN1, 0, 1_000, Long.MAX_VALUE)) {
      long id = row.id().value().toArray()[15];
      assertEquals(Samples.bytes(length(id), id), row.body(), where);
      found++;
    }
    assertTrue(store.mailbox().quarantined() <= 1, where);
    assertTrue(store.directory().list(null, 10).size() >= 1, where);
    assertTrue(store.directory().invites().size() >= 19, where);
    assertTrue(store.blobs().all().size() >= 19, where);
    return MAIL - found;
  }

  @Test
  void inThePageOfAStoreThatRunsEndsItBeforeAnythingWrongIsTold() throws Exception {
    Path folder = temp.resolve("large");
    try (SqliteStore store = SqliteStore.open(folder, ROOMY)) {
      store.begin();
      Samples.register(store, ANN1);
      Samples.register(store, BEN1);
      // More than the cache holds, so that pages must be read again.
      for (long id = 1; id <= 8_000; id++) {
        store.mailbox().append(Samples.mail(ANN1, id, 3_000, BEN1), id);
      }
      store.commit();
    }
    try (SqliteStore store = SqliteStore.open(folder, ROOMY)) {
      flipEveryPage(folder.resolve(SqliteStore.FILE));
      store.begin();
      Fault fault =
          assertThrows(Fault.class, () -> store.mailbox().fetch(BEN1, 0, 10_000, Long.MAX_VALUE));
      assertEquals(FaultCode.STORE_CORRUPT, fault.code());
      assertEquals(StoreEngine.State.CORRUPT, store.state());
      List<Fault> later = new ArrayList<>();
      later.add(
          assertThrows(
              Fault.class, () -> store.mailbox().append(Samples.mail(ANN1, 9_000, 9, BEN1), 9)));
      later.add(
          assertThrows(
              Fault.class, () -> store.mailbox().ack(BEN1, Samples.EPOCH, List.of(one()))));
      later.add(assertThrows(Fault.class, store::commit));
      later.forEach(each -> assertEquals(FaultCode.STORE_CORRUPT, each.code()));
      store.rollback();
    }
  }

  private static PeerMessage.Mail one() {
    return new PeerMessage.Mail(1, Samples.message(1));
  }

  /** Flips the first byte, the kind, of all pages but the first. */
  private static void flipEveryPage(Path database) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
      for (long page = PAGE; page < file.length(); page += PAGE) {
        file.seek(page);
        int kind = file.read();
        file.seek(page);
        file.write(kind ^ 0x40);
      }
    }
  }
}
