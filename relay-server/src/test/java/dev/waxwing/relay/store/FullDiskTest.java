package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.ANN1;
import static dev.waxwing.relay.store.Samples.BEN1;
import static dev.waxwing.relay.store.Samples.blob;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.PeerMessage.Mail;
import dev.waxwing.relay.store.Mailbox.Outcome;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A full disk refuses, and the same store goes on by itself when there is room again. Needs root.
 */
@Timeout(60)
class FullDiskTest {
  private static final StoreOptions OPTIONS = new StoreOptions(1L << 40, Samples.EPOCH);

  @TempDir Path temp;
  private Path disk;
  private Path ballast;

  @BeforeEach
  void mount() throws Exception {
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "mounting a small disk needs root");
    disk = Files.createDirectory(temp.resolve("disk"));
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk.toString()) == 0,
        "a small disk cannot be mounted here");
    ballast = disk.resolve("ballast");
  }

  @AfterEach
  void unmount() throws Exception {
    if (ballast != null) {
      // Lazy: the kernel may have a file of it for a moment longer, which is not tested here.
      assertEquals(0, run("umount", "-l", disk.toString()));
    }
  }

  private static int run(String... command) throws Exception {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      return process.exitValue();
    } catch (IOException e) {
      return -1;
    }
  }

  private void fill() throws IOException {
    try (var out = Files.newOutputStream(ballast)) {
      byte[] block = new byte[4096];
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      // Full: that was the purpose.
    }
  }

  @Test
  void mailIsRefusedWhileTheDiskIsFullAndTakenAgainAfterwards() throws Exception {
    try (StoreThread thread =
        StoreThread.start(
            SqliteStore.open(disk.resolve("data"), OPTIONS), StoreThread.Limits.DEFAULT)) {
      join(
          submit(
              thread,
              store -> {
                Samples.register(store, ANN1);
                Samples.register(store, BEN1);
                return true;
              }));
      assertEquals(Outcome.ACCEPTED, join(append(thread, 0)));
      fill();
      int accepted = 1;
      FaultCode refused = null;
      for (int id = 1; id < 2000 && refused == null; id++) {
        try {
          join(append(thread, id));
          accepted++;
        } catch (Fault e) {
          refused = e.code();
        }
      }
      assertEquals(FaultCode.DISK_FULL, refused);
      assertEquals(StoreEngine.State.OPEN, thread.state());
      long kept = join(submit(thread, store -> store.mailbox().total().rows()));
      assertEquals(accepted, kept);
      Files.delete(ballast);
      assertEquals(Outcome.ACCEPTED, join(append(thread, 5000)));
      List<Mailbox.Row> rows =
          join(submit(thread, store -> store.mailbox().fetch(BEN1, 0, 9999, 1L << 30)));
      assertEquals(accepted + 1, rows.size());
      Mailbox.Row first = rows.get(0);
      List<Mail> named = List.of(new Mail(first.seq(), first.id()));
      int acked = join(submit(thread, store -> store.mailbox().ack(BEN1, Samples.EPOCH, named)));
      assertEquals(1, acked);
    }
    try (SqliteStore again = SqliteStore.open(disk.resolve("data"), OPTIONS)) {
      assertTrue(again.mailbox().total().rows() > 0);
    }
  }

  private static CompletableFuture<Outcome> append(StoreThread thread, long id) {
    return submit(
        thread,
        store -> store.mailbox().append(Samples.mail(ANN1, id, 20_000, BEN1), id).outcome());
  }

  private static <T> CompletableFuture<T> submit(StoreThread thread, StoreWork<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    thread.submit(100, work, StoreDone.of(result::complete, result::completeExceptionally));
    return result;
  }

  private static <T> T join(CompletableFuture<T> result) {
    try {
      return result.orTimeout(20, TimeUnit.SECONDS).join();
    } catch (java.util.concurrent.CompletionException e) {
      throw e.getCause() instanceof Fault fault ? fault : e;
    }
  }

  @Test
  void partsAreRefusedWhileTheDiskIsFullAndTakenAgainAfterwards() throws Exception {
    FileBlobStore blobs = FileBlobStore.open(disk.resolve("blobs"));
    blobs.write(blob(1), 0, BlobStoreContract.part(0));
    blobs.force(blob(1));
    fill();
    Fault refused = null;
    long part = 1;
    while (refused == null && part < 100) {
      try {
        blobs.write(blob(1), part, BlobStoreContract.part(part));
        part++;
      } catch (Fault e) {
        refused = e;
      }
    }
    assertNotNull(refused);
    assertEquals(FaultCode.DISK_FULL, refused.code());
    assertEquals(part, blobs.extent(blob(1)).end());
    Files.delete(ballast);
    blobs.write(blob(1), part, BlobStoreContract.part(part));
    assertEquals(part + 1, blobs.force(blob(1)));
    assertArrayEquals(BlobStoreContract.part(part), blobs.read(blob(1), part));
    blobs.close();
  }

  @Test
  void sumsThatFindNoRoomAreWrittenLater() throws Exception {
    FileBlobStore blobs = FileBlobStore.open(disk.resolve("blobs"));
    blobs.write(blob(1), 0, BlobStoreContract.part(0));
    fill();
    try {
      blobs.force(blob(1));
    } catch (Fault e) {
      assertEquals(FaultCode.DISK_FULL, e.code());
    }
    Files.delete(ballast);
    assertEquals(1, blobs.force(blob(1)));
    blobs.close();
  }

  @Test
  void aCopyThatFindsNoRoomIsNoFailureOfTheStore() throws Exception {
    try (SqliteStore store = SqliteStore.open(temp.resolve("roomy"), OPTIONS)) {
      store.begin();
      Samples.register(store, ANN1);
      Samples.register(store, BEN1);
      for (long id = 1; id <= 100; id++) {
        store.mailbox().append(Samples.mail(ANN1, id, 60_000, BEN1), id);
      }
      store.commit();
      fill();
      Fault full = assertThrows(Fault.class, () -> store.snapshot(disk.resolve("copy.db")));
      assertEquals(FaultCode.DISK_FULL, full.code());
      assertEquals(StoreEngine.State.OPEN, store.state());
      store.begin();
      assertEquals(
          Outcome.ACCEPTED,
          store.mailbox().append(Samples.mail(ANN1, 101, 100, BEN1), 101).outcome());
      store.commit();
      Files.delete(disk.resolve("copy.db"));
      Files.delete(ballast);
      store.snapshot(disk.resolve("copy.db"));
      StoreAudit.Found copy = StoreAudit.of(disk.resolve("copy.db"));
      assertEquals(List.of(), copy.problems());
      assertEquals(101, copy.mail());
    }
  }
}
