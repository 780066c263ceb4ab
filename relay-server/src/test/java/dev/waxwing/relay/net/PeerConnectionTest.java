package dev.waxwing.relay.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.message.EpochId;
import dev.waxwing.relay.core.ConnectionId;
import dev.waxwing.relay.core.Hub;
import dev.waxwing.relay.core.Moment;
import dev.waxwing.relay.core.Policy;
import dev.waxwing.relay.store.FileBlobStore;
import dev.waxwing.relay.store.MemoryStore;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Bytes;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection before a hub that is busy: real sockets, without TLS. */
class PeerConnectionTest {
  private static final int FLOOD = 5_000;

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();

  /** Threads of its own, so that a hub that is held up holds up no socket. */
  private final Vertx hubs = Vertx.vertx();

  private StoreThread store;
  private BlobDisk blobs;
  private PasswordCheck passwords;
  private HubLoop hub;
  private WebSocketClient client;
  private WebSocket peer;
  private final CompletableFuture<Short> closed = new CompletableFuture<>();

  @BeforeEach
  void connect() throws Exception {
    store =
        StoreThread.start(
            new MemoryStore(
                new StoreOptions(1 << 20, new EpochId(Bytes.of(new byte[EpochId.LENGTH])))),
            StoreThread.Limits.DEFAULT);
    blobs = new BlobDisk(FileBlobStore.open(folder.resolve("blobs")), 1);
    passwords = new PasswordCheck(text -> true);
    Signing signing = Suite.wx1().signing();
    hub =
        new HubLoop(
            hubs,
            new Hub(
                Policy.byInvite("test"),
                signing,
                signing.pair(Secret.copyOf(new byte[32])),
                count -> Bytes.of(new byte[count])),
            () -> new Moment(1_000_000L, TimeUnit.NANOSECONDS.toMillis(System.nanoTime())),
            new HubLoop.Workers(store, blobs, passwords));
    HttpServer server =
        vertx
            .createHttpServer()
            .webSocketHandler(
                socket ->
                    new PeerConnection(
                            new ConnectionId(1), socket, hub, PeerConnection.Patience.DEFAULT)
                        .open(Bytes.of(new byte[32])));
    int port = get(server.listen(0, "127.0.0.1")).actualPort();
    // Vert.x closes a client that nobody refers to.
    client = vertx.createWebSocketClient();
    peer =
        get(
            client.connect(
                new WebSocketConnectOptions().setHost("127.0.0.1").setPort(port).setURI("/")));
    peer.closeHandler(nothing -> closed.complete(peer.closeStatusCode()));
  }

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
    get(hubs.close());
    passwords.close();
    blobs.close();
    store.close();
  }

  private static <T> T get(io.vertx.core.Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** Holds up the hub's loop until the latch is let go. */
  private CountDownLatch busyHub() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    hub.ask(
        loop -> {
          held.countDown();
          try {
            return go.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
          }
        });
    assertTrue(held.await(20, TimeUnit.SECONDS));
    return go;
  }

  /** Ends when the relay has read everything sent before: it answers a ping in its place. */
  private void settle() throws Exception {
    CompletableFuture<Void> answered = new CompletableFuture<>();
    peer.pongHandler(
        pong -> {
          if (pong.toString().equals("last")) {
            answered.complete(null);
          }
        });
    peer.writePing(Buffer.buffer("last"));
    answered.get(20, TimeUnit.SECONDS);
  }

  @Test
  void pongsNobodyAskedForDoNotPileUpBeforeTheHub() throws Exception {
    CountDownLatch go = busyHub();
    int before = hub.waiting();
    for (int i = 0; i < FLOOD; i++) {
      peer.writePong(Buffer.buffer("x"));
    }
    settle();
    int more = hub.waiting() - before;
    go.countDown();
    assertTrue(more < 100, more + " events of one connection");
  }

  /** Netty closes the socket by itself then, so that only the log says it. */
  @Test
  void aSingleFrameFarOverTheLimitIsCalledTooLarge() {
    assertTrue(
        PeerConnection.tooLong(
            new CorruptedWebSocketFrameException(WebSocketCloseStatus.MESSAGE_TOO_BIG, "planted")));
    assertFalse(
        PeerConnection.tooLong(
            new CorruptedWebSocketFrameException(WebSocketCloseStatus.PROTOCOL_ERROR, "planted")));
  }

  @Test
  void damageIsSaidOnce() throws Exception {
    CountDownLatch go = busyHub();
    int before = hub.waiting();
    for (int i = 0; i < FLOOD; i++) {
      peer.writeTextMessage("x");
    }
    settle();
    int more = hub.waiting() - before;
    go.countDown();
    assertTrue(more < 10, more + " events of one connection");
    assertEquals((short) 1000, closed.get(20, TimeUnit.SECONDS));
  }

  @Test
  void aPeerThatPingsWithoutEndIsEnded() throws Exception {
    for (int i = 0; i <= PeerConnection.MOST_PINGS; i++) {
      peer.writeFrame(WebSocketFrame.pingFrame(Buffer.buffer("x")));
    }
    assertEquals((short) 1000, closed.get(20, TimeUnit.SECONDS));
  }
}
