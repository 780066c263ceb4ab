package dev.waxwing.peer.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy that takes the place of another: how often, for whom, and what becomes of the first. */
class ReplacedTransferTest {
  private static final UserId BOB = new UserId("bob");
  private static final UserId CAROL = new UserId("carol");
  private static final long SEED = 20261127;

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

  private BlobId send(UserId... people) {
    BlobId blob = transfers.sendText(List.of(people), "message.txt", "hello".getBytes(UTF_8));
    host.await("the first offer", () -> host.told(people[0]).stream().anyMatch(this::isOffer));
    return blob;
  }

  private boolean isOffer(Content content) {
    return content instanceof Content.Offer;
  }

  private BlobId restarted(BlobId blob, UserId user) {
    transfers.arrived(user, new Content.Restart(blob));
    host.await("another copy", () -> !host.insteadOf(blob).isEmpty());
    return host.insteadOf(blob).get(0).blob();
  }

  @Test
  void aReplacedBlobIsGivenUpAtTheRelay() {
    BlobId first = send(BOB);
    BlobId second = restarted(first, BOB);
    host.await("its end at the relay", () -> host.dropped(first));
    assertEquals(Stage.CANCELLED, host.sending(first).stage());
    assertFalse(host.dropped(second));
  }

  @Test
  void whatOthersStillFetchIsNotGivenUp() {
    BlobId first = send(BOB, CAROL);
    BlobId second = restarted(first, BOB);
    assertEquals(
        List.of(BOB), host.sending(second).people().stream().map(Sending.Recipient::user).toList());
    assertFalse(host.sending(first).stage().ended());
    restarted(first, CAROL);
    host.await("its end at the relay", () -> host.dropped(first));
    assertEquals(List.of(), host.early, "dropped when the last copy was replaced");
  }

  @Test
  void theRunOfAReplacedBlobIsStopped() {
    CountDownLatch replaced = new CountDownLatch(1);
    CyclicBarrier everyWorker = new CyclicBarrier(WireLimits.MAX_DATA_CONNECTIONS + 1);
    AtomicInteger runs = new AtomicInteger();
    host.onCreate =
        () -> {
          int run = runs.incrementAndGet();
          if (run == 1) {
            wait(() -> replaced.await(10, TimeUnit.SECONDS));
          } else if (run > 2) {
            wait(() -> everyWorker.await(10, TimeUnit.SECONDS));
          }
          throw new Fault(FaultCode.BLOB_DENIED, "nothing is kept here");
        };
    BlobId first = transfers.sendText(List.of(BOB), "message.txt", new byte[5]);
    host.await("the first run", () -> runs.get() == 1);
    assertNotNull(host.sending(first).people().get(0).key());
    restarted(first, BOB);
    host.await("its end at the relay", () -> host.dropped(first));
    host.await("the second run", () -> runs.get() == 2);
    replaced.countDown();
    for (int i = 0; i < WireLimits.MAX_DATA_CONNECTIONS; i++) {
      transfers.sendText(List.of(CAROL), "message.txt", new byte[5]);
    }
    // All of them are at work on something else: the first run has ended.
    wait(() -> everyWorker.await(10, TimeUnit.SECONDS));
    assertFalse(host.told(BOB).contains(new Content.Withdraw(first)));
  }

  private static void wait(Callable<?> what) {
    try {
      what.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCopyIsMadeAnewThreeTimesAndNotOneMore() {
    BlobId blob = send(BOB);
    for (int i = 0; i < 3; i++) {
      blob = restarted(blob, BOB);
    }
    BlobId last = blob;
    transfers.arrived(BOB, new Content.Restart(last));
    host.await("its end", () -> host.sending(last).stage().ended());
    assertEquals(Stage.FAILED, host.sending(last).stage());
    assertEquals(FaultCode.TRANSFER_NOT_RESUMABLE, host.sending(last).problem().code());
    host.await("its end at the relay", () -> host.dropped(last));
    assertTrue(host.insteadOf(last).isEmpty());
    Content word = new Content.Withdraw(last, FaultCode.TRANSFER_NOT_RESUMABLE);
    host.await("a word to its reader", () -> host.told(BOB).contains(word));
  }

  private BlobId detached(BlobId blob) {
    host.put(host.sending(blob).at(Stage.AT_RELAY, null));
    transfers.detached(blob, BOB);
    host.await("another copy", () -> !host.insteadOf(blob).isEmpty());
    return host.insteadOf(blob).get(0).blob();
  }

  @Test
  void copiesThatTheRelayDetachedCountAsWell() {
    BlobId last = detached(detached(restarted(send(BOB), BOB)));
    host.put(host.sending(last).at(Stage.AT_RELAY, null));
    transfers.detached(last, BOB);
    host.await("its end at the relay", () -> host.dropped(last));
    assertEquals(Stage.FAILED, host.sending(last).stage());
    assertEquals(FaultCode.TRANSFER_NOT_RESUMABLE, host.sending(last).problem().code());
    assertTrue(host.insteadOf(last).isEmpty());
    Content word = new Content.Withdraw(last, FaultCode.TRANSFER_NOT_RESUMABLE);
    host.await("a word to its reader", () -> host.told(BOB).contains(word));
  }

  @Test
  void aPersonsRetryCountsFromTheBeginning() {
    BlobId blob = send(BOB);
    for (int i = 0; i < 3; i++) {
      blob = restarted(blob, BOB);
    }
    transfers.cancel(blob);
    BlobId again = transfers.retry(blob);
    restarted(again, BOB);
  }

  @Test
  void whoAsksForACopyThatFailedHereIsToldSo() {
    BlobId blob = send(BOB, CAROL);
    host.put(host.sending(blob).failed(BOB, new Sending.Problem(FaultCode.FILE_CHANGED, "")));
    transfers.arrived(BOB, new Content.Restart(blob));
    Content.Withdraw word = new Content.Withdraw(blob, FaultCode.TRANSFER_NOT_RESUMABLE);
    host.await("an answer", () -> host.told(BOB).contains(word));
    assertTrue(host.insteadOf(blob).isEmpty());
    assertFalse(host.sending(blob).stage().ended());
  }

  @Test
  void aCopyThatCannotBeReadAgainFails() {
    BlobId blob = transfers.openStream(List.of(BOB), "stdin");
    host.await("the offer", () -> !host.told(BOB).isEmpty());
    transfers.arrived(BOB, new Content.Restart(blob));
    host.await("its end at the relay", () -> host.dropped(blob));
    assertEquals(Stage.FAILED, host.sending(blob).stage());
    assertEquals(FaultCode.TRANSFER_NOT_RESUMABLE, host.sending(blob).problem().code());
  }

  @Test
  void whatWasOfferedToOneKeyIsNotSentToAnotherByItself() {
    BlobId blob = send(BOB, CAROL);
    host.know(BOB, 3, Trust.NEW);
    transfers.arrived(BOB, new Content.Restart(blob));
    host.await("its end", () -> stage(blob, BOB) == Stage.FAILED);
    assertEquals(
        FaultCode.KEY_CHANGED, host.sending(blob).copy(BOB).orElseThrow().problem().code());
    assertTrue(host.insteadOf(blob).isEmpty());
    assertEquals(1, host.told(BOB).size(), "the key that is new hears nothing");
    host.know(CAROL, 2, Trust.CHANGED);
    host.put(host.sending(blob).at(Stage.AT_RELAY, null));
    transfers.detached(blob, CAROL);
    host.await("its end at the relay", () -> host.dropped(blob));
    assertEquals(FaultCode.KEY_CHANGED, host.sending(blob).problem().code());
    assertEquals(Stage.FAILED, host.sending(blob).stage());
    assertTrue(host.insteadOf(blob).isEmpty());
  }

  /** A file that bob was offered, at another place than what is received. */
  private BlobId sendFile(Path file) throws IOException {
    Files.writeString(file, "what alice sent");
    BlobId blob = transfers.send(List.of(BOB), List.of(file), null, "");
    host.await("the offer", () -> host.told(BOB).stream().anyMatch(this::isOffer));
    return blob;
  }

  private void assertNotSentAnew(BlobId blob, FaultCode why) {
    transfers.arrived(BOB, new Content.Restart(blob));
    host.await("its end at the relay", () -> host.dropped(blob));
    assertTrue(host.insteadOf(blob).isEmpty(), "what nobody sent goes out");
    assertEquals(Stage.FAILED, stage(blob, BOB));
    assertEquals(why, host.sending(blob).copy(BOB).orElseThrow().problem().code());
    // Whoever has the transfer may find it ended, and drop it, before its reader is told.
    Content word = new Content.Withdraw(blob, FaultCode.TRANSFER_NOT_RESUMABLE);
    host.await("a word to its reader", () -> host.told(BOB).contains(word));
  }

  @Test
  void anEditedFileIsNotSentAnewByItselfButByAPerson() throws IOException {
    Path file = folder.resolve("letter.txt");
    BlobId blob = sendFile(file);
    FileTime before = Files.getLastModifiedTime(file);
    Files.writeString(file, "not meant to go");
    Files.setLastModifiedTime(file, FileTime.fromMillis(before.toMillis() + 5_000));
    assertNotSentAnew(blob, FaultCode.FILE_CHANGED);
    BlobId again = transfers.retry(blob);
    assertEquals(again, host.insteadOf(blob).get(0).blob());
  }

  @Test
  void aLinkInAFilesPlaceIsNotFollowedByItself() throws IOException {
    Path file = folder.resolve("letter.txt");
    BlobId blob = sendFile(file);
    Path other = Files.writeString(folder.resolve("secret"), "not meant to go");
    Files.delete(file);
    Files.createSymbolicLink(file, other);
    assertNotSentAnew(blob, FaultCode.FILE_NOT_REGULAR);
  }

  @Test
  void aFileThatIsTheSameIsSentAnew() throws IOException {
    BlobId blob = sendFile(folder.resolve("letter.txt"));
    BlobId next = restarted(blob, BOB);
    assertEquals(host.sending(blob).source(), host.sending(next).source());
  }

  @Test
  void aCopyOfWhatIsPausedIsPausedUntilAPersonGoesOn() throws IOException {
    BlobId blob = sendFile(folder.resolve("letter.txt"));
    transfers.pause(blob);
    BlobId next = restarted(blob, BOB);
    assertEquals(Stage.PAUSED, host.sending(next).stage());
    transfers.close();
    assertEquals(Stage.PAUSED, host.sending(next).stage());
    assertEquals(1, host.told(BOB).stream().filter(this::isOffer).count(), "it was offered");
    try (Transfers later = new Transfers(host, Suite.wx1(), byte[]::new)) {
      later.resumeAll();
      assertEquals(Stage.PAUSED, host.sending(next).stage());
      later.resume(next);
      host.await("its offer", () -> host.told(BOB).stream().filter(this::isOffer).count() == 2);
    }
  }

  private Stage stage(BlobId blob, UserId user) {
    return host.sending(blob).copy(user).orElseThrow().stage();
  }

  @Test
  void aPersonsRetryGoesToTheKeyThatIsKnownNow() {
    BlobId blob = send(BOB);
    host.know(BOB, 3, Trust.NEW);
    transfers.arrived(BOB, new Content.Restart(blob));
    host.await("its end", () -> stage(blob, BOB) == Stage.FAILED);
    BlobId again = transfers.retry(blob);
    host.await("the offer", () -> host.told(BOB).stream().filter(this::isOffer).count() == 2);
    assertEquals(again, host.insteadOf(blob).get(0).blob());
  }

  @Test
  void aCopyThatWaitsForItsTurnIsNotOfferedToAnotherKeyEither() {
    Bytes before = host.know(BOB, 1, Trust.NEW);
    host.know(BOB, 3, Trust.NEW);
    BlobId blob = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
    host.text(blob, new Sending.Recipient(BOB, Stage.WAITING, before, 1, null), Stage.WAITING);
    transfers.resumeAll();
    host.await("its end", () -> host.sending(blob).stage().ended());
    assertEquals(FaultCode.KEY_CHANGED, host.sending(blob).problem().code());
    assertFalse(host.told(BOB).stream().anyMatch(this::isOffer));
  }

  @Test
  void aCopyOfWhichNobodyKnowsTheKeyIsNotMadeAnewByItself() {
    BlobId blob = send(BOB);
    host.put(host.sending(blob).with(List.of(new Sending.Recipient(BOB, Stage.WAITING))));
    transfers.arrived(BOB, new Content.Restart(blob));
    host.await("its end", () -> host.sending(blob).stage().ended());
    assertEquals(FaultCode.KEY_CHANGED, host.sending(blob).problem().code());
  }

  private BlobId offered(int number, BlobId replaces) {
    byte[] id = new byte[BlobId.LENGTH];
    id[0] = (byte) number;
    BlobId blob = new BlobId(Bytes.of(id));
    Content.Offer offer =
        new Content.Offer(
            blob, Bytes.of(new byte[32]), "a.txt", Content.Shape.FILE, 5, 0, "", replaces);
    stored(BOB, offer);
    return blob;
  }

  /** Somebody's message is stored, then told. */
  private void stored(UserId from, Content content) {
    host.stored(from, content);
    transfers.arrived(from, content);
  }

  @Test
  void aReplacedOfferIsGivenUpAtTheRelay() {
    BlobId first = offered(1, null);
    transfers.receive(first, new Receiving.Target(folder.toString(), null, OnClash.RENAME, null));
    offered(2, first);
    host.await("its end at the relay", () -> host.declined(first));
    assertEquals(Stage.CANCELLED, host.receiving(first).stage());
  }

  @Test
  void whatItsSenderGaveUpFailsWithTheirReason() {
    BlobId blob = offered(1, null);
    stored(BOB, new Content.Withdraw(blob, FaultCode.TRANSFER_NOT_RESUMABLE));
    assertEquals(Stage.FAILED, host.receiving(blob).stage());
    assertEquals(FaultCode.TRANSFER_NOT_RESUMABLE, host.receiving(blob).problem().code());
    host.await("its end at the relay", () -> host.declined(blob));
  }

  @Test
  void nobodyElseMakesADeviceGiveUpAnOffer() {
    BlobId blob = offered(1, null);
    BlobId other = offered(2, null);
    host.put(host.receiving(blob).at(Stage.FAILED, null));
    stored(CAROL, new Content.Withdraw(blob, FaultCode.TRANSFER_NOT_RESUMABLE));
    stored(BOB, new Content.Withdraw(other));
    host.await("the end of the other", () -> host.declined(other));
    assertFalse(host.declined(blob));
  }
}
