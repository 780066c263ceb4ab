package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody without an account at the relay's port: below the frames, where TLS and HTTP are. The
 * relay lets go of each and keeps nothing of it. The letters are those of common/ATTACKS.md.
 */
@EnabledOnOs(OS.LINUX)
class TlsStrangerIT {
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int CROWD = 200;
  private static final int RESETS = 1_000;
  private static final int KEY_UPDATES = 1_000;

  @TempDir static Path scratch;

  private static Stage stage;
  private static RelayProgram relay;
  private static RawPeer healthy;

  @BeforeAll
  static void open() throws Exception {
    stage = new Stage(scratch);
    relay = RelayProgram.serve(stage, "relay", 0, "--max-per-address", "1000");
    healthy = RawPeer.join(relay, RawPeer.identity("healthy"));
  }

  @AfterEach
  void relayLivesAndTheSessionBesideItIsUntouched() throws IOException {
    assertTrue(relay.alive());
    healthy.roundTrip();
  }

  @AfterAll
  static void nothingIsLeftOpen() throws Exception {
    try (Stage ends = stage) {
      healthy.close();
      assertEquals(0, relay.stop().exit());
      String log = relay.log();
      assertTrue(log.lines().count() < 300, log);
    }
  }

  private static Socket dial() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** Reads to the end, however it comes; returns how many bytes there were. */
  private static int drain(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes().length;
    } catch (SocketException | SSLException reset) {
      return 0;
    }
  }

  @Test
  void t2EverySuiteOfTls13IsSpokenAndNothingElse() throws IOException {
    for (String suite :
        List.of(
            "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")) {
      try (SSLSocket socket = raw()) {
        socket.setEnabledProtocols(new String[] {"TLSv1.3"});
        socket.setEnabledCipherSuites(new String[] {suite});
        socket.startHandshake();
        assertEquals(suite, socket.getSession().getCipherSuite());
      }
    }
    for (String protocol : List.of("TLSv1.2", "TLSv1.1", "TLSv1")) {
      try (SSLSocket socket = raw()) {
        socket.setEnabledProtocols(new String[] {protocol});
        assertThrows(IOException.class, socket::startHandshake, protocol);
      }
    }
  }

  /** A TLS socket that has not shaken hands yet. */
  private static SSLSocket raw() throws IOException {
    return RawSocket.unshaken(relay.port);
  }

  @Test
  void t4HandshakesThatStandStillAreEndedAndOthersGoOn() throws Exception {
    byte[] hello = clientHello();
    List<Socket> crowd = new ArrayList<>();
    try {
      for (int i = 0; i < CROWD; i++) {
        Socket socket = dial();
        crowd.add(socket);
        // At every part of the way, and all of it: then what is missing is the client's Finished.
        socket.getOutputStream().write(hello, 0, hello.length * i / (CROWD - 1));
      }
      healthy.roundTrip();
      new RawPeer(relay).close();
      for (Socket socket : crowd) {
        drain(socket);
      }
    } finally {
      for (Socket socket : crowd) {
        socket.close();
      }
    }
  }

  /** What a client says first, as the JDK says it. */
  private static byte[] clientHello() throws Exception {
    try (java.net.ServerSocket trap =
        new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ExecutorService thread = Executors.newSingleThreadExecutor();
      try {
        Future<byte[]> caught =
            thread.submit(
                () -> {
                  try (Socket socket = trap.accept()) {
                    byte[] head = socket.getInputStream().readNBytes(5);
                    int length = (head[3] & 0xff) << 8 | head[4] & 0xff;
                    byte[] whole = Arrays.copyOf(head, 5 + length);
                    byte[] body = socket.getInputStream().readNBytes(length);
                    System.arraycopy(body, 0, whole, 5, length);
                    return whole;
                  }
                });
        assertThrows(
            IOException.class, () -> RawSocket.tls(trap.getLocalPort(), "TLSv1.3").close());
        return caught.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      } finally {
        thread.shutdownNow();
      }
    }
  }

  @Test
  void t5NamesInTheHandshakeChangeNothing() throws IOException {
    for (int i = 0; i < CROWD; i++) {
      try (SSLSocket socket = raw()) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("name-" + i + ".example")));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        assertEquals(
            healthy.socket.certificate(),
            socket.getSession().getPeerCertificates()[0],
            "name " + i);
      }
    }
  }

  @Test
  void t6AHandshakeThatClaims16MebibytesIsEnded() throws IOException {
    byte[] claim = {22, 3, 1, 0, 6, 1, -1, -1, -1, 3, 3};
    for (int i = 0; i < 20; i++) {
      try (Socket socket = dial()) {
        socket.getOutputStream().write(claim);
        int said = drain(socket);
        assertTrue(said < 64, () -> said + " bytes");
      }
    }
  }

  @Test
  void t7AThousandEndsFollowedByResetsLeaveNothingOpen() throws Exception {
    long before = openFiles();
    for (int i = 0; i < RESETS; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port)) {
        socket.shutdownOutput();
        socket.setSoLinger(true, 0);
      }
    }
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (openFiles() > before + 20) {
      assertTrue(System.nanoTime() < until, () -> openFiles() + " open, " + before + " before");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private static long openFiles() {
    try (Stream<Path> files =
        Files.list(Path.of("/proc/" + relay.running().process().pid() + "/fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void t8AFloodOfKeyUpdatesIsEnded() throws IOException {
    try (SSLSocket socket = RawSocket.tls(relay.port, "TLSv1.3")) {
      assertThrows(
          IOException.class,
          () -> {
            for (int i = 0; i < KEY_UPDATES; i++) {
              socket.startHandshake();
            }
            drainOrEnd(socket);
          });
    }
  }

  private static void drainOrEnd(SSLSocket socket) throws IOException {
    if (socket.getInputStream().read() < 0) {
      throw new SocketException("ended");
    }
  }

  @Test
  void r3AByteNowAndThenDoesNotKeepARequestOpen() throws IOException {
    try (SSLSocket socket = RawSocket.tls(relay.port, "TLSv1.3")) {
      OutputStream out = socket.getOutputStream();
      out.write("GET /healthz HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
      assertThrows(
          IOException.class,
          () -> {
            while (System.nanoTime() < until) {
              out.write('x');
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
          });
    }
  }

  @Test
  void r11NothingIsCompressed() throws IOException {
    String upgrade =
        "GET /v1/peer HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + "Sec-WebSocket-Extensions: permessage-deflate, deflate-frame\r\n\r\n";
    String upgraded = head(upgrade);
    assertTrue(upgraded.startsWith("http/1.1 101"), upgraded);
    assertFalse(upgraded.contains("sec-websocket-extensions"), upgraded);
    String page =
        head("GET /metrics HTTP/1.1\r\nHost: relay\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n");
    assertTrue(page.startsWith("http/1.1 200"), page);
    assertFalse(page.contains("content-encoding"), page);
  }

  private static String head(String request) throws IOException {
    try (SSLSocket socket = RawSocket.tls(relay.port, "TLSv1.3")) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.read());
      }
      return head.toString().toLowerCase(java.util.Locale.ROOT);
    }
  }

  @Test
  void a7OfManyWhoRegisterOneNameAtOnceOneHasIt() throws Exception {
    List<Identity> crowd = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      crowd.add(RawPeer.identity("wanted"));
    }
    String invite = relay.invite();
    ExecutorService threads = Executors.newFixedThreadPool(crowd.size());
    try {
      List<Future<FaultCode>> ends = new ArrayList<>();
      for (Identity who : crowd) {
        ends.add(threads.submit(() -> register(who, invite)));
      }
      int welcome = 0;
      for (Future<FaultCode> end : ends) {
        FaultCode code = end.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        welcome += code == null ? 1 : 0;
        assertTrue(code == null || code == FaultCode.USER_TAKEN, () -> "refused with " + code);
      }
      assertEquals(1, welcome);
    } finally {
      threads.shutdownNow();
    }
    int holders = 0;
    for (Identity who : crowd) {
      try (RawPeer peer = new RawPeer(relay)) {
        peer.say(peer.login(who));
        holders += answer(peer) == null ? 1 : 0;
      }
    }
    assertEquals(1, holders);
  }

  private static FaultCode register(Identity who, String invite) throws IOException {
    try (RawPeer peer = new RawPeer(relay)) {
      peer.say(peer.registration(who, invite), RawPeer.record(who).toArray());
      return answer(peer);
    }
  }

  /** Null for a welcome, else why not. */
  private static FaultCode answer(RawPeer peer) throws IOException {
    RawSocket.Came came = peer.socket.next();
    RelayMessage message = HeaderCodec.relayMessage(Frame.parse(came.payload()));
    return message instanceof RelayMessage.Bye bye ? bye.code() : null;
  }
}
