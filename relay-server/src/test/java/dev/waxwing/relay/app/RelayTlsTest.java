package dev.waxwing.relay.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.local.LocalClient;
import dev.waxwing.local.ProfileLock;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.relay.net.ServedCertificate;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole relay in this process, reached over real TLS sockets on loopback. */
@Timeout(60)
class RelayTlsTest {
  @TempDir Path temp;
  private final Map<Setting, List<String>> flags = new EnumMap<>(Setting.class);
  private final List<TestPeer> peers = new ArrayList<>();
  private Vertx vertx;
  private HttpClient http;
  private ProfileLock lock;
  private Relay relay;
  private boolean drained;

  @BeforeEach
  void prepare() {
    vertx = Vertx.vertx();
    http = vertx.createHttpClient(TestPeer.https());
    flags.put(Setting.DIR, List.of(temp.resolve("relay").toString()));
    flags.put(Setting.HOST, List.of("127.0.0.1"));
    flags.put(Setting.PORT, List.of("0"));
    flags.put(Setting.LOGIN_RATE, List.of("1000"));
  }

  @AfterEach
  void stop() throws Exception {
    if (relay != null && !drained) {
      relay.close();
    }
    if (lock != null) {
      lock.close();
    }
    // Not waited for: Vert.x's client can take its whole closing time-out for sockets long gone.
    vertx.close();
  }

  @Test
  void aMessageToSomebodyAwayIsAcceptedAndArrivesWhenTheyCome() throws Exception {
    start();
    String invite = invite(2);
    TestPeer bob = peer("bob");
    bob.register(invite);
    bob.socket.close();
    bob.awaitClosed();
    TestPeer ali = peer("ali");
    ali.register(invite);
    MessageId id = new MessageId(random(16));
    byte[] sealed = random(300).toArray();
    ali.say(
        new PeerMessage.Send(
            id, bob.who.user(), List.of(new PeerMessage.Target(bob.who.device(), sealed.length))),
        sealed);
    assertEquals(id, ali.expect(RelayMessage.Accepted.class).id());
    TestPeer again = peer("bob");
    again.login(relay.identity());
    RelayMessage.Welcome welcome = again.expect(RelayMessage.Welcome.class);
    TestPeer.In mail = again.next(RelayMessage.Deliver.class);
    RelayMessage.Deliver deliver = (RelayMessage.Deliver) mail.message();
    assertEquals(id, deliver.id());
    assertEquals(ali.who, deliver.from());
    assertArrayEquals(sealed, mail.body());
    again.say(
        new PeerMessage.Ack(welcome.epoch(), List.of(new PeerMessage.Mail(deliver.seq(), id))));
    again.say(new PeerMessage.Who(1, false));
    again.expect(RelayMessage.People.class);
    assertEquals(0, ask("status", LocalClient.args()).path("mailWaiting").asLong());
  }

  @Test
  void aFileFlowsToItsReaderWhileItGrowsByteForByte() throws Exception {
    start();
    String invite = invite(2);
    TestPeer ali = peer("ali");
    ali.register(invite);
    TestPeer bob = peer("bob");
    bob.register(invite);
    BlobId blob = new BlobId(random(16));
    ali.say(new PeerMessage.CreateBlob(1, blob), Address.encodeList(List.of(bob.who)));
    ali.expect(RelayMessage.Done.class);
    TestPeer up = data(ali);
    TestPeer down = data(bob);
    down.say(new PeerMessage.Get(blob, 0));
    up.say(new PeerMessage.Put(blob));
    assertEquals(0, up.expect(RelayMessage.PutFrom.class).part());
    byte[] file = random(WireLimits.MAX_PART + 70_000).toArray();
    put(up, blob, 0, file, 0, WireLimits.MAX_PART);
    put(up, blob, 1, file, WireLimits.MAX_PART, 70_000);
    up.say(new PeerMessage.Seal(blob, 2, file.length));
    byte[] got = new byte[file.length];
    for (int at = 0; at < file.length; ) {
      TestPeer.In in = down.next(Slice.class);
      Slice slice = (Slice) in.message();
      System.arraycopy(
          in.body(),
          0,
          got,
          (int) WireLimits.partStart(slice.part()) + slice.at(),
          in.body().length);
      at += in.body().length;
    }
    assertArrayEquals(file, got);
    assertEquals(new RelayMessage.End(blob, 2, file.length), down.expect(RelayMessage.End.class));
    down.say(new PeerMessage.Held(blob, 2));
    RelayMessage last = up.any();
    while (last instanceof RelayMessage.Kept) {
      last = up.any();
    }
    assertEquals(new RelayMessage.Sealed(blob), last);
    bob.say(new PeerMessage.FinishBlob(2, blob));
    bob.expect(RelayMessage.Done.class);
  }

  @Test
  void garbageEndsItsConnectionOnly() throws Exception {
    start();
    TestPeer ali = peer("ali");
    ali.register(invite(1));
    Random random = new Random(7);
    for (int length : new int[] {0, 1, 2, 3, 100, 9000}) {
      TestPeer hostile = peer("mallory");
      hostile.raw(TestPeer.bytes(random, length).toArray());
      hostile.expect(RelayMessage.Bye.class);
      hostile.awaitClosed();
    }
    TestPeer texting = peer("mallory");
    texting.socket.writeTextMessage("hello?");
    texting.expect(RelayMessage.Bye.class);
    texting.awaitClosed();
    ali.say(new PeerMessage.Who(1, false));
    ali.expect(RelayMessage.People.class);
  }

  @Test
  void aFrameOverTheLimitEndsItsConnection() throws Exception {
    start();
    TestPeer hostile = peer("mallory");
    hostile.socket.writeBinaryMessage(Buffer.buffer(new byte[WireLimits.MAX_FRAME + 1]));
    hostile.awaitClosed();
    TestPeer pieces = peer("mallory");
    pieces.socket.writeFrame(
        io.vertx.core.http.WebSocketFrame.binaryFrame(
            Buffer.buffer(new byte[WireLimits.MAX_FRAME]), false));
    pieces.socket.writeFrame(
        io.vertx.core.http.WebSocketFrame.continuationFrame(Buffer.buffer(new byte[2]), true));
    pieces.awaitClosed();
    assertEquals(200, get("/healthz").statusCode());
  }

  @Test
  void plainHttpAndOldTlsAreRefusedWithoutHarm() throws Exception {
    start();
    try (Socket plain = new Socket("127.0.0.1", relay.port())) {
      plain.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      plain.setSoTimeout(10_000);
      InputStream in = plain.getInputStream();
      while (in.read() >= 0) {
        // An alert may come; what matters is that it ends.
      }
    }
    SSLContext any = SSLContext.getInstance("TLS");
    any.init(null, new javax.net.ssl.TrustManager[] {new TrustAll()}, null);
    try (SSLSocket old =
        (SSLSocket) any.getSocketFactory().createSocket("127.0.0.1", relay.port())) {
      old.setEnabledProtocols(new String[] {"TLSv1.2"});
      assertThrows(SSLException.class, old::startHandshake);
    }
    assertEquals(200, get("/healthz").statusCode());
  }

  @Test
  void pagesAreHealthMetricsAndProblems() throws Exception {
    start();
    HttpClientResponse health = get("/healthz");
    assertEquals(200, health.statusCode());
    HttpClientResponse metrics = get("/metrics");
    assertTrue(metrics.getHeader("Content-Type").startsWith("application/openmetrics-text"));
    String text = metrics.body().toCompletionStage().toCompletableFuture().get().toString();
    assertTrue(text.endsWith("# EOF\n"));
    assertTrue(text.contains("waxwing_relay_logins_total 0"), text);
    HttpClientResponse other = get("/elsewhere");
    assertEquals(404, other.statusCode());
    assertEquals("application/problem+json", other.getHeader("Content-Type"));
    assertEquals(426, get(WireLimits.PEER_PATH).statusCode());
    assertEquals(404, get("/metrics/../x").statusCode());
  }

  @Test
  void whoeverSaysNothingIsClosedInTime() throws Exception {
    start();
    try (Socket silent = new Socket("127.0.0.1", relay.port());
        Socket slow = new Socket("127.0.0.1", relay.port())) {
      OutputStream dribble = slow.getOutputStream();
      dribble.write(0x16);
      silent.setSoTimeout(20_000);
      slow.setSoTimeout(20_000);
      assertEquals(-1, silent.getInputStream().read());
      assertEquals(-1, slow.getInputStream().read());
    }
    SSLContext any = SSLContext.getInstance("TLS");
    any.init(null, new javax.net.ssl.TrustManager[] {new TrustAll()}, null);
    try (SSLSocket loris =
        (SSLSocket) any.getSocketFactory().createSocket("127.0.0.1", relay.port())) {
      loris.getOutputStream().write("GET /healthz HTTP/1.1\r\nX: ".getBytes(UTF_8));
      loris.setSoTimeout(20_000);
      assertEquals(-1, loris.getInputStream().read());
    }
  }

  @Test
  void connectionsThatEndedCountNoMore() throws Exception {
    flags.put(Setting.MAX_CLIENTS, List.of("1"));
    start();
    int limit = 5 + 256;
    for (int i = 0; i <= limit; i++) {
      TestPeer peer = new TestPeer(vertx, relay.port(), "passer");
      peer.socket.close();
      peer.awaitClosed();
    }
    assertEquals(200, get("/healthz").statusCode());
  }

  @Test
  void kickingEndsThePersonsConnectionAndSaysWhy() throws Exception {
    start();
    TestPeer ali = peer("ali");
    ali.register(invite(1));
    JsonNode clients = ask("clients.ls", LocalClient.args());
    assertEquals("ali", clients.get(0).path("user").asText());
    ask("clients.kick", LocalClient.args().put("user", "ali").put("reason", "enough"));
    RelayMessage.Bye bye = ali.expect(RelayMessage.Bye.class);
    assertEquals(FaultCode.KICKED, bye.code());
    ali.awaitClosed();
    Fault absent =
        assertThrows(
            Fault.class, () -> ask("clients.kick", LocalClient.args().put("user", "nobody")));
    assertEquals(FaultCode.USER_UNKNOWN, absent.code());
  }

  @Test
  void aRemovedPersonIsGoneAndCannotLogIn() throws Exception {
    start();
    TestPeer ali = peer("ali");
    ali.register(invite(1));
    ask("users.remove", LocalClient.args().put("user", "ali"));
    ali.awaitClosed();
    TestPeer again = peer("ali");
    again.login(relay.identity());
    again.awaitClosed();
    Fault gone =
        assertThrows(Fault.class, () -> ask("users.show", LocalClient.args().put("user", "ali")));
    assertEquals(FaultCode.USER_UNKNOWN, gone.code());
  }

  @Test
  void drainingSaysGoodbyeAndEndsInTime() throws Exception {
    start();
    TestPeer ali = peer("ali");
    ali.register(invite(1));
    long before = System.nanoTime();
    drained = true;
    relay.drain(Duration.ofSeconds(9));
    assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(9));
    assertEquals(FaultCode.RELAY_DRAINING, ali.expect(RelayMessage.Bye.class).code());
    ali.awaitClosed();
    assertThrows(Exception.class, () -> peer("late"));
  }

  @Test
  void aNewCertificateIsServedToNewConnectionsWithoutARestart() throws Exception {
    start();
    TestPeer before = peer("ali");
    String invite = invite(2);
    before.register(invite);
    CertificateFiles files = Certificates.selfSigned(temp.resolve("relay/keys"));
    Bytes old = Certificates.load(files).publicKeyHash();
    SelfSigned.create(files, List.of("other.example"), Instant.now());
    ServedCertificate next = Certificates.load(files);
    assertNotEquals(old, next.publicKeyHash());
    relay.lookAtCertificate();
    TestPeer after = peer("bob");
    after.register(invite);
    before.say(new PeerMessage.Who(1, false));
    before.expect(RelayMessage.People.class);
  }

  @Test
  void clientsBeyondTheLimitAreToldThatItIsFull() throws Exception {
    flags.put(Setting.MAX_CLIENTS, List.of("2"));
    start();
    String invite = invite(9);
    Set<FaultCode> codes = new HashSet<>();
    peer("a1").register(invite);
    peer("a2").register(invite);
    for (int i = 0; i < 4; i++) {
      TestPeer extra = peer("b" + i);
      try {
        extra.register(invite);
      } catch (AssertionError refused) {
        codes.add(FaultCode.RELAY_FULL);
        extra.awaitClosed();
      }
    }
    assertEquals(Set.of(FaultCode.RELAY_FULL), codes);
  }

  @Test
  void aUsedUpInviteLetsNobodyElseIn() throws Exception {
    start();
    String invite = invite(1);
    peer("ali").register(invite);
    TestPeer bob = peer("bob");
    assertThrows(AssertionError.class, () -> bob.register(invite));
    assertFalse(ask("users.ls", LocalClient.args()).toString().contains("bob"));
  }

  private void start() {
    RelayConfig config = RelayConfig.of(Settings.of(flags, Map.of()), "test");
    lock = ProfileLock.tryAcquire(config.places().data()).orElseThrow();
    relay = Relay.start(config, lock);
  }

  private TestPeer peer(String name) throws Exception {
    TestPeer peer = new TestPeer(vertx, relay.port(), name);
    peers.add(peer);
    return peer;
  }

  private TestPeer data(TestPeer owner) throws Exception {
    owner.say(new PeerMessage.OpenData(9));
    Bytes token = owner.expect(RelayMessage.DataToken.class).token();
    TestPeer data = peer(owner.who.user().name());
    data.hello(relay.identity());
    data.say(new PeerMessage.Bind(token));
    data.expect(RelayMessage.Bound.class);
    return data;
  }

  private static void put(TestPeer up, BlobId blob, long part, byte[] file, int from, int length) {
    int at = 0;
    while (at < length) {
      int whole = WireLimits.SLICE + (part == 0 && at == 0 ? WireLimits.AGE_PREFIX : 0);
      int size = Math.min(whole, length - at);
      up.say(
          new Slice(blob, part, at, length), Arrays.copyOfRange(file, from + at, from + at + size));
      at += size;
    }
  }

  private String invite(int uses) {
    return ask("invite.create", LocalClient.args().put("uses", uses)).path("invite").asText();
  }

  private JsonNode ask(String call, ObjectNode args) {
    try (LocalClient client =
        LocalClient.connect(temp.resolve("relay"), Duration.ofSeconds(10)).orElseThrow()) {
      return client.call(call, args, Duration.ofSeconds(10));
    }
  }

  private HttpClientResponse get(String path) throws Exception {
    return http.request(HttpMethod.GET, relay.port(), "127.0.0.1", path)
        .compose(request -> request.send())
        .compose(response -> response.body().map(body -> response))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private static Bytes random(int count) {
    return TestPeer.bytes(new Random(count * 77L), count);
  }

  /** Trusts any certificate: these tests look at what happens below it. */
  private static final class TrustAll extends javax.net.ssl.X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(java.security.cert.X509Certificate[] c, String a, Socket s) {}

    @Override
    public void checkServerTrusted(java.security.cert.X509Certificate[] c, String a, Socket s) {}

    @Override
    public void checkClientTrusted(
        java.security.cert.X509Certificate[] c, String a, javax.net.ssl.SSLEngine e) {}

    @Override
    public void checkServerTrusted(
        java.security.cert.X509Certificate[] c, String a, javax.net.ssl.SSLEngine e) {}

    @Override
    public void checkClientTrusted(java.security.cert.X509Certificate[] c, String a) {}

    @Override
    public void checkServerTrusted(java.security.cert.X509Certificate[] c, String a) {}

    @Override
    public java.security.cert.X509Certificate[] getAcceptedIssuers() {
      return new java.security.cert.X509Certificate[0];
    }
  }
}
