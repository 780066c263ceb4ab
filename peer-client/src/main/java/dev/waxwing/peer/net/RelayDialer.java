package dev.waxwing.peer.net;

import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Invite;
import dev.waxwing.identity.LoginTranscript;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import io.netty.handler.ssl.NotSslRecordException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to one relay and lets none through whose relay has not proved itself: the
 * pinned identity signed this nonce and what this very connection is bound to. Blocking; any thread
 * but an event loop.
 */
public final class RelayDialer implements AutoCloseable {
  private static final long CONNECT_MILLIS = 8_000;
  private static final long HELLO_MILLIS = 10_000;
  private static final long PING_MILLIS = 30_000;

  /** Pings without any sign of the relay after which it is given up; the relay's own patience. */
  private static final int PINGS = 3;

  private final CompletableFuture<Vertx> started;
  private final Suite suite;
  private final SecureRandom random;
  private final long pingMillis;

  /**
   * A dialer with its own event loops. They start beside the caller, who has something else to open
   * meanwhile: of a command's first second it is a third.
   */
  public RelayDialer(Suite suite, SecureRandom random) {
    this(suite, random, PING_MILLIS);
  }

  /**
   * A dialer whose connections ask so often whether the relay is there.
   *
   * @param pingMillis between two pings
   */
  RelayDialer(Suite suite, SecureRandom random, long pingMillis) {
    this.suite = suite;
    this.random = random;
    this.pingMillis = pingMillis;
    this.started = new CompletableFuture<>();
    // Set up before there are two threads that log: the second would be told to wait, on stderr.
    LoggerFactory.getILoggerFactory();
    Thread starting = new Thread(this::start, "relay dialer");
    starting.setDaemon(true);
    starting.start();
  }

  private void start() {
    try {
      Vertx vertx =
          Vertx.builder()
              .with(
                  new VertxOptions()
                      .setEventLoopPoolSize(2)
                      .setWorkerPoolSize(1)
                      .setInternalBlockingPoolSize(2)
                      .setPreferNativeTransport(true)
                      // A laden machine is no mistake of this program's: nothing to tell a person.
                      .setBlockedThreadCheckInterval(TimeUnit.HOURS.toMillis(1)))
              .build();
      // Loads what the first connection needs.
      vertx.createWebSocketClient(options(false)).close();
      started.complete(vertx);
    } catch (RuntimeException | LinkageError e) {
      started.completeExceptionally(e);
    }
  }

  private Vertx vertx() {
    try {
      return started.join();
    } catch (CompletionException e) {
      throw new Fault(FaultCode.UNAVAILABLE, "networking does not start here", e.getCause());
    }
  }

  /**
   * A verified connection.
   *
   * @throws Fault NETWORK_UNREACHABLE, NOT_TLS, NOT_A_RELAY, RELAY_TIMEOUT, RELAY_IDENTITY_CHANGED,
   *     CERTIFICATE_MISMATCH, or what the relay said
   */
  public RelayConnection dial(RelayTarget target) {
    Fault last = new Fault(FaultCode.NETWORK_UNREACHABLE, "the invite names no address");
    for (String address : target.addresses()) {
      try {
        return dial(target, address);
      } catch (Fault fault) {
        last = fault;
        if (fault.code().kind() == FaultCode.Kind.TRUST) {
          throw fault;
        }
      }
    }
    throw last;
  }

  private RelayConnection dial(RelayTarget target, String address) {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon).replaceAll("^\\[|]$", "");
    int port = Integer.parseInt(address.substring(colon + 1));
    boolean throughProxy = target.binding() == Invite.Binding.HOST_NAME;
    Vertx vertx = vertx();
    // One event loop a connection, so that a file and chat do not wait for one another.
    ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
    CompletableFuture<RelayConnection> opened = new CompletableFuture<>();
    context.runOnContext(
        on -> {
          WebSocketClient client = vertx.createWebSocketClient(options(throughProxy));
          client
              .connect(
                  new WebSocketConnectOptions()
                      .setHost(host)
                      .setPort(port)
                      .setURI(WireLimits.PEER_PATH)
                      .setTimeout(CONNECT_MILLIS))
              .onComplete(
                  result -> {
                    if (result.failed()) {
                      client.close();
                      opened.completeExceptionally(explain(result.cause(), address));
                    } else {
                      WebSocket socket = result.result();
                      RelayConnection connection =
                          new RelayConnection(
                              socket, context, PINGS * pingMillis, () -> client.close());
                      vertx.setPeriodic(pingMillis, timer -> ping(connection, timer));
                      if (!opened.complete(connection)) {
                        connection.close();
                      }
                    }
                  });
        });
    RelayConnection connection = await(opened, address);
    try {
      verify(connection, target, host);
      return connection;
    } catch (Fault fault) {
      connection.close();
      throw fault;
    }
  }

  private void ping(RelayConnection connection, long timer) {
    if (connection.open()) {
      connection.ping();
    } else {
      vertx().cancelTimer(timer);
    }
  }

  private static WebSocketClientOptions options(boolean throughProxy) {
    WebSocketClientOptions options =
        new WebSocketClientOptions()
            .setSsl(true)
            .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
            .setConnectTimeout((int) CONNECT_MILLIS)
            .setTcpNoDelay(true)
            .setMaxFrameSize(WireLimits.MAX_FRAME)
            .setMaxMessageSize(WireLimits.MAX_FRAME)
            .setTryUsePerFrameCompression(false)
            .setTryUsePerMessageCompression(false)
            .setSendUnmaskedFrames(!throughProxy);
    if (!throughProxy) {
      // The relay's own certificate proves nothing by itself: the signed hello does.
      options.setTrustOptions(TrustOptions.wrap(new AnyCertificate())).setVerifyHost(false);
    }
    if (OpenSSLEngineOptions.isAvailable()) {
      options.setSslEngineOptions(new OpenSSLEngineOptions());
    }
    return options;
  }

  private void verify(RelayConnection connection, RelayTarget target, String host) {
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    connection.send(new PeerMessage.Hello(WireLimits.VERSION, Bytes.of(nonce)), new byte[0]);
    RelayMessage answer = connection.require(HELLO_MILLIS).message();
    if (!(answer instanceof RelayMessage.RelayHello hello)) {
      throw new Fault(FaultCode.NOT_A_RELAY, "what answers is not a Waxwing relay");
    }
    if (hello.version() != WireLimits.VERSION) {
      throw new Fault(FaultCode.VERSION_UNKNOWN, "the relay speaks another version");
    }
    if (!hello.relay().equals(target.relay())) {
      throw new Fault(
          FaultCode.RELAY_IDENTITY_CHANGED,
          "this address answers, but it is not the relay of your invite");
    }
    Bytes binding =
        target.binding() == Invite.Binding.HOST_NAME
            ? Bytes.of(host.getBytes(StandardCharsets.UTF_8))
            : connection.certificateHash();
    LoginTranscript transcript =
        new LoginTranscript(hello.relay(), Bytes.of(nonce), hello.challenge(), binding);
    if (!hello.binding().equals(binding)
        || !transcript.verifyRelay(suite.signing(), hello.signature())) {
      throw new Fault(
          FaultCode.CERTIFICATE_MISMATCH, "the relay did not sign for this very connection");
    }
    connection.verified(hello, transcript);
  }

  private static <T> T await(CompletableFuture<T> future, String address) {
    try {
      return future.get(CONNECT_MILLIS + 2_000, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Fault fault ? fault : explain(e, address);
    } catch (TimeoutException e) {
      future.completeExceptionally(e);
      throw new Fault(FaultCode.NETWORK_UNREACHABLE, address + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault(FaultCode.CANCELLED, "interrupted", e);
    }
  }

  private static boolean causedBy(Throwable failure, Class<? extends Throwable> kind) {
    Throwable cause = failure;
    while (cause != null && !kind.isInstance(cause)) {
      cause = cause.getCause();
    }
    return cause != null;
  }

  /** Whether what happened first is that the connection ended. */
  private static boolean cut(Throwable failure) {
    Throwable first = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      first = cause;
    }
    return first instanceof IOException && !(first instanceof SSLException);
  }

  private static Fault explain(Throwable failure, String address) {
    // The most telling cause first: what is not TLS comes wrapped in a failure of TLS.
    if (causedBy(failure, NotSslRecordException.class)) {
      return new Fault(FaultCode.NOT_TLS, address + " does not speak TLS", failure);
    }
    if (causedBy(failure, UpgradeRejectedException.class)) {
      return new Fault(FaultCode.NOT_A_RELAY, address + " is not a Waxwing relay", failure);
    }
    // A handshake the network cut is a failure of TLS around one of the connection.
    if (causedBy(failure, SSLException.class) && !cut(failure)) {
      return new Fault(
          FaultCode.NOT_A_RELAY, "no secure connection to " + address + " came about", failure);
    }
    return new Fault(FaultCode.NETWORK_UNREACHABLE, address + " cannot be reached", failure);
  }

  static Bytes certificateHash(List<Certificate> chain) {
    try {
      return Bytes.of(
          MessageDigest.getInstance("SHA-256").digest(chain.get(0).getPublicKey().getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new Fault(FaultCode.UNAVAILABLE, "this Java has no SHA-256", e);
    }
  }

  static Bytes certificateHash(WebSocket socket) {
    try {
      return certificateHash(socket.peerCertificates());
    } catch (SSLPeerUnverifiedException e) {
      throw new Fault(FaultCode.CERTIFICATE_MISMATCH, "the relay shows no certificate", e);
    }
  }

  /** Closes every connection and the event loops. */
  @Override
  public void close() {
    started.thenAccept(Vertx::close);
  }
}
