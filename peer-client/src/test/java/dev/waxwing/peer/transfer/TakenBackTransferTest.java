package dev.waxwing.peer.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What its sender took back, or gave up as a whole, is never sent again by itself. */
class TakenBackTransferTest {
  private static final UserId BOB = new UserId("bob");
  private static final UserId CAROL = new UserId("carol");
  private static final long SEED = 20261128;

  @TempDir Path folder;

  private MemoryHost host;
  private Transfers transfers;

  @BeforeEach
  void open() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    host = new MemoryHost(folder);
    host.know(BOB, 1, Trust.NEW);
    host.know(CAROL, 2, Trust.NEW);
    transfers =
        new Transfers(
            host,
            Suite.wx1(),
            length -> {
              byte[] bytes = new byte[length];
              random.nextBytes(bytes);
              return bytes;
            });
  }

  @AfterEach
  void close() {
    transfers.close();
  }

  private BlobId send() {
    BlobId blob = transfers.sendText(List.of(BOB, CAROL), "message.txt", "hello".getBytes(UTF_8));
    host.await("the offers", () -> !host.told(CAROL).isEmpty());
    return blob;
  }

  /** Somebody's message is stored, then told. */
  private void stored(UserId from, Content content) {
    host.stored(from, content);
    transfers.arrived(from, content);
  }

  private Stage stage(BlobId blob, UserId user) {
    return host.sending(blob).copy(user).orElseThrow().stage();
  }

  private long withdrawals(UserId to, BlobId blob) {
    return host.told(to).stream().filter(new Content.Withdraw(blob)::equals).count();
  }

  @Test
  void whatWasCancelledIsNotSentAgainToWhoAsks() {
    BlobId blob = send();
    transfers.cancel(blob);
    assertEquals(1, withdrawals(BOB, blob));
    transfers.arrived(BOB, new Content.Restart(blob));
    host.await("an answer", () -> withdrawals(BOB, blob) == 2);
    assertTrue(host.insteadOf(blob).isEmpty());
  }

  @Test
  void theRelayCannotHaveWhatWasCancelledSentAgain() {
    BlobId blob = send();
    // Whoever takes it back has not come to the copies yet.
    host.put(host.sending(blob).at(Stage.CANCELLED, null));
    transfers.detached(blob, BOB);
    transfers.close();
    assertTrue(host.insteadOf(blob).isEmpty());
    assertEquals(Stage.CANCELLED, host.sending(blob).stage());
  }

  @Test
  void whatEndsInBetweenIsNotSentAgain() {
    BlobId blob = send();
    Sending before = host.sending(blob);
    host.put(before.at(Stage.CANCELLED, null));
    Originals originals = new Originals(host);
    Work work = new Work(host, Suite.wx1(), new TransferRows(host), originals);
    try (Workers workers = new Workers(host, work)) {
      NewSendings sendings = new NewSendings(host, byte[]::new, originals, workers);
      Fault fault = assertThrows(Fault.class, () -> sendings.instead(before, BOB));
      assertEquals(FaultCode.TRANSFER_STATE, fault.code());
    }
    assertTrue(host.insteadOf(blob).isEmpty());
  }

  @Test
  void whoeverDeclinedItAndAsksAllTheSameIsTold() {
    BlobId blob = send();
    stored(BOB, new Content.FileOutcome(blob, Content.FileOutcome.Outcome.DECLINED));
    transfers.arrived(BOB, new Content.Restart(blob));
    host.await("an answer", () -> withdrawals(BOB, blob) == 1);
    assertTrue(host.insteadOf(blob).isEmpty());
  }

  @Test
  void whatFailedAsAWholeIsNotSentAgain() {
    BlobId blob = send();
    host.put(
        host.sending(blob)
            .at(Stage.FAILED, new Sending.Problem(FaultCode.FILE_CHANGED, "it was edited")));
    transfers.arrived(BOB, new Content.Restart(blob));
    Content.Withdraw word = new Content.Withdraw(blob, FaultCode.TRANSFER_NOT_RESUMABLE);
    host.await("an answer", () -> host.told(BOB).contains(word));
    assertTrue(host.insteadOf(blob).isEmpty());
  }

  @Test
  void everyCopyEndsWithTheWhole() {
    BlobId blob = send();
    stored(BOB, new Content.FileOutcome(blob, Content.FileOutcome.Outcome.RECEIVED));
    transfers.cancel(blob);
    assertEquals(Stage.DONE, stage(blob, BOB));
    assertEquals(Stage.CANCELLED, stage(blob, CAROL));
    assertEquals(List.of(0L, 1L), List.of(withdrawals(BOB, blob), withdrawals(CAROL, blob)));
    stored(CAROL, new Content.FileOutcome(blob, Content.FileOutcome.Outcome.RECEIVED));
    assertEquals(Stage.DONE, stage(blob, CAROL), "she had it before she heard of that");
    assertEquals(Stage.CANCELLED, host.sending(blob).stage());
  }

  @Test
  void whatWasTakenBackInHalfIsTakenBackByTheNextProcess() {
    BlobId blob = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
    host.text(blob, new Sending.Recipient(BOB, Stage.WAITING), Stage.CANCELLED);
    transfers.resumeAll();
    host.await("its end at the relay", () -> host.dropped(blob));
    assertEquals(1, withdrawals(BOB, blob));
    assertEquals(Stage.CANCELLED, stage(blob, BOB));
  }

  @Test
  void whatAProgramGaveUpIsTakenBackWithItsReason() {
    host.onCreate =
        () -> {
          throw new Fault(FaultCode.BLOB_DENIED, "nothing is kept here");
        };
    BlobId blob = transfers.sendText(List.of(BOB, CAROL), "message.txt", new byte[5]);
    Content.Withdraw word = new Content.Withdraw(blob, FaultCode.BLOB_DENIED);
    host.await("the word", () -> host.told(CAROL).contains(word));
    assertEquals(List.of(word), host.told(BOB));
    assertEquals(List.of(word), host.told(CAROL));
  }

  @Test
  void theNextProcessGivesTheReasonAsWell() {
    BlobId blob = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
    Sending row = host.text(blob, new Sending.Recipient(BOB, Stage.WAITING), Stage.WAITING);
    host.put(row.at(Stage.FAILED, new Sending.Problem(FaultCode.FILE_CHANGED, "it was edited")));
    transfers.resumeAll();
    Content.Withdraw word = new Content.Withdraw(blob, FaultCode.FILE_CHANGED);
    host.await("the word", () -> host.told(BOB).contains(word));
  }

  @Test
  void whoWaitsForTheCopyThatTookItsPlaceIsNotToldThatItIsOver() {
    BlobId blob = send();
    transfers.arrived(BOB, new Content.Restart(blob));
    host.await("another copy", () -> !host.insteadOf(blob).isEmpty());
    transfers.cancel(blob);
    assertEquals(List.of(0L, 1L), List.of(withdrawals(BOB, blob), withdrawals(CAROL, blob)));
    transfers.arrived(BOB, new Content.Restart(blob));
    transfers.close();
    assertEquals(0, withdrawals(BOB, blob));
    assertEquals(1, host.insteadOf(blob).size());
  }
}
