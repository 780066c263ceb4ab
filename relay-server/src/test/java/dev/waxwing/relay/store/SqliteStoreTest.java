package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.ANN1;
import static dev.waxwing.relay.store.Samples.BEN1;
import static dev.waxwing.relay.store.Samples.mail;
import static dev.waxwing.relay.store.Samples.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.EpochId;
import dev.waxwing.message.PeerMessage.Mail;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contracts, for SQLite, and what only a store on disk must do. */
class SqliteStoreTest implements DirectoryContract, MailboxContract, BlobCatalogContract {
  @TempDir Path folder;
  private SqliteStore store;

  @BeforeEach
  void begin() {
    store = SqliteStore.open(folder.resolve("data"), Samples.OPTIONS);
    store.begin();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  public StoreEngine store() {
    return store;
  }

  private void reopen() {
    store.commit();
    store.close();
    begin();
  }

  @Test
  void everythingIsThereAfterAReopen() {
    Samples.register(store, ANN1);
    Samples.register(store, BEN1);
    store.mailbox().append(mail(ANN1, 1, 100, BEN1), 5);
    store.blobs().create(Samples.blob(1), ANN1, List.of(BEN1), 5);
    reopen();
    assertEquals(2, store.directory().count());
    assertEquals(Samples.bytes(100, 1), store.mailbox().fetch(BEN1, 0, 9, 9999).get(0).body());
    assertEquals(1, store.blobs().all().size());
  }

  @Test
  void sequenceNumbersGoOnAfterAReopenThoughAllMailIsGone() {
    Samples.register(store, BEN1);
    long first = store.mailbox().append(mail(ANN1, 1, 10, BEN1), 5).rows().get(0).seq();
    store.mailbox().ack(BEN1, Samples.EPOCH, List.of(new Mail(first, message(1))));
    reopen();
    assertEquals(first + 1, store.mailbox().append(mail(ANN1, 2, 10, BEN1), 5).rows().get(0).seq());
  }

  @Test
  void epochStaysUntilItIsRenewed() {
    store.commit();
    store.close();
    EpochId other = new EpochId(Samples.bytes(16, 5));
    store = SqliteStore.open(folder.resolve("data"), new StoreOptions(Samples.MAIL_QUOTA, other));
    store.begin();
    assertEquals(Samples.EPOCH, store.mailbox().epoch());
    store.beginAgain(other);
    reopen();
    assertEquals(other, store.mailbox().epoch());
  }

  @Test
  void blobsThatAreNotSealedAreForgottenWithTheOldEpochAndMayBeMadeAnew() {
    Samples.register(store, ANN1);
    Samples.register(store, BEN1);
    store.blobs().create(Samples.blob(1), ANN1, List.of(BEN1), 5);
    store.blobs().create(Samples.blob(2), ANN1, List.of(BEN1), 5);
    store.blobs().seal(Samples.blob(2), new BlobRecord.Seal(1, 100), 6);
    store.beginAgain(new EpochId(Samples.bytes(16, 5)));
    assertEquals(
        List.of(Samples.blob(2)), store.blobs().all().stream().map(BlobRecord::id).toList());
    assertEquals(
        BlobCatalog.CreateOutcome.CREATED,
        store.blobs().create(Samples.blob(1), ANN1, List.of(BEN1), 7));
  }

  @Test
  void secondRelayOnTheSameFolderIsRefused() {
    Fault fault =
        assertThrows(Fault.class, () -> SqliteStore.open(folder.resolve("data"), Samples.OPTIONS));
    assertEquals(FaultCode.STORE_IN_USE, fault.code());
  }

  @Test
  void storeOfANewerProgramIsRefused() {
    store.commit();
    store.close();
    DamagedStore.run(folder.resolve("data"), "PRAGMA user_version = 99");
    Fault fault =
        assertThrows(Fault.class, () -> SqliteStore.open(folder.resolve("data"), Samples.OPTIONS));
    assertEquals(FaultCode.STORE_CORRUPT, fault.code());
    assertEquals("update the relay", fault.advice());
    DamagedStore.run(folder.resolve("data"), "PRAGMA user_version = " + Schema.VERSION);
    begin();
  }

  @Test
  void onlyTheOwnerMayReadTheFiles() throws Exception {
    Assumptions.assumeTrue(
        folder.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "file modes need POSIX");
    Path data = folder.resolve("data");
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data)));
    for (String name : List.of("relay.db", "relay.db-wal")) {
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(name))),
          name);
    }
  }

  @Test
  void logIsCheckpointedWhenIdleAndWhenLong() throws Exception {
    Samples.register(store, BEN1);
    Path log = folder.resolve("data").resolve("relay.db-wal");
    store.commit();
    assertTrue(Files.size(log) > 0);
    store.upkeep(StoreEngine.Upkeep.BUSY);
    assertTrue(Files.size(log) > 0, "a short log is left alone while there is work");
    store.upkeep(StoreEngine.Upkeep.IDLE);
    assertEquals(0, Files.size(log));
    long longest = 0;
    for (int i = 0; i < 400; i++) {
      store.begin();
      long seq = store.mailbox().append(mail(ANN1, i, 20_000, BEN1), 5).rows().get(0).seq();
      store.mailbox().ack(BEN1, Samples.EPOCH, List.of(new Mail(seq, message(i))));
      store.directory().seen(BEN1.user(), i);
      store.mailbox().append(mail(ANN1, 1000 + i, 20_000, BEN1), 5);
      store.commit();
      longest = Math.max(longest, Files.size(log));
      store.upkeep(StoreEngine.Upkeep.BUSY);
      store.begin();
      store.mailbox().expire((2 * i + 1) * Mailbox.KEPT_MILLIS, 10, 100);
      store.mailbox().expire((2 * i + 2) * Mailbox.KEPT_MILLIS, 10, 100);
      store.commit();
    }
    assertTrue(longest > SqliteStore.MAX_LOG / 2, "the test must fill the log: " + longest);
    assertTrue(longest < SqliteStore.MAX_LOG * 2, "the log grew to " + longest);
    store.begin();
  }

  @Test
  void whatAnUndoneTransactionNumberedIsBelowNoMark() {
    Samples.register(store, BEN1);
    store.commit();
    store.begin();
    for (int i = 1; i <= 5; i++) {
      store.mailbox().append(mail(ANN1, i, 100, BEN1), 5);
    }
    store.rollback();
    store.begin();
    store.mailbox().expire(1000, 10, 5);
    reopen();
    store.mailbox().append(mail(ANN1, 6, 100, BEN1), 5);
    assertEquals(0, store.mailbox().expire(1000 + Mailbox.KEPT_MILLIS, 10, 5));
    assertEquals(1, store.mailbox().waiting(BEN1));
  }

  @Test
  void aDamagedMarkMakesNoMailOlder() throws SQLException {
    Samples.register(store, BEN1);
    store.mailbox().append(mail(ANN1, 1, 100, BEN1), 5);
    store.mailbox().expire(1000, 10, 5);
    store.mailbox().expire(1000 + Mailbox.MARK_MILLIS, 10, 5);
    store.mailbox().append(mail(ANN1, 2, 100, BEN1), 5);
    store.commit();
    store.close();
    Path database = folder.resolve("data").resolve("relay.db");
    try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = raw.createStatement()) {
      statement.executeUpdate("UPDATE mail_mark SET seq = 1000 WHERE ran = 1000");
      statement.executeUpdate("UPDATE mail_mark SET ran = 1000000000000000 WHERE ran > 1000");
    }
    store = SqliteStore.open(folder.resolve("data"), Samples.OPTIONS);
    store.begin();
    assertEquals(0, store.mailbox().ran());
    assertEquals(0, store.mailbox().expire(2000 + Mailbox.KEPT_MILLIS, 10, 5));
    assertEquals(2, store.mailbox().waiting(BEN1));
  }

  @Test
  void damagedMailIsSkippedQuarantinedAndTold() {
    Samples.register(store, BEN1);
    for (int i = 1; i <= 5; i++) {
      store.mailbox().append(mail(ANN1, i, 100, BEN1), 5);
    }
    store.commit();
    store.close();
    Path data = folder.resolve("data");
    DamagedStore.flip(data, Samples.bytes(100, 2).slice(10, 40));
    DamagedStore.run(data, "UPDATE mail SET accepted = 6 WHERE seq = 4");
    begin();
    assertEquals(
        List.of(message(1), message(3), message(5)),
        store.mailbox().fetch(BEN1, 0, 10, 9999).stream().map(Mailbox.Row::id).toList());
    assertEquals(2, store.mailbox().quarantined());
    assertEquals(
        List.of(RemovedReason.DAMAGED, RemovedReason.DAMAGED),
        store.mailbox().removed(ANN1, 0, 10).stream().map(Mailbox.Removed::reason).toList());
    assertEquals(
        new Mailbox.Usage(3, 3 * (100 + Mailbox.ROW_OVERHEAD)), store.mailbox().usage(BEN1.user()));
  }

  @Test
  void damagedIndexIsMadeAnewAndCostsNothing() {
    Samples.register(store, BEN1);
    for (int i = 1; i <= 5; i++) {
      store.mailbox().append(mail(ANN1, i, 100, BEN1), 5);
    }
    store.commit();
    store.close();
    DamagedStore.run(
        folder.resolve("data"),
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, '(recipient, device, seq)',"
            + " '(device, recipient, seq)') WHERE name = 'mail_box'");
    begin();
    assertEquals(5, store.mailbox().fetch(BEN1, 0, 10, 9999).size());
  }

  @Test
  void damagedRowsOfOtherTablesCostThemselvesOnly() {
    Samples.register(store, ANN1);
    Samples.register(store, BEN1);
    store.directory().createInvite(Samples.token(1), new Invite.Limits(0, 9, 1), "one");
    store.directory().createInvite(Samples.token(2), new Invite.Limits(0, 9, 1), "two");
    List<Prekeys.OneTime> keys =
        List.of(
            new Prekeys.OneTime(1, Samples.bytes(40, 1)),
            new Prekeys.OneTime(2, Samples.bytes(40, 2)));
    Bytes signed = Samples.bytes(99, 9);
    store
        .directory()
        .publishPrekeys(BEN1, new Prekeys.Batch(signed, signed, keys, List.of()), false);
    store.blobs().create(Samples.blob(1), ANN1, List.of(BEN1), 5);
    store.blobs().create(Samples.blob(2), ANN1, List.of(BEN1), 5);
    store.blobs().create(Samples.blob(3), ANN1, List.of(BEN1), 5);
    store.commit();
    store.close();
    DamagedStore.run(
        folder.resolve("data"),
        "UPDATE account SET record = x'00' WHERE name = 'ann'",
        "UPDATE invite SET uses = 1000 WHERE note = 'one'",
        "UPDATE one_time SET encoded = x'01' WHERE id = 1",
        "UPDATE blob SET created = 6 WHERE id = x'00000000000000000000000000000001'",
        "UPDATE blob_recipient SET state = 'DONE'"
            + " WHERE id = x'00000000000000000000000000000002'");
    begin();
    Fault fault = assertThrows(Fault.class, () -> store.directory().find(ANN1.user()));
    assertEquals(FaultCode.STORE_CORRUPT, fault.code());
    assertEquals(StoreEngine.State.OPEN, store.state());
    assertEquals(1, store.directory().list(null, 10).size());
    assertEquals(List.of("two"), store.directory().invites().stream().map(Invite::note).toList());
    assertEquals(
        2,
        store.directory().takeBundles(BEN1.user()).orElseThrow().bundles().get(0).oneTime().id());
    assertEquals(
        List.of(Samples.blob(3)), store.blobs().all().stream().map(BlobRecord::id).toList());
  }

  @Test
  void damagedStructureIsRefusedAsCorrupt() throws Exception {
    Samples.register(store, BEN1);
    for (int i = 1; i <= 50; i++) {
      store.mailbox().append(mail(ANN1, i, 100, BEN1), 5);
    }
    store.commit();
    store.close();
    Path file = folder.resolve("data").resolve(SqliteStore.FILE);
    byte[] bytes = Files.readAllBytes(file);
    // The headers of all pages but the first.
    for (int page = 4096; page < bytes.length; page += 4096) {
      bytes[page] ^= 0x40;
    }
    Files.write(file, bytes);
    Fault fault =
        assertThrows(Fault.class, () -> SqliteStore.open(folder.resolve("data"), Samples.OPTIONS));
    assertEquals(FaultCode.STORE_CORRUPT, fault.code());
  }

  @Test
  void twoRowsOfOneKeyAreRefusedAsCorrupt() {
    Samples.register(store, ANN1);
    Samples.register(store, BEN1);
    store.blobs().create(Samples.blob(2), ANN1, List.of(BEN1), 5);
    store.blobs().create(Samples.blob(3), ANN1, List.of(BEN1), 5);
    store.commit();
    store.close();
    // The end of an ID in the row of its blob, where the owner's name and device follow.
    Path data = folder.resolve("data");
    DamagedStore.flip(data, Bytes.of(new byte[] {2, 'a', 'n', 'n', '0'}));
    Fault fault = assertThrows(Fault.class, () -> SqliteStore.open(data, Samples.OPTIONS));
    assertEquals(FaultCode.STORE_CORRUPT, fault.code());
  }

  @Test
  void columnLostFromTheSchemaIsDamageOfTheStore() {
    Samples.register(store, BEN1);
    store.commit();
    store.close();
    DamagedStore.run(
        folder.resolve("data"),
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, 'accepted', 'bccepted') WHERE name = 'mail'");
    begin();
    Fault fault = assertThrows(Fault.class, () -> store.mailbox().fetch(BEN1, 0, 10, 9999));
    assertEquals(FaultCode.STORE_CORRUPT, fault.code());
    assertEquals(StoreEngine.State.CORRUPT, store.state());
  }

  @Test
  void fileThatIsNoDatabaseIsRefusedAsCorrupt() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.write(other.resolve(SqliteStore.FILE), Samples.bytes(9000, 3).toArray());
    Fault fault = assertThrows(Fault.class, () -> SqliteStore.open(other, Samples.OPTIONS));
    assertEquals(FaultCode.STORE_CORRUPT, fault.code());
  }
}
