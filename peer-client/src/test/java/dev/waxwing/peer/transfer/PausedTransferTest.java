package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Only what is under way is paused, and it stays paused until a person goes on with it. */
class PausedTransferTest {
  private static final BlobId BLOB = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
  private static final UserId BOB = new UserId("bob");

  @TempDir Path folder;

  private MemoryHost host;
  private Transfers transfers;

  @BeforeEach
  void open() {
    host = new MemoryHost(folder);
    transfers = new Transfers(host, Suite.wx1(), byte[]::new);
  }

  @AfterEach
  void close() {
    transfers.close();
  }

  private Sending sent(Stage stage) {
    return host.text(BLOB, new Sending.Recipient(BOB, Stage.WAITING), stage);
  }

  @Test
  void anUploadThatIsWholeInBetweenIsNotPaused() {
    Sending row = sent(Stage.ACTIVE);
    host.afterNext = () -> host.put(row.at(Stage.AT_RELAY, null));
    transfers.pause(BLOB);
    assertEquals(Stage.AT_RELAY, host.sending(BLOB).stage());
  }

  @Test
  void anUploadThatIsWholeInBetweenIsNotResumed() {
    Sending row = sent(Stage.ACTIVE);
    host.afterNext = () -> host.put(row.at(Stage.AT_RELAY, null));
    transfers.resume(BLOB);
    assertEquals(Stage.AT_RELAY, host.sending(BLOB).stage());
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void whatWasSentIsResumedOnlyWhilePausedOrUnderWay(Stage stage) {
    CountDownLatch over = new CountDownLatch(1);
    host.onCreate =
        () -> {
          await(over);
          throw new Fault(FaultCode.BLOB_DENIED, "nothing is kept here");
        };
    host.know(BOB, 1, Trust.NEW);
    sent(stage);
    if (stage == Stage.PAUSED || stage == Stage.WAITING || stage == Stage.ACTIVE) {
      transfers.resume(BLOB);
      assertEquals(Stage.WAITING, host.sending(BLOB).stage());
    } else {
      Fault fault = assertThrows(Fault.class, () -> transfers.resume(BLOB));
      assertEquals(FaultCode.TRANSFER_STATE, fault.code());
      assertEquals(stage, host.sending(BLOB).stage());
    }
    over.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(10, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void whatIsTakenIsPausedOnlyWhileItIsUnderWay(Stage stage) {
    host.put(
        new Receiving(
            new Content.Offer(
                BLOB, Bytes.of(new byte[32]), "a.txt", Content.Shape.FILE, 5, 0, "", null),
            MemoryHost.device(BOB),
            stage,
            new Receiving.Target(folder.toString(), null, OnClash.RENAME, null),
            null,
            null,
            0,
            1,
            null));
    if (stage == Stage.WAITING || stage == Stage.ACTIVE) {
      transfers.pause(BLOB);
      assertEquals(Stage.PAUSED, host.receiving(BLOB).stage());
    } else {
      Fault fault = assertThrows(Fault.class, () -> transfers.pause(BLOB));
      assertEquals(FaultCode.TRANSFER_STATE, fault.code());
      assertEquals(stage, host.receiving(BLOB).stage());
    }
  }

  @Test
  void aFaultOfTheWayDoesNotUndoAPause() {
    sent(Stage.PAUSED);
    new Work(host, Suite.wx1(), new TransferRows(host), new Originals(host))
        .interrupted(BLOB, new Fault(FaultCode.NETWORK_UNREACHABLE, "a cut"));
    assertEquals(Stage.PAUSED, host.sending(BLOB).stage());
  }

  @Test
  void whatIsUnknownIsNotPaused() {
    Fault fault = assertThrows(Fault.class, () -> transfers.pause(BLOB));
    assertEquals(FaultCode.TRANSFER_UNKNOWN, fault.code());
  }
}
