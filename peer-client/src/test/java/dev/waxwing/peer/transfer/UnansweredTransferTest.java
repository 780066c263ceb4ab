package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerSession;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that ends right after a transaction owes what that transaction says: its effects are
 * lost, and the next process makes up for them.
 */
class UnansweredTransferTest {
  private static final BlobId BLOB = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
  private static final UserId BOB = new UserId("bob");
  private static final UserId CAROL = new UserId("carol");
  private static final long DAY = 24L * 3600 * 1000;
  private static final long DAYS_31 = 31 * DAY;
  private static final long SEED = 20261130;

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

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** The next process, from its start. */
  private Transfers resumed() {
    Transfers transfers = new Transfers(host, Suite.wx1(), this::bytes);
    transfers.resumeAll();
    return transfers;
  }

  private void sent(Stage stage) {
    host.text(BLOB, new Sending.Recipient(BOB, stage, key, null, null), stage);
  }

  private Sending.Recipient copy() {
    return host.sending(BLOB).copy(BOB).orElseThrow();
  }

  private boolean owed() {
    return host.store(tx -> tx.value("asked/" + BLOB + "/" + BOB)).isPresent();
  }

  private void awaitNothingOwed() {
    host.await("that nothing is owed", () -> !owed());
  }

  @Test
  void aCopyThatWasAskedForIsMadeByTheNextProcessAndOnce() {
    sent(Stage.AT_RELAY);
    host.stored(BOB, new Content.Restart(BLOB));
    for (int start = 0; start < 2; start++) {
      try (Transfers transfers = resumed()) {
        host.await("another copy", () -> !host.insteadOf(BLOB).isEmpty());
        awaitNothingOwed();
        assertFalse(transfers.all().isEmpty());
      }
    }
    assertEquals(1, host.insteadOf(BLOB).size());
    assertEquals(Stage.CANCELLED, host.sending(BLOB).stage());
  }

  @Test
  void whoAskedIsNotAnsweredAgainLater() {
    sent(Stage.AT_RELAY);
    try (Transfers transfers = resumed()) {
      host.stored(BOB, new Content.Restart(BLOB));
      transfers.arrived(BOB, new Content.Restart(BLOB));
      host.await("another copy", () -> !host.insteadOf(BLOB).isEmpty());
      awaitNothingOwed();
    }
  }

  @Test
  void nobodyElsesQuestionIsKept() {
    sent(Stage.AT_RELAY);
    host.stored(CAROL, new Content.Restart(BLOB));
    assertTrue(host.store(tx -> tx.value("asked/" + BLOB + "/" + CAROL)).isEmpty());
  }

  /** A process queues a content, gives it up, and ends before anybody hears of that. */
  private void givenUp(Content content, PeerInput why, long when) {
    Identity alice = Identity.create(Suite.wx1(), new UserId("alice"), this::bytes, 1);
    PeerSession session =
        new PeerSession(host.store, Suite.wx1(), alice, this::bytes, new TransferBook());
    MessageId id = new MessageId(Bytes.of(new byte[MessageId.LENGTH]));
    session.on(new PeerInput.Submit(id, BOB, content), 1);
    for (long then = DAY; then < when; then += DAY) {
      session.on(new PeerInput.Tick(), then);
    }
    session.on(why, when);
    assertTrue(host.store(tx -> tx.outbox(id)).isEmpty());
  }

  private Content offer() {
    return new Content.Offer(BLOB, key, "a.txt", Content.Shape.FILE, 5, 0, "", null);
  }

  @Test
  void whoeverIsNotToldOfAnOfferHasNoCopyAnyMore() {
    sent(Stage.WAITING);
    givenUp(offer(), new PeerInput.Tick(), DAYS_31);
    assertEquals(Stage.FAILED, copy().stage());
    assertEquals(FaultCode.MESSAGE_EXPIRED, copy().problem().code());
    assertEquals(Stage.FAILED, host.sending(BLOB).stage());
    assertFalse(owed(), "who has no offer has nothing to be taken back");
  }

  @Test
  void whoeverHasAnOfferAndNoLastWordOnItIsToldThatItIsOver() {
    sent(Stage.AT_RELAY);
    givenUp(new Content.Final(BLOB, 9, key), new PeerInput.Tick(), DAYS_31);
    assertEquals(Stage.FAILED, copy().stage());
    Content.Withdraw word = new Content.Withdraw(BLOB, FaultCode.TRANSFER_NOT_RESUMABLE);
    try (Transfers transfers = resumed()) {
      host.await("the word", () -> host.told(BOB).contains(word));
      awaitNothingOwed();
      assertEquals(1, transfers.all().size());
    }
    assertEquals(List.of(word), host.told(BOB));
  }

  @Test
  void whoWasForgottenIsNotWrittenTo() {
    sent(Stage.AT_RELAY);
    givenUp(
        new Content.Final(BLOB, 9, key),
        new PeerInput.Decide(BOB, PeerInput.Decide.Decision.FORGET),
        2);
    assertEquals(Stage.FAILED, copy().stage());
    assertFalse(owed());
  }

  @Test
  void anOfferThatIsGivenUpEndsItsUpload() {
    sent(Stage.AT_RELAY);
    givenUp(offer(), new PeerInput.Tick(), DAYS_31);
    try (Transfers transfers = resumed()) {
      transfers.undeliverable(BOB, offer());
      host.await("its end at the relay", () -> host.dropped(BLOB));
    }
  }
}
