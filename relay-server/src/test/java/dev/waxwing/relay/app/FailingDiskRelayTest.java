package dev.waxwing.relay.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.jna.NativeLibrary;
import dev.waxwing.local.LocalClient;
import dev.waxwing.local.ProfileLock;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A relay whose disk is full, or fails, says so on its pages. The disk under SQLite is exchanged by
 * putting another file in place of an open descriptor: {@code /dev/full} refuses writes as a full
 * disk does, {@code /dev/null} takes writes and fails fsync.
 */
@Timeout(120)
class FailingDiskRelayTest {
  private static final int READ_WRITE = 2;

  @TempDir Path temp;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = vertx.createHttpClient(TestPeer.https());
  private Path folder;
  private ProfileLock lock;
  private Relay relay;
  private TestPeer ali;
  private TestPeer bob;
  private long next;

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/proc/self/fd")), "descriptors are found in /proc");
    folder = temp.resolve("relay");
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
    String invite = ask("invite.create", LocalClient.args().put("uses", 2)).path("invite").asText();
    bob = new TestPeer(vertx, relay.port(), "bob");
    bob.register(invite);
    ali = new TestPeer(vertx, relay.port(), "ali");
    ali.register(invite);
    assertEquals("200 ok", health());
  }

  @AfterEach
  void stop() {
    if (relay != null) {
      relay.close();
      lock.close();
    }
    vertx.close();
  }

  @Test
  void aFullDiskIsShownAndOverByItself() throws Exception {
    say();
    ali.expect(RelayMessage.Accepted.class);
    int log = emptyLog();
    int saved = call("dup", log);
    plant("/dev/full", log);
    try {
      say();
      assertEquals(FaultCode.DISK_FULL, ali.expect(RelayMessage.Refused.class).code());
      awaitHealth("503 disk_full");
      assertEquals("disk_full", ask("status", LocalClient.args()).path("state").asText());
    } finally {
      call("dup2", saved, log);
    }
    sayAgain();
    ali.expect(RelayMessage.Accepted.class);
    awaitHealth("200 ok");
    assertEquals("running", ask("status", LocalClient.args()).path("state").asText());
  }

  @Test
  void aForceThatFailedIsShownAndTheEndOfAcceptance() throws Exception {
    say();
    ali.expect(RelayMessage.Accepted.class);
    int log = emptyLog();
    int saved = call("dup", log);
    plant("/dev/null", log);
    try {
      say();
      assertEquals(FaultCode.STORE_STOPPED, ali.expect(RelayMessage.Refused.class).code());
    } finally {
      call("dup2", saved, log);
    }
    // The disk is well again, and nobody believes it.
    say();
    assertEquals(FaultCode.STORE_STOPPED, ali.expect(RelayMessage.Refused.class).code());
    awaitHealth("503 stopped");
    assertEquals("stopped", ask("status", LocalClient.args()).path("state").asText());
  }

  /** The log's descriptor, once a checkpoint has emptied it: nothing is read through it then. */
  private int emptyLog() throws IOException {
    Path log = folder.resolve("relay.db-wal");
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (Files.size(log) > 0 && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    assertEquals(0, Files.size(log));
    return descriptor("relay.db-wal");
  }

  private void say() {
    next++;
    sayAgain();
  }

  /** The newest message: nothing after it is taken before it, which keeps the order. */
  private void sayAgain() {
    ali.say(
        new PeerMessage.Send(
            new MessageId(Bytes.of(ByteBuffer.allocate(16).putLong(8, next).array())),
            bob.who.user(),
            List.of(new PeerMessage.Target(bob.who.device(), 5))),
        new byte[5]);
  }

  private void awaitHealth(String wanted) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    String health = health();
    while (!health.equals(wanted) && System.nanoTime() < until) {
      health = health();
    }
    assertEquals(wanted, health);
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

  private int descriptor(String name) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path link : all.toList()) {
        if (Files.isSymbolicLink(link)
            && Files.readSymbolicLink(link).equals(folder.toRealPath().resolve(name))) {
          return Integer.parseInt(String.valueOf(link.getFileName()));
        }
      }
    }
    throw new AssertionError("no descriptor of " + name);
  }

  private static void plant(String device, int descriptor) {
    int opened =
        NativeLibrary.getProcess().getFunction("open").invokeInt(new Object[] {device, READ_WRITE});
    assertEquals(descriptor, call("dup2", opened, descriptor));
    call("close", opened);
  }

  private static int call(String function, Object... arguments) {
    return NativeLibrary.getProcess().getFunction(function).invokeInt(arguments);
  }
}
