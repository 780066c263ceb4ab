package dev.waxwing.relay.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Invite;
import dev.waxwing.identity.LoginTranscript;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A person with one device and one connection: real keys, real sockets, no library of ours. */
final class TestPeer {
  /** A frame that came. */
  record In(RelayMessage message, byte[] body) {}

  private static final Signing SIGNING = Suite.wx1().signing();
  private static final int PATIENCE_SECONDS = 15;

  final Address who;
  final CompletableFuture<Short> closed = new CompletableFuture<>();
  final WebSocket socket;

  /** Held, because Vert.x closes a client that nobody holds. */
  private final WebSocketClient client;

  private final LinkedBlockingQueue<In> frames = new LinkedBlockingQueue<>();
  private final Signing.Pair account;
  private final Signing.Pair device;
  private final Bytes record;
  private LoginTranscript transcript;

  TestPeer(Vertx vertx, int port, String name) throws Exception {
    Random random = new Random(name.hashCode());
    who = new Address(new UserId(name), new DeviceId(bytes(random, DeviceId.LENGTH)));
    account = SIGNING.pair(Secret.copyOf(bytes(random, 32).toArray()));
    device = SIGNING.pair(Secret.copyOf(bytes(random, 32).toArray()));
    record =
        Bytes.of(
            new UserRecord(
                    who.user(),
                    0,
                    Bytes.EMPTY,
                    account.publicKey(),
                    bytes(random, UserRecord.VAULT_KEY),
                    List.of(
                        new UserRecord.Device(who.device(), device.publicKey(), bytes(random, 32))),
                    5)
                .sign(SIGNING, account)
                .toBytes());
    client =
        vertx.createWebSocketClient(
            (WebSocketClientOptions)
                new WebSocketClientOptions()
                    .setSendUnmaskedFrames(true)
                    .setMaxFrameSize(WireLimits.MAX_FRAME)
                    .setMaxMessageSize(WireLimits.MAX_FRAME)
                    .setSsl(true)
                    .setTrustAll(true)
                    .setVerifyHost(false)
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.3")));
    socket =
        client
            .connect(
                new WebSocketConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(port)
                    .setURI(WireLimits.PEER_PATH))
            .toCompletionStage()
            .toCompletableFuture()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    socket.binaryMessageHandler(
        message -> {
          Frame frame = Frame.parse(message.getBytes());
          frames.add(new In(HeaderCodec.relayMessage(frame), frame.body()));
        });
    socket.closeHandler(nothing -> closed.complete(socket.closeStatusCode()));
    socket.exceptionHandler(cause -> {});
  }

  /** Says hello and checks that the relay is the one invited to, behind this very certificate. */
  TestPeer hello(Bytes relay) throws Exception {
    Bytes nonce = bytes(new Random(System.nanoTime()), 32);
    say(new PeerMessage.Hello(WireLimits.VERSION, nonce));
    RelayMessage.RelayHello hello = expect(RelayMessage.RelayHello.class);
    X509Certificate served = (X509Certificate) socket.peerCertificates().get(0);
    Bytes binding =
        Bytes.of(MessageDigest.getInstance("SHA-256").digest(served.getPublicKey().getEncoded()));
    assertEquals(relay, hello.relay());
    assertEquals(binding, hello.binding());
    transcript = new LoginTranscript(relay, nonce, hello.challenge(), binding);
    assertTrue(transcript.verifyRelay(SIGNING, hello.signature()));
    return this;
  }

  /** Registers with an invite's text. */
  RelayMessage.Welcome register(String invite) throws Exception {
    Invite parsed = Invite.parse(invite);
    hello(parsed.relay());
    say(
        new PeerMessage.Register(
            who.user(),
            who.device(),
            parsed.token(),
            null,
            transcript.signRegistration(SIGNING, account, who, record),
            transcript.signAsDevice(SIGNING, device, who)),
        record.toArray());
    return expect(RelayMessage.Welcome.class);
  }

  /** Logs in. */
  void login(Bytes relay) throws Exception {
    hello(relay);
    say(
        new PeerMessage.Login(
            who.user(), who.device(), transcript.signAsDevice(SIGNING, device, who)));
  }

  void say(PeerMessage message) {
    say(message, new byte[0]);
  }

  void say(PeerMessage message, byte[] body) {
    raw(HeaderCodec.frame(message, body).array());
  }

  void raw(byte[] frame) {
    socket.writeBinaryMessage(Buffer.buffer(frame));
  }

  /** The next frame, which must be of this type. */
  <T extends RelayMessage> T expect(Class<T> type) throws InterruptedException {
    return type.cast(next(type).message());
  }

  /** The next frame, which must be of this type, with its body. */
  In next(Class<? extends RelayMessage> type) throws InterruptedException {
    In in = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertNotNull(in, "nothing came, wanted " + type.getSimpleName());
    assertEquals(type, in.message().getClass(), () -> "got " + in.message());
    return in;
  }

  /** The next frame. */
  RelayMessage any() throws InterruptedException {
    In in = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertNotNull(in, "nothing came");
    return in.message();
  }

  /** Waits for the end of the connection. */
  void awaitClosed() throws Exception {
    closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    client.close();
  }

  static Bytes bytes(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  /** Options that let HTTP requests through to the self-signed certificate. */
  static HttpClientOptions https() {
    return new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false);
  }
}
