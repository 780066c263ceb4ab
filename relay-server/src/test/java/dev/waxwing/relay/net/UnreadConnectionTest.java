package dev.waxwing.relay.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.message.EpochId;
import dev.waxwing.relay.core.ConnectionId;
import dev.waxwing.relay.core.Hub;
import dev.waxwing.relay.core.Moment;
import dev.waxwing.relay.core.Policy;
import dev.waxwing.relay.net.PeerConnection.Patience;
import dev.waxwing.relay.store.FileBlobStore;
import dev.waxwing.relay.store.MemoryStore;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.http.WebSocketInternal;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to peers that read nothing: their socket's window is shut. */
@org.junit.jupiter.api.Timeout(30)
class UnreadConnectionTest {
  private static final Patience LONG = Patience.DEFAULT;

  /** More than the sockets of both sides hold. */
  private static final int MUCH = 12 << 20;

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<PeerConnection> opened = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private StoreThread store;
  private BlobDisk blobs;
  private PasswordCheck passwords;
  private HubLoop hub;
  private Socket peer;

  @BeforeEach
  void prepare() {
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
            vertx,
            new Hub(
                Policy.byInvite("test"),
                signing,
                signing.pair(Secret.copyOf(new byte[32])),
                count -> Bytes.of(new byte[count])),
            () -> new Moment(1_000_000L, TimeUnit.NANOSECONDS.toMillis(System.nanoTime())),
            new HubLoop.Workers(store, blobs, passwords));
  }

  @AfterEach
  void close() throws Exception {
    peer.close();
    get(vertx.close());
    passwords.close();
    blobs.close();
    store.close();
  }

  private static <T> T get(io.vertx.core.Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** A peer that makes the upgrade and reads nothing after it. */
  private PeerConnection connect(Patience patience) throws Exception {
    peer = new Socket();
    return connect(patience, new HttpServerOptions());
  }

  private PeerConnection connect(Patience patience, HttpServerOptions options) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer(options)
            .webSocketHandler(
                socket -> {
                  ((WebSocketInternal) socket)
                      .channelHandlerContext()
                      .channel()
                      .closeFuture()
                      .addListener(done -> closed.complete(null));
                  PeerConnection connection =
                      new PeerConnection(new ConnectionId(1), socket, hub, patience);
                  connection.open(Bytes.of(new byte[32]));
                  opened.complete(connection);
                });
    int port = get(server.listen(0, "127.0.0.1")).actualPort();
    peer.setReceiveBufferSize(4096);
    peer.connect(new InetSocketAddress("127.0.0.1", port));
    peer.getOutputStream()
        .write(
            ("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(US_ASCII));
    InputStream in = peer.getInputStream();
    for (int last = 0; last != 0x0d0a0d0a; ) {
      last = last << 8 | in.read();
    }
    return opened.get(20, TimeUnit.SECONDS);
  }

  /** Has the hub's loop say so much that the socket is full, and {@code more}. */
  private void say(PeerConnection connection, int bytes, Runnable more) throws Exception {
    hub.ask(
            loop -> {
              for (int said = 0; said < bytes; said += 1 << 16) {
                connection.queue(Frame.of(new byte[] {'{', '}'}, new byte[1 << 16]));
              }
              more.run();
              connection.handOver();
              return true;
            })
        .get(20, TimeUnit.SECONDS);
  }

  private void awaitClosed() throws Exception {
    closed.get(15, TimeUnit.SECONDS);
    assertTrue(peer.isConnected());
  }

  @Test
  void aPeerThatDoesNotReadItsFarewellIsClosedAllTheSame() throws Exception {
    PeerConnection connection = connect(new Patience(LONG.silenceNanos(), LONG.unreadNanos(), 50));
    say(connection, MUCH, () -> connection.outgoing(new Outgoing.Close(FaultCode.LOGIN_REPLACED)));
    awaitClosed();
  }

  @Test
  void aPeerThatDoesNotReadItsFarewellOverTlsIsClosedAllTheSame() throws Exception {
    SelfSignedCertificate keys = SelfSignedCertificate.create();
    SSLContext any = SSLContext.getInstance("TLS");
    any.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    peer = any.getSocketFactory().createSocket();
    PeerConnection connection =
        connect(
            new Patience(LONG.silenceNanos(), LONG.unreadNanos(), 50),
            new HttpServerOptions().setSsl(true).setKeyCertOptions(keys.keyCertOptions()));
    say(connection, MUCH, () -> connection.outgoing(new Outgoing.Close(FaultCode.LOGIN_REPLACED)));
    awaitClosed();
  }

  @Test
  void aPeerWhoseQueueIsFullIsClosedAllTheSame() throws Exception {
    PeerConnection connection = connect(new Patience(LONG.silenceNanos(), LONG.unreadNanos(), 50));
    say(connection, (int) PeerConnection.MAX_OUTBOUND + (1 << 16), () -> {});
    awaitClosed();
  }

  @Test
  void aSilentPeerThatDoesNotReadIsClosed() throws Exception {
    PeerConnection connection = connect(new Patience(0, LONG.unreadNanos(), 50));
    say(connection, MUCH, () -> {});
    connection.onContext(connection::tick);
    awaitClosed();
  }

  @Test
  void aPeerThatIsHeardButDoesNotReadIsClosed() throws Exception {
    PeerConnection connection = connect(new Patience(LONG.silenceNanos(), 0, 50));
    say(connection, MUCH, () -> {});
    connection.onContext(connection::tick);
    awaitClosed();
  }

  @Test
  void aPeerThatClosesAndDoesNotReadTheAnswerIsClosed() throws Exception {
    PeerConnection connection = connect(new Patience(LONG.silenceNanos(), LONG.unreadNanos(), 50));
    say(connection, MUCH, () -> {});
    // Its close frame: masked, with 1000.
    peer.getOutputStream()
        .write(new byte[] {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xe8});
    while (!closed.isDone()) {
      // The tick after the close frame came is the one that counts.
      CompletableFuture<Void> ticked = new CompletableFuture<>();
      connection.onContext(
          () -> {
            connection.tick();
            ticked.complete(null);
          });
      ticked.get(20, TimeUnit.SECONDS);
    }
    awaitClosed();
  }
}
