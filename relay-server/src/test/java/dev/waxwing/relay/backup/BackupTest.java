package dev.waxwing.relay.backup;

import static dev.waxwing.relay.backup.SampleRelay.BEN;
import static dev.waxwing.relay.backup.SampleRelay.GROWING;
import static dev.waxwing.relay.backup.SampleRelay.MAIL;
import static dev.waxwing.relay.backup.SampleRelay.SEALED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.relay.store.BlobStore.Extent;
import dev.waxwing.relay.store.FileBlobStore;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.SqliteStore;
import dev.waxwing.relay.store.StoreDone;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A backup is whole or has no name, says what is wrong with it, and comes back as it was. */
@Timeout(120)
class BackupTest {
  @TempDir Path temp;
  private SampleRelay relay;
  private Path backup;

  @BeforeEach
  void fill() throws IOException {
    relay = new SampleRelay(temp.resolve("relay"));
    backup = temp.resolve("backup");
  }

  private BackupWriter.Made make() {
    return BackupWriter.make(relay.places, this::snapshot, backup, 1_000);
  }

  private void snapshot(Path into) {
    try (SqliteStore store = SqliteStore.open(relay.places.data(), SampleRelay.OPTIONS)) {
      store.snapshot(into);
    }
  }

  private static BackupRestore.Restored restore(Path from, RelayPlaces to, Instant replace) {
    return BackupRestore.restore(
        from, to, new StoreOptions(1L << 40, SampleRelay.epoch(2)), Optional.ofNullable(replace));
  }

  private RelayPlaces empty() {
    Path folder = temp.resolve("new");
    return new RelayPlaces(folder, folder.resolve("keys"), folder.resolve("relay.json"));
  }

  private static FaultCode codeOf(org.junit.jupiter.api.function.Executable doing) {
    return assertThrows(Fault.class, doing).code();
  }

  @Test
  void everythingComesBackAndTheMailboxesAreInANewEpoch() throws Exception {
    BackupWriter.Made made = make();
    assertEquals(List.of(), made.found().problems());
    assertEquals(2, made.found().users());
    assertEquals(MAIL, made.found().mail());
    assertEquals(3, made.found().blobs());
    assertEquals(3, made.found().parts());
    RelayPlaces to = empty();
    Files.createDirectories(to.data());
    assertEquals(Optional.empty(), restore(backup, to, null).aside());
    try (SqliteStore store = SqliteStore.open(to.data(), SampleRelay.OPTIONS)) {
      assertEquals(SampleRelay.epoch(2), store.mailbox().epoch());
      List<Mailbox.Row> rows = store.mailbox().fetch(BEN, 0, 100, 1 << 20);
      assertEquals(MAIL, rows.size());
      for (int i = 0; i < MAIL; i++) {
        assertEquals(SampleRelay.message(i + 1), rows.get(i).id());
        assertEquals(SampleRelay.body(i + 1), rows.get(i).body());
      }
      assertEquals(2, store.directory().count());
      assertEquals(1, store.directory().invites().size());
      assertEquals(1, store.directory().prekeysLeft(BEN).oneTime());
      assertEquals(1, store.blobs().all().size(), "what was not sealed is sent again");
    }
    try (FileBlobStore blobs = FileBlobStore.open(to.data().resolve("blobs"))) {
      assertEquals(Map.of(SEALED, new Extent(0, 3, 3)), blobs.recover());
      assertArrayEquals(SampleRelay.part(1), blobs.read(SEALED, 1));
    }
    assertEquals("an identity\n", Files.readString(to.keys().resolve("relay-identity")));
    assertEquals("{\"port\":7381}\n", Files.readString(to.config()));
    assertFalse(Files.exists(to.keys().resolve("notes.txt")));
  }

  @Test
  void onlyTheOwnerMayReadIt() throws IOException {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        temp.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "only where the system knows modes");
    make();
    try (var all = Files.walk(backup)) {
      for (Path path : all.toList()) {
        assertEquals(
            Files.isDirectory(path) ? "rwx------" : "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)),
            path.toString());
      }
    }
  }

  @Test
  void aFlippedByteAnywhereIsFound() throws IOException {
    make();
    long seed = new Random().nextLong();
    System.err.println("seed of aFlippedByteAnywhereIsFound: " + seed);
    Random random = new Random(seed);
    for (Path file : SureFiles.files(backup)) {
      byte[] sound = Files.readAllBytes(file);
      int flips = Math.min(sound.length, sound.length > 10_000 ? 3 : 40);
      for (int flip = 0; flip < flips; flip++) {
        int at = sound.length <= 40 ? flip : random.nextInt(sound.length);
        byte[] damaged = sound.clone();
        damaged[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, damaged);
        assertFalse(BackupCheck.of(backup).problems().isEmpty(), file + " at " + at);
      }
      Files.write(file, sound);
    }
    assertEquals(List.of(), BackupCheck.of(backup).problems());
  }

  @Test
  void aFileThatIsMissingOrStrangeIsFoundAndNothingIsChangedByLooking() throws IOException {
    make();
    Path key = backup.resolve("keys").resolve("tls-key.pem");
    Files.delete(key);
    Files.writeString(backup.resolve("more"), "x");
    assertEquals(
        List.of("more is no file of this backup", "keys/tls-key.pem is missing"),
        BackupCheck.of(backup).problems());
    assertEquals(8, SureFiles.files(backup).size(), SureFiles.files(backup)::toString);
  }

  /** Makes the sums anew, as those of a relay that rotted before its backup are. */
  private void sumsAnew() throws IOException {
    Files.delete(backup.resolve(BackupFolder.SUMS));
    Checksums.write(new BackupFolder(backup));
  }

  @Test
  void whatRottedBeforeTheBackupIsFoundByRowAndPart() throws Exception {
    make();
    Path segment = segment(SEALED, "000000.seg");
    flip(segment, WireLimits.partStart(1) + 77);
    flip(segment(SEALED, "000000.sum"), 3);
    flipEvery(backup.resolve("relay.db"), SampleRelay.body(7).toArray());
    sumsAnew();
    List<String> problems = BackupCheck.of(backup).problems();
    assertTrue(problems.contains("1 damaged in mail"), problems::toString);
    assertTrue(problems.contains("part 1 of blob " + SEALED + " is damaged"), problems::toString);
    assertTrue(
        problems.contains("the sum of part 0 of blob " + SEALED + " is damaged"),
        problems::toString);
    assertEquals(3, problems.size(), problems::toString);
  }

  @Test
  void aBackupThatLostItsEmptyFolderIsRestored() throws Exception {
    make();
    SureFiles.deleteTree(backup.resolve("blobs"));
    sumsAnew();
    RelayPlaces to = empty();
    Files.createDirectories(to.data());
    restore(backup, to, null);
    BackupRestore.requireWhole(to.data());
    assertTrue(Files.isDirectory(to.blobs()));
  }

  /** Links that lead nowhere: on the list of the folder, and gone when they are to be copied. */
  @Test
  void segmentsThatGoWhileTheirFileIsCopiedAreLeftOut() throws IOException {
    Path folder = relay.places.blobs().resolve(SEALED.value().toHex());
    Path nowhere = temp.resolve("nowhere");
    try {
      for (String gone : List.of("000001.sum", "000001.seg", "000002.seg")) {
        Files.createSymbolicLink(folder.resolve(gone), nowhere);
      }
    } catch (UnsupportedOperationException e) {
      org.junit.jupiter.api.Assumptions.abort("only where there are links");
    }
    Files.copy(folder.resolve("000000.sum"), folder.resolve("000002.sum"));
    BackupWriter.Made made = make();
    assertEquals(List.of(), made.found().problems());
    assertEquals(3, made.found().parts());
    assertFalse(Files.exists(segment(SEALED, "000002.sum")), "a sum without its segment");
  }

  @Test
  void aBackupMayBeNamedByALinkAndHoldsNone() throws IOException {
    make();
    Path link = temp.resolve("latest");
    try {
      Files.createSymbolicLink(link, backup);
    } catch (UnsupportedOperationException e) {
      org.junit.jupiter.api.Assumptions.abort("only where there are links");
    }
    assertEquals(List.of(), BackupCheck.of(link).problems());
    RelayPlaces to = empty();
    Files.createDirectories(to.data());
    restore(link, to, null);
    assertEquals("an identity\n", Files.readString(to.keys().resolve("relay-identity")));
    Path key = backup.resolve("keys").resolve("tls-key.pem");
    Files.move(key, temp.resolve("elsewhere"));
    Files.createSymbolicLink(key, temp.resolve("elsewhere"));
    assertFalse(BackupCheck.of(link).problems().isEmpty());
  }

  @Test
  void whatRottedBeforeTheBackupCostsThatAloneAndIsSaid() throws Exception {
    make();
    flip(segment(SEALED, "000000.seg"), WireLimits.partStart(1) + 77);
    flipEvery(backup.resolve("relay.db"), SampleRelay.body(7).toArray());
    sumsAnew();
    RelayPlaces to = empty();
    Files.createDirectories(to.data());
    assertEquals(
        List.of("1 damaged in mail", "part 1 of blob " + SEALED + " is damaged"),
        restore(backup, to, null).found().problems());
    try (SqliteStore store = SqliteStore.open(to.data(), SampleRelay.OPTIONS)) {
      List<Mailbox.Row> rows = store.mailbox().fetch(BEN, 0, 100, 1 << 20);
      assertEquals(MAIL - 1, rows.size());
      assertTrue(rows.stream().noneMatch(row -> row.id().equals(SampleRelay.message(7))));
    }
    try (FileBlobStore blobs = FileBlobStore.open(to.data().resolve("blobs"))) {
      blobs.recover();
      assertArrayEquals(SampleRelay.part(0), blobs.read(SEALED, 0));
    }
  }

  @Test
  void aDatabaseThatNoRelayRunsOnIsNotRestored() throws Exception {
    make();
    // The header of the second page, which is the root of a table.
    byte[] bytes = Files.readAllBytes(backup.resolve("relay.db"));
    java.util.Arrays.fill(bytes, 4096, 4104, (byte) 0x5a);
    Files.write(backup.resolve("relay.db"), bytes);
    sumsAnew();
    RelayPlaces to = empty();
    Files.createDirectories(to.data());
    assertEquals(FaultCode.STORE_CORRUPT, codeOf(() -> restore(backup, to, null)));
    assertEquals(List.of(), SureFiles.list(to.data()));
  }

  @Test
  @SuppressWarnings("NullAway")
  void aRestoreThatFailsBeforeItMovedAnythingLeavesNoMark() throws Exception {
    make();
    RelayPlaces to = empty();
    Files.createDirectories(to.data());
    StoreOptions wrong = new StoreOptions(1L << 40, null);
    assertThrows(
        RuntimeException.class, () -> BackupRestore.restore(backup, to, wrong, Optional.empty()));
    assertEquals(List.of(), SureFiles.list(to.data()));
  }

  @Test
  void aBackupThatLiesWhereARestoreWorksIsNotEmptied() throws Exception {
    make();
    RelayPlaces to = empty();
    Files.createDirectories(to.data());
    Path inTheWay = to.data().resolve("restoring");
    SureFiles.copyTree(backup, inTheWay);
    assertEquals(FaultCode.USAGE, codeOf(() -> restore(inTheWay, to, null)));
    assertEquals(List.of(), BackupCheck.of(inTheWay).problems());
  }

  @Test
  void partsThatAreNotThoseOfTheListAreFound() throws IOException {
    make();
    Path blobs = backup.resolve("blobs");
    SureFiles.copyTree(
        blobs.resolve(SEALED.value().toHex()), blobs.resolve(SampleRelay.blob(8).value().toHex()));
    byte[] sums = Files.readAllBytes(segment(SEALED, "000000.sum"));
    Files.write(segment(SEALED, "000000.sum"), java.util.Arrays.copyOf(sums, 24));
    sumsAnew();
    assertEquals(
        List.of(
            "blob " + SEALED + " ends after part 1 of 3 parts",
            "the database knows no blob " + SampleRelay.blob(8)),
        BackupCheck.of(backup).problems());
  }

  private Path segment(dev.waxwing.message.BlobId blob, String name) {
    return backup.resolve("blobs").resolve(blob.value().toHex()).resolve(name);
  }

  private static void flip(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) at] ^= 4;
    Files.write(file, bytes);
  }

  /** Bytes of a row may stand in the unused rest of another page too. */
  private static void flipEvery(Path file, byte[] wanted) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int found = 0;
    for (int at = 0; at <= all.length - wanted.length; at++) {
      if (java.util.Arrays.equals(all, at, at + wanted.length, wanted, 0, wanted.length)) {
        all[at + 20] ^= 4;
        found++;
      }
    }
    assertTrue(found > 0, "those bytes are not in the file");
    Files.write(file, all);
  }

  @Test
  void anAttemptThatFailedLeavesNothing() throws IOException {
    Fault planted = new Fault(FaultCode.DISK_FULL, "planted");
    assertEquals(
        FaultCode.DISK_FULL,
        codeOf(
            () ->
                BackupWriter.make(
                    relay.places,
                    file -> {
                      snapshot(file);
                      throw planted;
                    },
                    backup,
                    1)));
    assertFalse(Files.exists(backup));
    assertFalse(Files.exists(temp.resolve("backup.part")));
  }

  @Test
  void anAttemptThatWasCutShortHasNoNameAndIsInNobodysWay() throws IOException {
    Files.createDirectory(temp.resolve("backup.part"));
    Files.createFile(temp.resolve("backup.part").resolve(BackupFolder.UNFINISHED));
    assertEquals(
        FaultCode.FILE_NOT_FOUND, codeOf(() -> BackupCheck.of(temp.resolve("backup.part"))));
    assertEquals(List.of(), make().found().problems());
    assertFalse(Files.exists(temp.resolve("backup.part")));
  }

  @Test
  void nothingThatIsThereIsOverwritten() throws IOException {
    make();
    assertEquals(FaultCode.TARGET_UNWRITABLE, codeOf(this::make));
    backup = temp.resolve("other");
    Files.createDirectory(temp.resolve("other.part"));
    Files.writeString(temp.resolve("other.part").resolve("thesis.txt"), "x");
    assertEquals(FaultCode.TARGET_UNWRITABLE, codeOf(this::make));
    assertTrue(Files.exists(temp.resolve("other.part").resolve("thesis.txt")));
    backup = temp.resolve("none").resolve("backup");
    assertEquals(FaultCode.TARGET_UNWRITABLE, codeOf(this::make));
  }

  @Test
  void aRelayThatIsThereIsReplacedOnlyWhenAskedAndKept() throws IOException {
    make();
    Files.writeString(relay.places.keys().resolve("relay-identity"), "another one\n");
    assertEquals(FaultCode.ALREADY_JOINED, codeOf(() -> restore(backup, relay.places, null)));
    assertEquals("another one\n", Files.readString(relay.places.keys().resolve("relay-identity")));
    Path aside = restore(backup, relay.places, Instant.ofEpochSecond(0)).aside().orElseThrow();
    assertEquals("replaced-19700101-000000", aside.getFileName().toString());
    assertEquals("an identity\n", Files.readString(relay.places.keys().resolve("relay-identity")));
    assertEquals("another one\n", Files.readString(aside.resolve("keys/relay-identity")));
    try (SqliteStore old = SqliteStore.open(aside, SampleRelay.OPTIONS)) {
      assertEquals(SampleRelay.EPOCH, old.mailbox().epoch());
      assertEquals(MAIL, old.mailbox().fetch(BEN, 0, 100, 1 << 20).size());
    }
    Path second = restore(backup, relay.places, Instant.ofEpochSecond(0)).aside().orElseThrow();
    assertEquals("replaced-19700101-000000-2", second.getFileName().toString());
  }

  @Test
  void aDamagedBackupIsNotRestored() throws IOException {
    make();
    flip(backup.resolve("relay.db"), 5_000);
    RelayPlaces to = empty();
    Files.createDirectories(to.data());
    assertEquals(FaultCode.STORE_CORRUPT, codeOf(() -> restore(backup, to, null)));
    assertEquals(List.of(), SureFiles.list(to.data()));
  }

  @Test
  void aRestoreThatWasCutShortKeepsTheRelayFromStartingUntilItIsDoneAgain() throws IOException {
    make();
    RelayPlaces to = empty();
    Files.createDirectories(to.data().resolve("restoring").resolve("blobs"));
    Files.createDirectories(to.keys());
    Files.writeString(to.keys().resolve("relay-identity"), "half\n");
    assertEquals(FaultCode.STORE_CORRUPT, codeOf(() -> BackupRestore.requireWhole(to.data())));
    assertEquals(FaultCode.ALREADY_JOINED, codeOf(() -> restore(backup, to, null)));
    restore(backup, to, Instant.ofEpochSecond(0));
    BackupRestore.requireWhole(to.data());
    assertEquals("an identity\n", Files.readString(to.keys().resolve("relay-identity")));
  }

  /** It is told from another of its name by its mode. */
  @Test
  void theMarkOfARestoreThatWasCutShortStaysWhileItIsDoneAgain() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        temp.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "only where the system knows modes");
    make();
    RelayPlaces to = empty();
    Path mark = to.data().resolve("restoring");
    Files.createDirectories(mark);
    Files.writeString(mark.resolve("relay.db"), "half");
    Files.setPosixFilePermissions(mark, PosixFilePermissions.fromString("rwxr-x---"));
    Files.writeString(to.keys(), "where the keys belong");
    assertThrows(Fault.class, () -> restore(backup, to, null));
    assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(mark)));
    Files.delete(to.keys());
    restore(backup, to, null);
    BackupRestore.requireWhole(to.data());
  }

  @Test
  void aBackupOfARelayAtWorkHoldsAllThatWasAcceptedBefore() throws Exception {
    StoreThread thread =
        StoreThread.start(
            SqliteStore.open(relay.places.data(), SampleRelay.OPTIONS), StoreThread.Limits.DEFAULT);
    try (FileBlobStore blobs = FileBlobStore.open(relay.places.blobs())) {
      blobs.recover();
      long[] next = {1_000};
      CompletableFuture<Boolean> enough = new CompletableFuture<>();
      Thread busy =
          new Thread(
              () -> {
                for (long part = 6; !enough.isDone(); part++) {
                  await(thread, next[0]++);
                  if (part < 40) {
                    blobs.write(GROWING, part, SampleRelay.part(part));
                    blobs.force(GROWING);
                  }
                }
              });
      busy.start();
      while (next[0] < 1_005) {
        Thread.onSpinWait();
      }
      long before = next[0];
      BackupWriter.Made made =
          BackupWriter.make(
              relay.places,
              into -> {
                CompletableFuture<Path> done = new CompletableFuture<>();
                thread.snapshot(into, StoreDone.of(done::complete, done::completeExceptionally));
                done.orTimeout(60, TimeUnit.SECONDS).join();
              },
              backup,
              1);
      enough.complete(true);
      busy.join();
      assertEquals(List.of(), made.found().problems());
      assertTrue(made.found().mail() >= MAIL + before - 1 - 1_000, made.found()::toString);
      assertTrue(made.found().mail() < MAIL + next[0] - 1_000, made.found()::toString);
    } finally {
      thread.close();
    }
  }

  private static void await(StoreThread thread, long id) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    thread.submit(
        500,
        store -> {
          SampleRelay.append(store, id);
          return true;
        },
        StoreDone.of(done::complete, done::completeExceptionally));
    done.orTimeout(60, TimeUnit.SECONDS).join();
  }
}
