package dev.waxwing.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LocalSocketTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path temp;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  @Test
  void aCallIsAnsweredThroughTheSocket() {
    Path home = served(call -> call.result(call.args()));
    LocalClient client = client(home);
    ObjectNode args = LocalClient.args().put("who", "ali");
    assertEquals(args, client.call("echo", args, SOON));
  }

  @Test
  void eventsArriveInOrderBeforeTheResult() {
    Path home =
        served(
            call -> {
              for (int i = 0; i < 100; i++) {
                call.event(LocalClient.args().put("n", i));
              }
              call.result(LocalClient.args().put("n", 100));
            });
    try (LocalClient.Stream stream = client(home).stream("count", LocalClient.args())) {
      int expected = 0;
      for (Optional<JsonNode> event = stream.next(SOON);
          event.isPresent();
          event = stream.next(SOON)) {
        assertEquals(expected++, event.get().get("n").asInt());
      }
      assertEquals(100, expected);
      assertEquals(100, stream.result().get("n").asInt());
    }
  }

  @Test
  void aFailureKeepsItsCodeWordsAndAdvice() {
    Path home =
        served(
            call -> {
              throw new Fault(FaultCode.USER_UNKNOWN, "nobody is called that", "look again");
            });
    Fault fault = refused(() -> client(home).call("x", LocalClient.args(), SOON));
    assertEquals(FaultCode.USER_UNKNOWN, fault.code());
    assertEquals("nobody is called that", fault.what());
    assertEquals("look again", fault.advice());
  }

  @Test
  void aMistakeInTheHandlerIsAnInternalFaultAndTheConnectionGoesOn() {
    Path home =
        served(
            call -> {
              if (call.name().equals("bad")) {
                throw new IllegalStateException("secret detail");
              }
              call.result(LocalClient.args());
            });
    LocalClient client = client(home);
    Fault fault = refused(() -> client.call("bad", LocalClient.args(), SOON));
    assertEquals(FaultCode.INTERNAL, fault.code());
    assertFalse(fault.what().contains("secret"));
    assertNotNull(client.call("good", LocalClient.args(), SOON));
  }

  @Test
  void closingAStreamCancelsItAtTheHolder() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    Path home =
        served(
            call -> {
              call.onCancel(cancelled::countDown);
              call.event(LocalClient.args());
            });
    LocalClient client = client(home);
    try (LocalClient.Stream stream = client.stream("watch", LocalClient.args())) {
      assertTrue(stream.next(SOON).isPresent());
    }
    assertTrue(cancelled.await(10, TimeUnit.SECONDS));
  }

  @Test
  void aCallerThatDiesCancelsItsCalls() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    CountDownLatch arrived = new CountDownLatch(1);
    Path home =
        served(
            call -> {
              call.onCancel(cancelled::countDown);
              arrived.countDown();
            });
    LocalClient client = client(home);
    client.stream("watch", LocalClient.args());
    assertTrue(arrived.await(10, TimeUnit.SECONDS));
    client.close();
    assertTrue(cancelled.await(10, TimeUnit.SECONDS));
  }

  @Test
  void whatACallerLeftOpenIsToldWhenItGoesThoughItsCallWasAnswered() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    CountDownLatch late = new CountDownLatch(1);
    AtomicReference<LocalCall> kept = new AtomicReference<>();
    Path home =
        served(
            call -> {
              kept.set(call);
              call.onGone(gone::countDown);
              call.result(LocalClient.args());
            });
    LocalClient client = client(home);
    client.call("open", LocalClient.args(), SOON);
    assertEquals(1, gone.getCount());
    client.close();
    assertTrue(gone.await(10, TimeUnit.SECONDS));
    kept.get().onGone(late::countDown);
    assertEquals(0, late.getCount());
  }

  @Test
  void aCallerCannotLeaveTooMuchOpen() throws Exception {
    Path home =
        served(
            call -> {
              Runnable undo = call.onGone(() -> {});
              if (call.name().equals("brief")) {
                undo.run();
              }
              call.result(LocalClient.args());
            });
    LocalClient client = client(home);
    for (int i = 0; i < LocalConnection.MAX_CALLS; i++) {
      client.call("brief", LocalClient.args(), SOON);
      client.call("open", LocalClient.args(), SOON);
    }
    assertEquals(
        FaultCode.RATE_LIMITED,
        refused(() -> client.call("open", LocalClient.args(), SOON)).code());
  }

  @Test
  void whatOneLeftOpenFailsWithoutTheRest() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    Path home =
        served(
            call -> {
              call.onGone(
                  () -> {
                    throw new IllegalStateException("on purpose");
                  });
              call.onGone(gone::countDown);
              call.result(LocalClient.args());
            });
    LocalClient client = client(home);
    client.call("open", LocalClient.args(), SOON);
    client.close();
    assertTrue(gone.await(10, TimeUnit.SECONDS));
  }

  @Test
  void aHolderThatEndsBeforeItAnswersIsNoHolder() throws Exception {
    Path home = temp.resolve("home");
    try (ProfileLock lock = ProfileLock.tryAcquire(home).orElseThrow();
        ServerSocketChannel dying = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dying.bind(LocalAddress.of(LocalAddress.prepare(lock.directory())));
      Thread ends =
          new Thread(
              () -> {
                try {
                  dying.accept().close();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      ends.start();
      assertEquals(Optional.empty(), LocalClient.connect(home, SOON));
      ends.join();
    }
  }

  @Test
  void onlyOneHolderGetsTheDirectory() {
    ProfileLock first = ProfileLock.tryAcquire(temp.resolve("home")).orElseThrow();
    assertTrue(ProfileLock.tryAcquire(temp.resolve("home")).isEmpty());
    assertEquals(ProcessHandle.current().pid(), ProfileLock.holder(first.directory()).getAsLong());
    first.close();
    ProfileLock second = ProfileLock.tryAcquire(temp.resolve("home")).orElseThrow();
    second.close();
    assertFalse(second.held());
  }

  @Test
  void aSocketWithoutItsLockIsRefused() {
    ProfileLock lock = ProfileLock.tryAcquire(temp.resolve("home")).orElseThrow();
    lock.close();
    assertEquals(FaultCode.INTERNAL, refused(() -> LocalServer.start(lock, call -> {})).code());
  }

  @Test
  void whereNobodyListensThereIsNoClient() {
    assertTrue(LocalClient.connect(temp.resolve("nothing"), SOON).isEmpty());
  }

  @Test
  void aDeadHoldersSocketIsNoHolderAndIsReplaced() throws Exception {
    Path home = temp.resolve("home");
    ProfileLock lock = ProfileLock.tryAcquire(home).orElseThrow();
    open.add(lock);
    Path socket = LocalAddress.prepare(home);
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
    assertTrue(Files.exists(socket));
    assertTrue(LocalClient.connect(home, SOON).isEmpty());
    open.add(LocalServer.start(lock, call -> call.result(call.args())));
    assertNotNull(client(home).call("x", LocalClient.args(), SOON));
  }

  @Test
  void aHolderThatDoesNotAnswerIsNamedSilent() throws Exception {
    Path home = temp.resolve("home");
    open.add(ProfileLock.tryAcquire(home).orElseThrow());
    ServerSocketChannel frozen = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    open.add(frozen);
    frozen.bind(UnixDomainSocketAddress.of(LocalAddress.prepare(home)));
    Fault fault = refused(() -> LocalClient.connect(home, Duration.ofMillis(200)));
    assertEquals(FaultCode.HOLDER_SILENT, fault.code());
  }

  @Test
  void callsThatWaitFailWhenTheHolderEnds() {
    Path home = temp.resolve("home");
    ProfileLock lock = ProfileLock.tryAcquire(home).orElseThrow();
    open.add(lock);
    LocalServer[] server = new LocalServer[1];
    server[0] = LocalServer.start(lock, call -> server[0].close());
    Fault fault = refused(() -> client(home).call("stop", LocalClient.args(), SOON));
    assertEquals(FaultCode.HOLDER_SILENT, fault.code());
  }

  @Test
  void socketAndFolderBelongToTheirOwnerAlone() throws Exception {
    Path home = served(call -> {});
    Path socket = LocalAddress.locate(home).orElseThrow();
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("lock"))));
  }

  @Test
  void aFolderOthersMayWriteToIsRefused() throws Exception {
    Path home = Files.createDirectory(temp.resolve("open"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertEquals(FaultCode.PERMISSIONS_OPEN, refused(() -> ProfileLock.tryAcquire(home)).code());
  }

  @Test
  void aLongPathGetsAShortSocketThatTheFolderNames() throws Exception {
    Path home = temp.resolve("d".repeat(120));
    serve(home, call -> call.result(call.args()));
    Path socket = LocalAddress.locate(home).orElseThrow();
    assertTrue(socket.toString().length() <= LocalAddress.MAX_PATH);
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("socket"))));
    assertNotNull(client(home).call("x", LocalClient.args(), SOON));
    open.remove(open.size() - 1).close();
    open.remove(open.size() - 1).close();
    assertFalse(Files.exists(socket));
  }

  @Test
  void aPointerOutOfTheUsersFolderIsNotFollowed() throws Exception {
    Path home = temp.resolve("d".repeat(120));
    Path victim = Files.writeString(temp.resolve("victim"), "keep me");
    open.add(ProfileLock.tryAcquire(home).orElseThrow());
    PrivateFiles.write(home.resolve("socket"), victim.toString().getBytes(UTF_8));
    assertTrue(LocalAddress.locate(home).isEmpty());
    LocalAddress.prepare(home);
    assertTrue(Files.exists(victim));
  }

  @Test
  void aLineOverTheLimitIsRefusedBeforeItIsWhole() throws Exception {
    Path home = served(call -> call.result(call.args()));
    byte[] piece = "x".repeat(64 * 1024).getBytes(UTF_8);
    try (SocketChannel raw = raw(home)) {
      // One byte more than a line may have, and no more: what is unread at closing would reset.
      for (int sent = 0; sent < Lines.MAX; sent += piece.length) {
        raw.write(ByteBuffer.wrap(piece));
      }
      raw.write(ByteBuffer.wrap(piece, 0, 1));
      String answer = new String(Channels.newInputStream(raw).readAllBytes(), UTF_8);
      assertTrue(answer.contains("FRAME_TOO_LARGE"), answer);
    }
    assertNotNull(client(home).call("x", LocalClient.args(), SOON));
  }

  @Test
  void damagedLinesEndTheirConnectionOnly() throws Exception {
    Path home = served(call -> call.result(call.args()));
    for (String damage :
        List.of(
            "\n",
            "nonsense\n",
            "[]\n",
            "{\"id\":1}\n",
            "{\"id\":0,\"call\":\"x\"}\n",
            "{\"id\":1.5,\"call\":\"x\"}\n",
            "{\"id\":1,\"id\":1,\"call\":\"x\"}\n",
            "{\"id\":1,\"call\":\"x\"} trailing\n",
            "{\"id\":1,\"call\":\"x\",\"args\":[]}\n",
            "{\"id\":1,\"call\":" + "[".repeat(1000) + "\n")) {
      try (SocketChannel raw = raw(home)) {
        raw.write(ByteBuffer.wrap(damage.getBytes(UTF_8)));
        String answer = new String(Channels.newInputStream(raw).readAllBytes(), UTF_8);
        assertTrue(answer.contains("HEADER_MALFORMED"), damage + " → " + answer);
      }
    }
    try (SocketChannel raw = raw(home)) {
      raw.write(ByteBuffer.wrap("{\"id\":1,\"call\":\"x\"".getBytes(UTF_8)));
      raw.shutdownOutput();
      assertEquals(0, Channels.newInputStream(raw).readAllBytes().length);
    }
    assertNotNull(client(home).call("x", LocalClient.args(), SOON));
  }

  @Test
  void oneConnectionTooManyIsToldSo() {
    Path home = served(call -> call.result(call.args()));
    for (int i = 0; i < LocalServer.MAX_CONNECTIONS; i++) {
      client(home);
    }
    assertEquals(FaultCode.RATE_LIMITED, refused(() -> LocalClient.connect(home, SOON)).code());
  }

  @Test
  void oneRequestTooManyIsRefusedAndTheOthersStay() {
    Path home = served(call -> {});
    LocalClient client = client(home);
    for (int i = 0; i < LocalConnection.MAX_CALLS; i++) {
      client.stream("wait", LocalClient.args());
    }
    assertEquals(
        FaultCode.RATE_LIMITED,
        refused(() -> client.call("more", LocalClient.args(), SOON)).code());
  }

  @Test
  void aCallerThatStopsReadingIsCutOffAndHoldsNoMemory() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    String text = "x".repeat(100_000);
    Path home =
        served(
            call -> {
              call.onCancel(cancelled::countDown);
              for (int i = 0; i < 200; i++) {
                call.event(LocalClient.args().put("text", text));
              }
            });
    try (SocketChannel raw = raw(home)) {
      raw.write(ByteBuffer.wrap("{\"id\":1,\"call\":\"flood\"}\n".getBytes(UTF_8)));
      assertTrue(cancelled.await(10, TimeUnit.SECONDS));
    }
  }

  private Path served(Consumer<LocalCall> handler) {
    Path home = temp.resolve("home");
    serve(home, handler);
    return home;
  }

  private void serve(Path home, Consumer<LocalCall> handler) {
    ProfileLock lock = ProfileLock.tryAcquire(home).orElseThrow();
    open.add(lock);
    open.add(LocalServer.start(lock, handler));
  }

  private LocalClient client(Path home) {
    LocalClient client = LocalClient.connect(home, SOON).orElseThrow();
    open.add(0, client);
    return client;
  }

  private SocketChannel raw(Path home) throws IOException {
    SocketChannel raw = SocketChannel.open(StandardProtocolFamily.UNIX);
    raw.connect(UnixDomainSocketAddress.of(LocalAddress.locate(home).orElseThrow()));
    return raw;
  }

  private static Fault refused(Runnable action) {
    return assertThrows(Fault.class, action::run);
  }
}
