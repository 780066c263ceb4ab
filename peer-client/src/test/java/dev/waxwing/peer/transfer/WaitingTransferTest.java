package dev.waxwing.peer.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.WireLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transfers that stand still, as many as there are workers, stop no other. */
class WaitingTransferTest {
  private static final UserId BOB = new UserId("bob");
  private static final UserId CAROL = new UserId("carol");
  private static final UserId DAVE = new UserId("dave");
  private static final long SEED = 20261202;

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private final CountDownLatch go = new CountDownLatch(1);
  private MemoryHost host;
  private Transfers transfers;

  @BeforeEach
  void open() {
    System.out.println("seed " + SEED);
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
    go.countDown();
    transfers.close();
  }

  private static BlobId blob(int number) {
    byte[] id = new byte[BlobId.LENGTH];
    id[0] = (byte) number;
    return new BlobId(Bytes.of(id));
  }

  private BlobId send(UserId to) {
    return transfers.sendText(List.of(to), "message.txt", "hello".getBytes(UTF_8));
  }

  private long offers(UserId to) {
    return host.told(to).stream().filter(Content.Offer.class::isInstance).count();
  }

  @Test
  void whatFailsAgainAndAgainMakesWay() {
    for (int i = 0; i < WireLimits.MAX_DATA_CONNECTIONS; i++) {
      send(BOB);
    }
    host.await("the offers", () -> offers(BOB) == WireLimits.MAX_DATA_CONNECTIONS);
    send(CAROL);
    host.await("the offer of another", () -> offers(CAROL) == 1);
  }

  @Test
  void whatWaitsUntilPeopleAreToldMakesWay() {
    host.behind = true;
    Bytes key = host.know(DAVE, 4, Trust.NEW);
    for (int i = 1; i <= WireLimits.MAX_DATA_CONNECTIONS; i++) {
      Sending row =
          host.text(
              blob(i), new Sending.Recipient(DAVE, Stage.WAITING, key, null, null), Stage.WAITING);
      host.put(row.with(new Sending.Sealed(key, 9).kept(List.of(MemoryHost.device(DAVE)))));
    }
    transfers.resumeAll();
    send(CAROL);
    host.await("the offer of another", () -> offers(CAROL) == 1);
    host.behind = false;
    for (int i = 1; i <= WireLimits.MAX_DATA_CONNECTIONS; i++) {
      BlobId blob = blob(i);
      host.await("its turn", () -> host.sending(blob).stage() == Stage.AT_RELAY);
    }
  }

  @Test
  void whoAsksIsAnsweredThoughEveryWorkerWaits() throws InterruptedException {
    CountDownLatch busy = new CountDownLatch(WireLimits.MAX_DATA_CONNECTIONS);
    host.onCreate =
        () -> {
          busy.countDown();
          await(go);
        };
    for (int i = 0; i < WireLimits.MAX_DATA_CONNECTIONS; i++) {
      send(CAROL);
    }
    assertTrue(busy.await(10, TimeUnit.SECONDS));
    Bytes key = host.know(BOB, 1, Trust.NEW);
    host.text(blob(9), new Sending.Recipient(BOB, Stage.AT_RELAY, key, null, null), Stage.AT_RELAY);
    transfers.arrived(BOB, new Content.Restart(blob(9)));
    host.await("another copy", () -> !host.insteadOf(blob(9)).isEmpty());
    assertEquals(Stage.CANCELLED, host.sending(blob(9)).stage());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
