package dev.waxwing.peer.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Invite;
import dev.waxwing.identity.LoginTranscript;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.message.UserId;
import dev.waxwing.network.FaultProxy;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.PfxOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets past the dialer, and what anybody else has heard of us by then. */
class RelayDialerTest {
  private static final String TRUST = "javax.net.ssl.trustStore";
  private static final String PASSWORD = "changeit";
  private static final Suite SUITE = Suite.wx1();

  @TempDir static Path folder;

  private final Signing.Pair relay = SUITE.signing().pair(Secret.copyOf(new byte[32]));
  private final Queue<PeerMessage> heard = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pings = new AtomicInteger();

  /** What the server does once it has said who it is. */
  private volatile Consumer<ServerWebSocket> afterHello = socket -> {};

  private final Vertx vertx = Vertx.vertx();
  private final RelayDialer dialer = new RelayDialer(SUITE, new SecureRandom());
  private final String before = System.getProperty(TRUST, "");

  /** A certificate for a host, of which nobody but {@link #TRUST} needs to know. */
  @BeforeAll
  static void makeCertificates() throws Exception {
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    for (String host : List.of("localhost", "elsewhere.example")) {
      Path file = folder.resolve(host);
      Process keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-keyalg",
                  "EC",
                  "-storetype",
                  "PKCS12",
                  "-storepass",
                  PASSWORD,
                  "-alias",
                  "relay",
                  "-dname",
                  "CN=relay",
                  "-ext",
                  "san=dns:" + host,
                  "-keystore",
                  file.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve(host + ".log").toFile())
              .start();
      assertTrue(keytool.waitFor(60, TimeUnit.SECONDS));
      KeyStore made = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
      known.setCertificateEntry(host, made.getCertificate("relay"));
    }
    try (var out = Files.newOutputStream(folder.resolve("known"))) {
      known.store(out, PASSWORD.toCharArray());
    }
  }

  @BeforeEach
  void trustThem() {
    System.setProperty(TRUST, folder.resolve("known").toString());
    System.setProperty(TRUST + "Password", PASSWORD);
  }

  @AfterEach
  void close() {
    if (before.isEmpty()) {
      System.clearProperty(TRUST);
      System.clearProperty(TRUST + "Password");
    }
    dialer.close();
    vertx.close();
  }

  /** What a relay answers to a hello. */
  private interface Answer {
    RelayMessage.RelayHello to(PeerMessage.Hello hello) throws Exception;
  }

  /** A server with the certificate of a host; returns where to dial it. */
  private RelayTarget serve(String host, Invite.Binding binding, Answer answer) throws Exception {
    HttpServer server =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setSsl(true)
                .setAcceptUnmaskedFrames(true)
                .setKeyCertOptions(
                    new PfxOptions()
                        .setPath(folder.resolve(host).toString())
                        .setPassword(PASSWORD)));
    server.webSocketHandler(
        socket -> {
          socket.frameHandler(frame -> pings.addAndGet(frame.isPing() ? 1 : 0));
          socket.handler(
              buffer -> {
                PeerMessage message = HeaderCodec.peerMessage(Frame.parse(buffer.getBytes()));
                heard.add(message);
                if (message instanceof PeerMessage.Hello hello) {
                  try {
                    Frame frame = HeaderCodec.frame(answer.to(hello), new byte[0]);
                    socket.writeBinaryMessage(Buffer.buffer(frame.array()));
                    afterHello.accept(socket);
                  } catch (Exception e) {
                    socket.close();
                  }
                }
              });
        });
    int port =
        server
            .listen(0, "localhost")
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS)
            .actualPort();
    return new RelayTarget(List.of("localhost:" + port), relay.publicKey(), binding);
  }

  private static Bytes hashOf(String host) throws Exception {
    KeyStore store = KeyStore.getInstance(folder.resolve(host).toFile(), PASSWORD.toCharArray());
    byte[] key = store.getCertificate("relay").getPublicKey().getEncoded();
    return Bytes.of(MessageDigest.getInstance("SHA-256").digest(key));
  }

  private static RelayMessage.RelayHello signed(Signing.Pair by, Bytes nonce, Bytes binding) {
    Bytes challenge = Bytes.of(new byte[32]);
    LoginTranscript transcript = new LoginTranscript(by.publicKey(), nonce, challenge, binding);
    return new RelayMessage.RelayHello(
        1,
        by.publicKey(),
        challenge,
        binding,
        transcript.signAsRelay(SUITE.signing(), by),
        "relay",
        true,
        true);
  }

  private static Bytes utf8(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private void refused(FaultCode code, RelayTarget target) {
    Fault fault = assertThrows(Fault.class, () -> dialer.dial(target).close());
    assertEquals(code, fault.code());
    assertTrue(heard.stream().allMatch(PeerMessage.Hello.class::isInstance), heard::toString);
  }

  @Test
  void relayThatSignsForItsOwnCertificateIsLetThroughWhateverTheCertificateSays() throws Exception {
    String host = "elsewhere.example";
    RelayTarget target =
        serve(
            host, Invite.Binding.CERTIFICATE, hello -> signed(relay, hello.nonce(), hashOf(host)));
    try (RelayConnection connection = dialer.dial(target)) {
      assertEquals(relay.publicKey(), connection.hello().relay());
    }
  }

  @Test
  void signatureForAnotherCertificateIsRefused() throws Exception {
    refused(
        FaultCode.CERTIFICATE_MISMATCH,
        serve(
            "localhost",
            Invite.Binding.CERTIFICATE,
            hello -> signed(relay, hello.nonce(), hashOf("elsewhere.example"))));
  }

  @Test
  void anotherRelayIsRefused() throws Exception {
    Signing.Pair other = SUITE.signing().pair(Secret.copyOf(hashOf("localhost").toArray()));
    refused(
        FaultCode.RELAY_IDENTITY_CHANGED,
        serve(
            "localhost",
            Invite.Binding.CERTIFICATE,
            hello -> signed(other, hello.nonce(), hashOf("localhost"))));
  }

  @Test
  void signatureOverAnotherNonceIsRefused() throws Exception {
    refused(
        FaultCode.CERTIFICATE_MISMATCH,
        serve(
            "localhost",
            Invite.Binding.CERTIFICATE,
            hello -> signed(relay, Bytes.of(new byte[32]), hashOf("localhost"))));
  }

  @Test
  void hostNameIsABindingOnlyWithACertificateForThatHost() throws Exception {
    Answer answer = hello -> signed(relay, hello.nonce(), utf8("localhost"));
    refused(FaultCode.NOT_A_RELAY, serve("elsewhere.example", Invite.Binding.HOST_NAME, answer));
    assertTrue(heard.isEmpty(), "not even a hello goes to another host");
    dialer.dial(serve("localhost", Invite.Binding.HOST_NAME, answer)).close();
  }

  @Test
  void hostNameIsABindingOnlyWithACertificateOfAKnownAuthority() throws Exception {
    Path nobody = folder.resolve("elsewhere.only");
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    KeyStore other =
        KeyStore.getInstance(folder.resolve("elsewhere.example").toFile(), PASSWORD.toCharArray());
    known.setCertificateEntry("other", other.getCertificate("relay"));
    try (var out = Files.newOutputStream(nobody)) {
      known.store(out, PASSWORD.toCharArray());
    }
    System.setProperty(TRUST, nobody.toString());
    refused(
        FaultCode.NOT_A_RELAY,
        serve(
            "localhost",
            Invite.Binding.HOST_NAME,
            hello -> signed(relay, hello.nonce(), utf8("localhost"))));
    assertTrue(heard.isEmpty());
  }

  @Test
  void hostNameInPlaceOfTheCertificateIsRefused() throws Exception {
    refused(
        FaultCode.CERTIFICATE_MISMATCH,
        serve(
            "localhost",
            Invite.Binding.CERTIFICATE,
            hello -> signed(relay, hello.nonce(), utf8("localhost"))));
  }

  @Test
  void aRelayThatIsNotHeardAnyMoreIsGivenUpAndAQuietOneIsNot() throws Exception {
    RelayTarget target =
        serve(
            "localhost",
            Invite.Binding.CERTIFICATE,
            hello -> signed(relay, hello.nonce(), hashOf("localhost")));
    String address = target.addresses().get(0);
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    try (FaultProxy way = new FaultProxy(port, 1);
        RelayDialer pinging = new RelayDialer(SUITE, new SecureRandom(), 50)) {
      RelayTarget through =
          new RelayTarget(List.of("localhost:" + way.port()), target.relay(), target.binding());
      try (RelayConnection connection = pinging.dial(through)) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (pings.get() < 20) {
          assertTrue(System.nanoTime() < until, "nobody pings");
          assertNull(connection.receive(10));
        }
        way.swallow();
        Fault fault = null;
        while (fault == null && System.nanoTime() < until) {
          // What this machine's own buffer takes is no sign of the relay.
          fault = endOf(connection);
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        assertNotNull(fault, "half-open for ever");
        assertEquals(FaultCode.RELAY_TIMEOUT, fault.code());
      }
    }
  }

  @Test
  void aRelayThatSpeaksAndDoesNotReadIsGivenUpByWhoeverSends() throws Exception {
    afterHello =
        socket -> {
          socket.pause();
          Frame frame =
              HeaderCodec.frame(new RelayMessage.Presence(new UserId("bob"), true), new byte[0]);
          for (int i = 0; i < 100; i++) {
            socket.writeBinaryMessage(Buffer.buffer(frame.array()));
          }
        };
    RelayTarget target =
        serve(
            "localhost",
            Invite.Binding.CERTIFICATE,
            hello -> signed(relay, hello.nonce(), hashOf("localhost")));
    ExecutorService sender = Executors.newSingleThreadExecutor();
    try (RelayDialer pinging = new RelayDialer(SUITE, new SecureRandom(), 500);
        RelayConnection connection = pinging.dial(target)) {
      Future<Fault> end = sender.submit(() -> sendUntilTheEnd(connection));
      assertEquals(FaultCode.RELAY_TIMEOUT, end.get(30, TimeUnit.SECONDS).code());
    } finally {
      sender.shutdownNow();
    }
  }

  /** Nobody takes what comes meanwhile: so it is for the one thread that owns a profile. */
  private static Fault sendUntilTheEnd(RelayConnection connection) {
    PeerMessage slice = new Slice(new BlobId(Bytes.of(new byte[BlobId.LENGTH])), 0, 0, 50_000);
    try {
      while (true) {
        connection.send(slice, new byte[50_000]);
      }
    } catch (Fault fault) {
      return fault;
    }
  }

  private static Fault endOf(RelayConnection connection) {
    try {
      connection.send(new PeerMessage.Who(1, false), new byte[0]);
      connection.receive(0);
      return null;
    } catch (Fault fault) {
      return fault;
    }
  }
}
