package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.files.OnClash;
import dev.waxwing.peer.files.PartFile;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What has ended is given up at the relay and on this disk, though not always at once. */
class LeftTransferTest {
  private static final BlobId BLOB = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
  private static final UserId BOB = new UserId("bob");
  private static final UserId CAROL = new UserId("carol");
  private static final long SEED = 20261201;

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private MemoryHost host;
  private Bytes key;

  @BeforeEach
  void open() {
    System.out.println("seed " + SEED);
    host = new MemoryHost(folder);
    key = host.know(BOB, 1, Trust.NEW);
  }

  private Transfers transfers() {
    return new Transfers(
        host,
        Suite.wx1(),
        length -> {
          byte[] bytes = new byte[length];
          random.nextBytes(bytes);
          return bytes;
        });
  }

  private void sent() {
    host.text(BLOB, new Sending.Recipient(BOB, Stage.AT_RELAY, key, null, null), Stage.AT_RELAY);
  }

  /** Something of it has come. */
  private Path received(Stage stage) throws IOException {
    Path part = Files.createFile(folder.resolve("a.txt.part"));
    host.put(
        new Receiving(
            new Content.Offer(BLOB, key, "a.txt", Content.Shape.FILE, 5, 0, "", null),
            MemoryHost.device(BOB),
            stage,
            new Receiving.Target(folder.toString(), null, OnClash.RENAME, part.toString()),
            null,
            null,
            3,
            1,
            null));
    return part;
  }

  private boolean noted(String what) {
    return host.store(tx -> tx.value(what + "/" + BLOB)).isPresent();
  }

  @Test
  void whatIsCancelledOfflineIsGivenUpByTheNextProcessThatIsOnline() {
    sent();
    host.offline = true;
    try (Transfers first = transfers()) {
      first.cancel(BLOB);
    }
    assertFalse(host.dropped(BLOB));
    host.offline = false;
    try (Transfers next = transfers()) {
      next.resumeAll();
      host.await("its end at the relay", () -> host.dropped(BLOB) && !noted("dropping"));
    }
    host.asked.clear();
    try (Transfers third = transfers()) {
      third.resumeAll();
    }
    assertFalse(host.dropped(BLOB), "said again and again");
  }

  @Test
  void whatIsCancelledOfflineIsGivenUpOnceThereIsAConnection() {
    sent();
    host.offline = true;
    try (Transfers transfers = transfers()) {
      transfers.cancel(BLOB);
      host.offline = false;
      host.await("its end at the relay", () -> host.dropped(BLOB));
    }
  }

  @Test
  void whatIsDeclinedOfflineIsDeclinedByTheNextProcessThatIsOnline() throws Exception {
    Path part = received(Stage.PAUSED);
    host.offline = true;
    try (Transfers first = transfers()) {
      first.cancel(BLOB);
      assertFalse(Files.exists(part));
    }
    host.offline = false;
    try (Transfers next = transfers()) {
      next.resumeAll();
      host.await("its end at the relay", () -> host.declined(BLOB) && !noted("leaving"));
    }
    assertEquals(Stage.DECLINED, host.receiving(BLOB).stage());
  }

  @Test
  void whatWasUnpackedOfItGoesToo() throws Exception {
    Path part = received(Stage.PAUSED);
    Path unpacked = Files.createDirectory(PartFile.unpacking(part));
    Files.createFile(unpacked.resolve("b.txt"));
    try (Transfers transfers = transfers()) {
      transfers.cancel(BLOB);
      host.await("its end at the relay", () -> host.declined(BLOB) && !noted("leaving"));
    }
    assertFalse(Files.exists(unpacked));
  }

  @Test
  void whatCannotBeDeletedIsRemembered() throws Exception {
    Path part = received(Stage.PAUSED);
    Files.delete(part);
    Path inside = Files.createFile(Files.createDirectory(part).resolve("inside"));
    try (Transfers first = transfers()) {
      first.cancel(BLOB);
      host.await("its end at the relay", () -> host.declined(BLOB));
    }
    assertEquals(part.toString(), host.receiving(BLOB).target().part());
    Files.delete(inside);
    try (Transfers next = transfers()) {
      next.resumeAll();
      host.await("its end", () -> !Files.exists(part) && !noted("leaving"));
    }
  }

  @Test
  void whatCameOfATransferThatFailedGoesWhenItIsTakenElsewhere() throws Exception {
    Path part = received(Stage.FAILED);
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    host.offline = true;
    try (Transfers transfers = transfers()) {
      transfers.receive(
          BLOB, new Receiving.Target(elsewhere.toString(), null, OnClash.RENAME, null));
    }
    assertFalse(Files.exists(part));
    assertEquals(elsewhere.toString(), host.receiving(BLOB).target().folder());
  }

  @Test
  void whatFailedCanBeDeclinedAndLeavesNothing() throws Exception {
    Path part = received(Stage.FAILED);
    try (Transfers transfers = transfers()) {
      transfers.cancel(BLOB);
      host.await("its end at the relay", () -> host.declined(BLOB) && !noted("leaving"));
    }
    assertFalse(Files.exists(part));
    assertEquals(Stage.DECLINED, host.receiving(BLOB).stage());
  }

  @Test
  void whoWritesToAStreamThatNobodyTakesIsTold() {
    try (Transfers transfers = transfers()) {
      BlobId blob = transfers.openStream(List.of(BOB), "out");
      Content word = new Content.FileOutcome(blob, Content.FileOutcome.Outcome.DECLINED);
      host.stored(BOB, word);
      transfers.arrived(BOB, word);
      Fault fault =
          assertTimeoutPreemptively(
              Duration.ofSeconds(20), () -> assertThrows(Fault.class, () -> fill(transfers, blob)));
      assertTrue(
          fault.code() == FaultCode.CANCELLED || fault.code() == FaultCode.TRANSFER_STATE,
          fault.toString());
    }
  }

  private static void fill(Transfers transfers, BlobId blob) {
    while (true) {
      transfers.write(blob, new byte[1 << 20]);
    }
  }

  @Test
  void leavesOfAnUploadThatIsOverAreDeleted() throws Exception {
    sent();
    Path leaves = Files.createFile(folder.resolve(BLOB + ".leaves"));
    try (Transfers transfers = transfers()) {
      transfers.cancel(BLOB);
      host.await("its end at the relay", () -> host.dropped(BLOB) && !noted("dropping"));
    }
    assertFalse(Files.exists(leaves));
  }

  @Test
  void whatOneHasAndAnotherCannotHaveIsGivenUpAtTheRelay() {
    Bytes carols = host.know(CAROL, 2, Trust.NEW);
    host.text(
        BLOB, new Sending.Recipient(CAROL, Stage.AT_RELAY, carols, null, null), Stage.AT_RELAY);
    Sending hers = host.sending(BLOB);
    List<Sending.Recipient> people = new ArrayList<>(hers.people());
    people.add(new Sending.Recipient(BOB, Stage.FAILED, key, null, null));
    host.put(
        new Sending(
            BLOB,
            hers.keys(),
            hers.source(),
            hers.name(),
            hers.caption(),
            people,
            Stage.AT_RELAY,
            hers.counts(),
            hers.sealed(),
            null,
            hers.started(),
            null));
    host.stored(CAROL, new Content.FileOutcome(BLOB, Content.FileOutcome.Outcome.RECEIVED));
    try (Transfers next = transfers()) {
      next.resumeAll();
      host.await("its end at the relay", () -> host.dropped(BLOB) && !noted("dropping"));
    }
  }

  @Test
  void whatWasWithdrawnJustBeforeAnEndLeavesNothing() throws Exception {
    Path part = received(Stage.WAITING);
    host.stored(BOB, new Content.Withdraw(BLOB));
    try (Transfers next = transfers()) {
      next.resumeAll();
      host.await("its end at the relay", () -> host.declined(BLOB));
    }
    assertFalse(Files.exists(part));
  }

  @Test
  void whatTheSendersProgramGaveUpLeavesNothingAndMayBeTriedAgain() throws Exception {
    Path part = received(Stage.WAITING);
    host.stored(BOB, new Content.Withdraw(BLOB, FaultCode.FILE_CHANGED));
    try (Transfers next = transfers()) {
      next.resumeAll();
      host.await("its end at the relay", () -> host.declined(BLOB) && !noted("leaving"));
      assertFalse(Files.exists(part));
      assertEquals(Stage.FAILED, host.receiving(BLOB).stage());
      assertNull(host.receiving(BLOB).target().part());
      next.resume(BLOB);
      assertEquals(Stage.WAITING, host.receiving(BLOB).stage());
    }
  }

  @Test
  void anOfferThatAnotherReplacedJustBeforeAnEndLeavesNothing() throws Exception {
    Path part = received(Stage.PAUSED);
    byte[] id = new byte[BlobId.LENGTH];
    id[0] = 1;
    BlobId other = new BlobId(Bytes.of(id));
    host.stored(BOB, new Content.Offer(other, key, "b.txt", Content.Shape.FILE, 5, 0, "", BLOB));
    try (Transfers next = transfers()) {
      next.resumeAll();
      host.await("its end at the relay", () -> host.declined(BLOB));
    }
    assertFalse(Files.exists(part));
    assertFalse(host.declined(other));
  }

  @Test
  void aCopyThatTookTheLastOnesPlaceLeavesThatToBeGivenUp() {
    sent();
    host.stored(BOB, new Content.Restart(BLOB));
    host.offline = true;
    try (Transfers first = transfers()) {
      first.resumeAll();
      host.await("another copy", () -> !host.insteadOf(BLOB).isEmpty());
    }
    assertTrue(noted("dropping"));
    host.offline = false;
    try (Transfers next = transfers()) {
      next.resumeAll();
      host.await("its end at the relay", () -> host.dropped(BLOB));
    }
  }
}
