package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.files.OnClash;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever was too slow for the relay gets the file all the same, without being asked again. */
class DetachedTransferTest {
  private static final UserId BOB = new UserId("bob");
  private static final Fault DETACHED = new Fault(FaultCode.BLOB_DETACHED, "it comes again");

  @TempDir Path folder;

  private MemoryHost host;
  private Work work;

  @BeforeEach
  void open() {
    host = new MemoryHost(folder);
    host.know(BOB, 1, Trust.NEW);
    work = new Work(host, Suite.wx1(), new TransferRows(host), new Originals(host));
  }

  private static BlobId blob(int number) {
    byte[] id = new byte[BlobId.LENGTH];
    id[0] = (byte) number;
    return new BlobId(Bytes.of(id));
  }

  private BlobId offered(int number, BlobId replaces) {
    Bytes key = Bytes.of(new byte[32]);
    host.stored(
        BOB, new Content.Offer(blob(number), key, "a.txt", Content.Shape.FILE, 5, 0, "", replaces));
    return blob(number);
  }

  private BlobId taken() {
    BlobId blob = offered(1, null);
    host.put(
        host.receiving(blob)
            .to(new Receiving.Target(folder.toString(), "mine", OnClash.RENAME, null))
            .at(Stage.ACTIVE, null));
    return blob;
  }

  @Test
  void aReaderThatWasDetachedAsksAndTakesTheNextCopyByItself() {
    BlobId first = taken();
    work.failed(first, DETACHED);
    assertEquals(Stage.WAITING, host.receiving(first).stage());
    assertEquals(FaultCode.BLOB_DETACHED, host.receiving(first).problem().code());
    assertEquals(List.of(new Content.Restart(first)), host.told(BOB));
    BlobId second = offered(2, first);
    assertEquals(Stage.CANCELLED, host.receiving(first).stage());
    assertEquals(Stage.WAITING, host.receiving(second).stage());
    assertEquals("mine", host.receiving(second).target().name());
  }

  @Test
  void whoHasTheNextOfferAlreadyAsksForNothing() {
    BlobId first = taken();
    BlobId second = offered(2, first);
    work.failed(first, DETACHED);
    assertEquals(List.of(), host.told(BOB));
    assertEquals(Stage.CANCELLED, host.receiving(first).stage());
    assertEquals(Stage.WAITING, host.receiving(second).stage());
  }

  @Test
  void theRelaysWordAndTheReadersMakeOneCopy() {
    BlobId blob = blob(3);
    Bytes key = host.know(BOB, 1, Trust.NEW);
    host.text(blob, new Sending.Recipient(BOB, Stage.AT_RELAY, key, null, null), Stage.AT_RELAY);
    Random random = new Random(1);
    try (Transfers transfers =
        new Transfers(
            host,
            Suite.wx1(),
            length -> {
              byte[] bytes = new byte[length];
              random.nextBytes(bytes);
              return bytes;
            })) {
      transfers.detached(blob, BOB);
      transfers.arrived(BOB, new Content.Restart(blob));
      host.await("another copy", () -> !host.insteadOf(blob).isEmpty());
      transfers.arrived(BOB, new Content.Restart(blob));
    }
    assertEquals(1, host.insteadOf(blob).size());
    assertTrue(host.told(BOB).stream().noneMatch(Content.Withdraw.class::isInstance));
  }

  @Test
  void whatARelayRepeatsOrMakesUpDoesNotWaitInLineWithoutEnd() throws Exception {
    BlobId known = blob(4);
    Bytes key = host.know(BOB, 1, Trust.NEW);
    host.text(known, new Sending.Recipient(BOB, Stage.AT_RELAY, key, null, null), Stage.AT_RELAY);
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    Originals originals = new Originals(host);
    TransferRows rows = new TransferRows(host);
    try (Workers workers = new Workers(host, work)) {
      NewSendings sendings = new NewSendings(host, byte[]::new, originals, workers);
      TransferNews news = new TransferNews(host, rows, workers, sendings);
      workers.errand(
          "busy",
          () -> {
            busy.countDown();
            await(free);
          });
      assertTrue(busy.await(20, TimeUnit.SECONDS));
      for (int i = 0; i < 100; i++) {
        news.detached(known, BOB);
        news.arrived(BOB, new Content.Restart(known));
      }
      assertEquals(2, workers.waitingErrands());
      for (int i = 0; i < 10 * Workers.MOST_ERRANDS; i++) {
        news.detached(known, new UserId("user" + i));
      }
      assertEquals(Workers.MOST_ERRANDS, workers.waitingErrands());
      free.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
