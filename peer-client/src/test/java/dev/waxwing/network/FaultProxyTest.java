package dev.waxwing.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The proxy does to bytes what its plans say, and nothing else. */
class FaultProxyTest {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int SHORT_MILLIS = 200;
  private static final byte[] SAID = new byte[100_000];

  static {
    for (int i = 0; i < SAID.length; i++) {
      SAID[i] = (byte) (i * 31);
    }
  }

  private ServerSocket relay;
  private FaultProxy door;
  private Socket peer;
  private Socket there;

  @BeforeEach
  void open() throws IOException {
    relay = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    relay.setSoTimeout(PATIENCE_MILLIS);
    door = new FaultProxy(relay.getLocalPort(), 1);
  }

  @AfterEach
  void close() throws IOException {
    door.close();
    relay.close();
    for (Socket socket : new Socket[] {peer, there}) {
      if (socket != null) {
        socket.close();
      }
    }
  }

  private void connect(Plan plan) throws IOException {
    door.next(plan);
    peer = dial();
    there = relay.accept();
    there.setSoTimeout(PATIENCE_MILLIS);
  }

  private Socket dial() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static byte[] take(Socket from, int count) throws IOException {
    byte[] bytes = new byte[count];
    new DataInputStream(from.getInputStream()).readFully(bytes);
    return bytes;
  }

  @Test
  void bytesPassBothWaysAndAreCounted() throws IOException {
    connect(Plan.CLEAR);
    peer.getOutputStream().write(SAID);
    assertArrayEquals(SAID, take(there, SAID.length));
    there.getOutputStream().write(SAID, 0, 7);
    assertArrayEquals(Arrays.copyOf(SAID, 7), take(peer, 7));
    awaitCount(new FaultProxy.Count(1, SAID.length, 7, 0, SAID.length, 7));
  }

  private void awaitCount(FaultProxy.Count wanted) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (!door.count().equals(wanted) && System.nanoTime() < until) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    assertEquals(wanted, door.count());
  }

  @Test
  void slowLateAndSlicedBytesAreTheSame() throws IOException {
    connect(new Plan(Plan.Welcome.PASS, Lane.sliced(1), Lane.slow(5, 5, 10_000_000)));
    peer.getOutputStream().write(SAID);
    assertArrayEquals(SAID, take(there, SAID.length));
    there.getOutputStream().write(SAID);
    assertArrayEquals(SAID, take(peer, SAID.length));
  }

  @Test
  void aCutComesAfterSoManyBytesForBoth() throws IOException {
    for (int at : new int[] {0, 1, 70_000}) {
      connect(Plan.up(Lane.until(at, Trouble.CUT)));
      peer.getOutputStream().write(SAID);
      assertArrayEquals(Arrays.copyOf(SAID, at), take(there, at));
      assertEquals(-1, there.getInputStream().read());
      assertEquals(-1, peer.getInputStream().read());
      peer.close();
      there.close();
    }
    assertEquals(3, door.count().troubles());
  }

  @Test
  void aResetIsOne() throws IOException {
    for (Trouble trouble : new Trouble[] {Trouble.RESET, Trouble.CUT_AND_RESET}) {
      connect(Plan.down(Lane.until(5, trouble)));
      there.getOutputStream().write(SAID);
      assertThrows(SocketException.class, () -> writeOn(peer));
      assertThrows(SocketException.class, () -> writeOn(there));
      peer.close();
      there.close();
    }
  }

  private static void writeOn(Socket socket) throws IOException {
    while (true) {
      socket.getOutputStream().write(SAID);
    }
  }

  @Test
  void whatIsSwallowedIsTakenAndNeverComes() throws IOException {
    connect(Plan.up(Lane.until(10, Trouble.SWALLOW)));
    write(peer, 800);
    assertArrayEquals(Arrays.copyOf(SAID, 10), take(there, 10));
    there.getOutputStream().write(SAID);
    there.setSoTimeout(SHORT_MILLIS);
    peer.setSoTimeout(SHORT_MILLIS);
    assertThrows(SocketTimeoutException.class, () -> there.getInputStream().read());
    assertThrows(SocketTimeoutException.class, () -> peer.getInputStream().read());
  }

  @Test
  void aDeafLaneTakesNothingMoreAndTheOtherGoesOn() throws Exception {
    connect(Plan.up(Lane.until(10, Trouble.DEAF)));
    // More than all buffers on the way hold.
    Thread writer = new Thread(() -> write(peer, 800));
    writer.start();
    assertArrayEquals(Arrays.copyOf(SAID, 10), take(there, 10));
    there.getOutputStream().write(SAID);
    assertArrayEquals(SAID, take(peer, SAID.length));
    writer.join(5 * SHORT_MILLIS);
    assertTrue(writer.isAlive(), "its bytes were all taken");
    peer.close();
    writer.join(PATIENCE_MILLIS);
    assertFalse(writer.isAlive());
  }

  private static void write(Socket socket, int times) {
    try {
      for (int i = 0; i < times; i++) {
        socket.getOutputStream().write(SAID);
      }
    } catch (IOException e) {
      // Closed, as it should be by then.
      return;
    }
  }

  @Test
  void oneBitIsTurnedOver() throws IOException {
    connect(Plan.up(Lane.until(77, Trouble.FLIP)));
    peer.getOutputStream().write(SAID);
    byte[] came = take(there, SAID.length);
    assertEquals(1, Integer.bitCount((came[77] ^ SAID[77]) & 0xff));
    came[77] = SAID[77];
    assertArrayEquals(SAID, came);
  }

  @Test
  void bytesPassTwice() throws IOException {
    connect(Plan.up(Lane.until(77, Trouble.DOUBLE)));
    peer.getOutputStream().write(SAID, 0, 77);
    assertArrayEquals(Arrays.copyOf(SAID, 77), take(there, 77));
    peer.getOutputStream().write(new byte[] {1});
    assertArrayEquals(new byte[] {1, 1}, take(there, 2));
    peer.getOutputStream().write(new byte[] {2});
    assertArrayEquals(new byte[] {2}, take(there, 1));
  }

  @Test
  void whoIsRefusedIsClosedAndWhoIsNotAnsweredWaits() throws IOException {
    door.next(Plan.REFUSE);
    door.next(Plan.MUTE);
    try (Socket refused = dial();
        Socket mute = dial()) {
      assertEquals(-1, refused.getInputStream().read());
      mute.getOutputStream().write(SAID, 0, 9);
      mute.setSoTimeout(SHORT_MILLIS);
      assertThrows(SocketTimeoutException.class, () -> mute.getInputStream().read());
      door.sever();
      mute.setSoTimeout(PATIENCE_MILLIS);
      assertThrows(SocketException.class, () -> writeOn(mute));
    }
  }

  @Test
  void theProgramDoesWhatItIsTold() throws IOException {
    try (ProxyProcess proxy = ProxyProcess.start(3)) {
      ProxyProcess.Door one = proxy.door(relay.getLocalPort());
      one.next(Plan.up(Lane.until(3, Trouble.CUT)));
      int port = Integer.parseInt(one.address().replaceAll(".*:", ""));
      peer = new Socket(InetAddress.getLoopbackAddress(), port);
      there = relay.accept();
      peer.getOutputStream().write(SAID, 0, 50);
      assertArrayEquals(Arrays.copyOf(SAID, 3), take(there, 3));
      assertEquals(-1, there.getInputStream().read());
      assertEquals(new FaultProxy.Count(1, 3, 0, 1, 3, 0), one.count());
      assertEquals(1, one.connects().size());
      one.usual(Plan.REFUSE);
      one.sever();
      assertThrows(AssertionError.class, () -> proxy.door(70_000).next(null));
    }
  }
}
