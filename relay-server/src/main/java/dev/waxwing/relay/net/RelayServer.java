package dev.waxwing.relay.net;

import dev.waxwing.relay.core.ConnectionId;
import dev.waxwing.relay.core.HubEffect.Category;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import io.vertx.core.net.ServerSSLOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.event.Level;

/**
 * The one port: TLS 1.3, inside it HTTP, inside that the peers' WebSocket. One server for each
 * event loop shares the port, so each connection stays on one thread. Any thread may call.
 */
public final class RelayServer {
  /** How long a connection may take to become a request. */
  private static final long REQUEST_MILLIS = 10_000;

  private static final int HANDSHAKE_SECONDS = 10;
  private static final int BACKLOG = 1024;
  private static final int MAX_LINE = 2048;
  private static final int MAX_HEADERS = 8192;

  /**
   * What the server is told.
   *
   * @param host an address, or {@code *} for all interfaces
   * @param port 0 for a free one
   * @param publicHost the name connections are bound to, where a proxy ends TLS
   * @param maxConnections of all kinds; more are closed at once
   */
  public record Options(String host, int port, Optional<String> publicHost, int maxConnections) {}

  private final Vertx vertx;
  private final Options options;
  private final HubLoop hub;
  private final HttpPages pages;
  private final List<HttpServer> servers = new ArrayList<>();
  private final AtomicLong lastId = new AtomicLong();
  private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong lastTlsNote = new AtomicLong();
  private final Map<HttpConnection, Long> timers = new ConcurrentHashMap<>();
  private volatile ServedCertificate certificate;
  private volatile boolean refusing;

  private RelayServer(
      Vertx vertx, Options options, HubLoop hub, HttpPages pages, ServedCertificate certificate) {
    this.vertx = vertx;
    this.options = options;
    this.hub = hub;
    this.pages = pages;
    this.certificate = certificate;
  }

  /**
   * Listens. Not to be called on a Vert.x thread.
   *
   * @param eventLoops number of threads that serve connections
   * @return the server, or a {@link Fault} with PORT_IN_USE or CERTIFICATE_INVALID
   */
  public static Future<RelayServer> listen(
      Vertx vertx, int eventLoops, HubLoop hub, HttpPages pages, Start start) {
    RelayServer server = new RelayServer(vertx, start.options(), hub, pages, start.certificate());
    if (!TlsOptions.boring()) {
      RelayLog.log(Category.CONNECTION, Level.WARN, "tls-by-jdk-engine");
    }
    // Each from this thread, which has no context: so each gets an event loop of its own. To
    // Vert.x a negative port is a free one that all who name it share.
    int port = start.options().port() == 0 ? -1 : start.options().port();
    List<Future<Integer>> listening = new ArrayList<>();
    for (int i = 0; i < eventLoops; i++) {
      listening.add(server.listenOnce(port));
    }
    return Future.all(listening)
        .map(server)
        .recover(
            cause ->
                Future.failedFuture(
                    cause instanceof java.io.IOException
                        ? new Fault(
                            FaultCode.PORT_IN_USE,
                            "cannot listen on "
                                + start.options().host()
                                + ":"
                                + start.options().port(),
                            cause)
                        : cause));
  }

  /** What to start with. */
  public record Start(Options options, ServedCertificate certificate) {}

  /** The port it listens on. */
  public int port() {
    return servers.get(0).actualPort();
  }

  /** Connections of all kinds. */
  public int openConnections() {
    return open.size();
  }

  /** Serves new connections with another certificate; the old stays when the new one is refused. */
  public Future<Void> use(ServedCertificate next) {
    ServerSSLOptions tls = new ServerSSLOptions();
    tls.setKeyCertOptions(TlsOptions.keyCert(next));
    tls.setEnabledSecureTransportProtocols(TlsOptions.protocols());
    tls.setSslHandshakeTimeout(HANDSHAKE_SECONDS);
    return servers
        .get(0)
        .updateSSLOptions(tls, true)
        .onSuccess(changed -> certificate = next)
        .mapEmpty();
  }

  /** Serves no new connections; what is open stays. Vert.x's own closing would end that too. */
  public void refuseNew() {
    refusing = true;
  }

  private Future<Integer> listenOnce(int port) {
    HttpServerOptions http =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(TlsOptions.keyCert(certificate))
            .setSslEngineOptions(TlsOptions.engine())
            .setEnabledSecureTransportProtocols(TlsOptions.protocols())
            .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
            .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
            .setUseAlpn(false)
            .setAcceptBacklog(BACKLOG)
            .setTcpNoDelay(true)
            .setTcpKeepAlive(true)
            .setAcceptUnmaskedFrames(true)
            .setMaxWebSocketFrameSize(WireLimits.MAX_FRAME)
            .setMaxWebSocketMessageSize(WireLimits.MAX_FRAME)
            .setPerMessageWebSocketCompressionSupported(false)
            .setPerFrameWebSocketCompressionSupported(false)
            .setWebSocketClosingTimeout(5)
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(MAX_HEADERS)
            .setMaxChunkSize(MAX_HEADERS)
            .setHttp2ClearTextEnabled(false)
            .setCompressionSupported(false)
            .setHandle100ContinueAutomatically(false);
    HttpServer server =
        vertx
            .createHttpServer(http)
            .connectionHandler(this::connected)
            .exceptionHandler(this::failedBelowHttp)
            .invalidRequestHandler(
                request -> pages.problem(request, 400, "that is not HTTP as it should be"))
            .requestHandler(this::requested);
    servers.add(server);
    String host = options.host().equals("*") ? "0.0.0.0" : options.host();
    return server.listen(port, host).map(HttpServer::actualPort);
  }

  private void connected(HttpConnection connection) {
    open.add(connection);
    boolean full = open.size() > options.maxConnections();
    if (full || refusing) {
      if (full) {
        RelayLog.log(Category.CONNECTION, Level.WARN, "too-many-connections");
      }
      connection.closeHandler(nothing -> open.remove(connection));
      connection.close();
      return;
    }
    long timer = vertx.setTimer(REQUEST_MILLIS, late -> connection.close());
    timers.put(connection, timer);
    connection.closeHandler(
        nothing -> {
          open.remove(connection);
          cancelTimer(connection);
        });
  }

  private void cancelTimer(HttpConnection connection) {
    Long timer = timers.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }

  private void requested(HttpServerRequest request) {
    if (!WireLimits.PEER_PATH.equals(request.path())) {
      pages.serve(request);
    } else if (!request.canUpgradeToWebSocket()) {
      pages.problem(request, 426, "peers speak WebSocket here");
    } else {
      HttpConnection connection = request.connection();
      request
          .toWebSocket()
          .onSuccess(
              socket -> {
                cancelTimer(connection);
                countUntilClosed(connection, socket);
                ConnectionId id = new ConnectionId(lastId.incrementAndGet());
                new PeerConnection(id, socket, hub, PeerConnection.Patience.DEFAULT)
                    .open(binding());
              })
          .onFailure(cause -> connection.close());
    }
  }

  /** From the upgrade on, Vert.x tells the HTTP connection nothing any more, its end included. */
  private void countUntilClosed(HttpConnection connection, ServerWebSocket socket) {
    ((WebSocketInternal) socket)
        .channelHandlerContext()
        .channel()
        .closeFuture()
        .addListener(nothing -> open.remove(connection));
  }

  private Bytes binding() {
    return options
        .publicHost()
        .map(host -> Bytes.of(host.getBytes(StandardCharsets.UTF_8)))
        .orElseGet(() -> certificate.publicKeyHash());
  }

  /**
   * Plain HTTP on the TLS port, port scans, clients with old TLS: one line, at most one a second.
   */
  private void failedBelowHttp(Throwable cause) {
    long now = System.nanoTime();
    long last = lastTlsNote.get();
    if (now - last > TimeUnit.SECONDS.toNanos(1) && lastTlsNote.compareAndSet(last, now)) {
      RelayLog.log(
          Category.CONNECTION,
          Level.INFO,
          "tls-refused",
          Map.of("cause", cause.getClass().getSimpleName()));
    }
  }
}
