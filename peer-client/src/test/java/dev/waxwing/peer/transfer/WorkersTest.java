package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who asks for work gets it. */
class WorkersTest {
  private static final BlobId BLOB = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
  private static final UserId BOB = new UserId("bob");
  private static final int TIMES = 30_000;
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  @TempDir Path folder;

  @Test
  void aRelayThatIsBusyForAMomentIsAskedAgain() {
    MemoryHost host = new MemoryHost(folder);
    host.know(BOB, 1, Trust.NEW);
    host.text(BLOB, new Sending.Recipient(BOB, Stage.WAITING), Stage.WAITING);
    Work work = new Work(host, Suite.wx1(), new TransferRows(host), new Originals(host));
    AtomicInteger asked = new AtomicInteger();
    host.onCreate =
        () -> {
          if (asked.incrementAndGet() == 1) {
            throw new Fault(FaultCode.STORE_BUSY, "too much waits for the relay's disk");
          }
        };
    try (Workers workers = new Workers(host, work)) {
      workers.start(BLOB);
      host.await(
          "the offer", () -> host.told(BOB).stream().anyMatch(Content.Offer.class::isInstance));
    }
    assertFalse(host.sending(BLOB).stage().ended());
    assertFalse(host.dropped(BLOB));
  }

  @Test
  void everyStartIsFollowedByAnAttempt() {
    MemoryHost host = new MemoryHost(folder);
    host.know(BOB, 1, Trust.NEW);
    host.text(BLOB, new Sending.Recipient(BOB, Stage.WAITING), Stage.WAITING);
    Work work = new Work(host, Suite.wx1(), new TransferRows(host), new Originals(host));
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger seen = new AtomicInteger();
    try (Workers workers = new Workers(host, work)) {
      host.onCreate =
          () -> {
            seen.set(asked.get());
            workers.stop(BLOB);
            throw new Fault(FaultCode.CANCELLED, "the attempt was seen");
          };
      for (int i = 1; i <= TIMES; i++) {
        asked.set(i);
        workers.start(BLOB);
        long until = System.nanoTime() + 5_000_000_000L;
        while (seen.get() < i && System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        assertTrue(seen.get() >= i, "the start number " + i + " was lost");
      }
    }
  }

  /**
   * A relay that is killed while TLS begins looks like something that is no relay; a data token is
   * good no longer than the connection it was given on.
   */
  @ParameterizedTest
  @EnumSource(
      names = {
        "NETWORK_UNREACHABLE",
        "NOT_A_RELAY",
        "NOT_TLS",
        "CERTIFICATE_MISMATCH",
        "LOGIN_REFUSED"
      })
  void whatStandsInTheRelaysPlaceForAMomentEndsNoTransfer(FaultCode code) {
    MemoryHost host = new MemoryHost(folder);
    host.know(BOB, 1, Trust.NEW);
    host.text(BLOB, new Sending.Recipient(BOB, Stage.WAITING), Stage.WAITING);
    Work work = new Work(host, Suite.wx1(), new TransferRows(host), new Originals(host));
    AtomicInteger attempts = new AtomicInteger();
    try (Workers workers = new Workers(host, work)) {
      host.onCreate =
          () -> {
            if (attempts.incrementAndGet() > 1) {
              workers.stop(BLOB);
            }
            throw new Fault(code, "not now");
          };
      workers.start(BLOB);
      long until = System.nanoTime() + PATIENCE_NANOS;
      while (attempts.get() < 2 && System.nanoTime() < until) {
        Thread.onSpinWait();
      }
    }
    assertEquals(2, attempts.get());
    assertEquals(Stage.WAITING, host.sending(BLOB).stage());
  }
}
