package dev.waxwing.relay.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.local.LocalClient;
import dev.waxwing.local.ProfileLock;
import dev.waxwing.message.Address;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.SqliteStore;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A relay whose database rots while it runs says so and accepts nothing more. */
@Timeout(120)
class DamagedRelayTest {
  private static final int PAGE = 4096;

  /** More than SQLite's cache holds, so that pages are read again. */
  private static final int ROWS = 8_000;

  @TempDir Path temp;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = vertx.createHttpClient(TestPeer.https());
  private Path folder;
  private ProfileLock lock;
  private Relay relay;

  @BeforeEach
  void prepare() {
    folder = temp.resolve("relay");
    start();
  }

  private void start() {
    RelayConfig config =
        RelayConfig.of(
            Settings.of(
                Map.of(
                    Setting.DIR, List.of(folder.toString()),
                    Setting.HOST, List.of("127.0.0.1"),
                    Setting.PORT, List.of("0")),
                Map.of()),
            "test");
    lock = ProfileLock.tryAcquire(config.places().data()).orElseThrow();
    relay = Relay.start(config, lock);
  }

  @AfterEach
  void stop() {
    relay.close();
    lock.close();
    vertx.close();
  }

  @Test
  void showsItOnItsPagesAndTellsSendersToTryLater() throws Exception {
    String invite = ask("invite.create", LocalClient.args().put("uses", 2)).path("invite").asText();
    TestPeer bob = new TestPeer(vertx, relay.port(), "bob");
    bob.register(invite);
    TestPeer ali = new TestPeer(vertx, relay.port(), "ali");
    ali.register(invite);
    relay.close();
    lock.close();
    fill(ali.who, bob.who);
    start();
    assertEquals("200 ok", health());
    TestPeer again = new TestPeer(vertx, relay.port(), "ali");
    again.login(relay.identity());
    again.expect(RelayMessage.Welcome.class);
    damage();
    TestPeer reader = new TestPeer(vertx, relay.port(), "bob");
    reader.login(relay.identity());
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    String health = health();
    while (health.equals("200 ok") && System.nanoTime() < until) {
      health = health();
    }
    assertEquals("503 corrupt", health);
    JsonNode status = ask("status", LocalClient.args());
    assertEquals("corrupt", status.path("state").asText());
    assertTrue(status.path("running").asBoolean());
    assertFalse(status.has("mailWaiting"));
    again.say(
        new PeerMessage.Send(
            id(1_000_000), bob.who.user(), List.of(new PeerMessage.Target(bob.who.device(), 5))),
        new byte[5]);
    assertEquals(FaultCode.STORE_STOPPED, again.expect(RelayMessage.Refused.class).code());
    TestPeer late = new TestPeer(vertx, relay.port(), "bob");
    late.login(relay.identity());
    assertEquals(FaultCode.STORE_STOPPED, late.expect(RelayMessage.Bye.class).code());
  }

  private static MessageId id(long number) {
    return new MessageId(Bytes.of(ByteBuffer.allocate(16).putLong(8, number).array()));
  }

  private void fill(Address from, Address to) {
    EpochId unused = new EpochId(Bytes.of(new byte[EpochId.LENGTH]));
    try (SqliteStore store = SqliteStore.open(data(), new StoreOptions(1L << 40, unused))) {
      store.begin();
      for (int i = 0; i < ROWS; i++) {
        store
            .mailbox()
            .append(
                new Mailbox.Message(
                    from,
                    id(i),
                    to.user(),
                    List.of(new Mailbox.Copy(to.device(), Bytes.of(new byte[3_000])))),
                System.currentTimeMillis());
      }
      store.commit();
    }
  }

  private Path data() {
    return folder.resolve(SqliteStore.FILE).toFile().exists() ? folder : folder.resolve("data");
  }

  /** Flips a bit of the first byte, the kind, of all pages but the first. */
  private void damage() throws IOException {
    try (RandomAccessFile file =
        new RandomAccessFile(data().resolve(SqliteStore.FILE).toFile(), "rw")) {
      for (long page = PAGE; page < file.length(); page += PAGE) {
        file.seek(page);
        int kind = file.read();
        file.seek(page);
        file.write(kind ^ 0x40);
      }
    }
  }

  private JsonNode ask(String call, ObjectNode args) {
    try (LocalClient client = LocalClient.connect(folder, Duration.ofSeconds(10)).orElseThrow()) {
      return client.call(call, args, Duration.ofSeconds(10));
    }
  }

  private String health() throws Exception {
    return http.request(HttpMethod.GET, relay.port(), "127.0.0.1", "/healthz")
        .compose(request -> request.send())
        .compose(
            response ->
                response.body().map(body -> response.statusCode() + " " + body.toString().trim()))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }
}
