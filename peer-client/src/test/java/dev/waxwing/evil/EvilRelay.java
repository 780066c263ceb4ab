package dev.waxwing.evil;

import dev.waxwing.identity.Invite;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.net.ServedCertificate;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.KeyCertOptions;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;

/**
 * A relay whose operator does as the script says. It is the honest relay behind it, down to
 * identity and certificate, so that peers log in through it as always; every frame after that is
 * the script's, either way.
 */
public final class EvilRelay implements AutoCloseable {
  /** Frames remembered; the oldest are forgotten. */
  private static final int REMEMBERED = 20_000;

  /** Room for frames that are longer than any may be. */
  private static final int OVERSIZE = 4 << 20;

  final HonestRelay honest;
  private final HttpServer server;
  private final WebSocketClient behind;
  private final List<Line> lines = new ArrayList<>();
  private final List<Passing> passed = new ArrayList<>();
  private final Map<Bytes, UserId> tokens = new HashMap<>();
  private Script script = Script.HONEST;

  /** A relay that keeps everything in a folder; it behaves until told otherwise. */
  public EvilRelay(Path folder) throws Exception {
    honest = new HonestRelay(folder);
    behind =
        honest.vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setMaxConnections(1_000)
                .setSendUnmaskedFrames(true)
                .setMaxFrameSize(WireLimits.MAX_FRAME)
                .setMaxMessageSize(WireLimits.MAX_FRAME));
    server =
        honest
            .vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setUseAlpn(false)
                    .setAcceptUnmaskedFrames(true)
                    .setMaxWebSocketFrameSize(OVERSIZE)
                    .setMaxWebSocketMessageSize(OVERSIZE)
                    .setKeyCertOptions(keys(honest.certificate)))
            .webSocketHandler(this::accept)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
  }

  private static KeyCertOptions keys(ServedCertificate certificate) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "relay",
        certificate.key(),
        new char[0],
        certificate.chain().toArray(java.security.cert.Certificate[]::new));
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, new char[0]);
    return KeyCertOptions.wrap((javax.net.ssl.X509KeyManager) managers.getKeyManagers()[0]);
  }

  /** The way in: the evil relay's address, the honest one's identity. */
  public Invite invite() {
    return new Invite(
        List.of("127.0.0.1:" + server.actualPort()),
        honest.identity.publicKey(),
        Invite.Binding.CERTIFICATE,
        Bytes.EMPTY);
  }

  /** From here on it does this. */
  public synchronized void play(Script next) {
    script = next;
  }

  /** Behaves from here on. */
  public void behave() {
    play(Script.HONEST);
  }

  private void accept(ServerWebSocket peer) {
    Line line = new Line(peer);
    synchronized (this) {
      lines.removeIf(one -> !one.open());
      lines.add(line);
    }
    peer.handler(buffer -> fromPeer(line, buffer));
    peer.closeHandler(closed -> line.end());
    peer.exceptionHandler(failed -> line.end());
    behind
        .connect(
            new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(honest.port())
                .setURI(WireLimits.PEER_PATH))
        .onSuccess(
            relay -> {
              relay.handler(buffer -> fromRelay(line, buffer));
              relay.closeHandler(closed -> line.end());
              relay.exceptionHandler(failed -> line.end());
              line.connected(relay);
            })
        .onFailure(failed -> line.end());
  }

  private synchronized void fromPeer(Line line, Buffer buffer) {
    Passing it = Passing.fromPeer(line, Frame.parse(buffer.getBytes()));
    if (it.message() instanceof PeerMessage.Login login) {
      line.belongsTo(login.user(), false);
    } else if (it.message() instanceof PeerMessage.Register register) {
      line.belongsTo(register.user(), false);
    } else if (it.message() instanceof PeerMessage.Bind bind && tokens.containsKey(bind.token())) {
      line.belongsTo(tokens.get(bind.token()), true);
    }
    through(it);
  }

  private synchronized void fromRelay(Line line, Buffer buffer) {
    Passing it = Passing.fromRelay(line, Frame.parse(buffer.getBytes()));
    if (it.message() instanceof RelayMessage.DataToken token) {
      tokens.put(token.token(), line.user());
    }
    through(it);
  }

  private void through(Passing it) {
    passed.add(it);
    if (passed.size() > REMEMBERED) {
      passed.remove(0);
    }
    script.on(it);
  }

  /** What came by so far, oldest first. */
  public synchronized List<Passing> passed() {
    return List.copyOf(passed);
  }

  /** What came by and is as wanted. */
  public Stream<Passing> passed(Predicate<Passing> wanted) {
    return passed().stream().filter(wanted);
  }

  /** Forgets what came by. */
  public synchronized void forget() {
    passed.clear();
  }

  /** The newest open control connection of somebody. */
  synchronized Optional<Line> find(UserId user) {
    return lines.stream()
        .filter(line -> line.open() && line.isOf(user) && !line.data())
        .reduce((first, second) -> second);
  }

  Line line(UserId user) {
    return find(user).orElseThrow(() -> new AssertionError(user + " is not connected"));
  }

  /** Ends every connection of somebody. */
  void hangUp(UserId user) {
    List<Line> theirs;
    synchronized (this) {
      theirs = lines.stream().filter(line -> line.open() && line.isOf(user)).toList();
    }
    theirs.forEach(Line::end);
  }

  @Override
  public void close() throws Exception {
    honest.close();
  }
}
