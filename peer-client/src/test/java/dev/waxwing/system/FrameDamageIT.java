package dev.waxwing.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged frames against the running relay: each ends its own connection cleanly, and only that. F1
 * to F13 are cases of an attack checklist; F14 and F15 are not about a running program.
 */
@DisabledOnOs(OS.WINDOWS)
class FrameDamageIT {
  private static final byte[] NONE = new byte[0];
  private static final String BLOB = "00112233445566778899aabbccddeeff";

  /** What a failure nobody foresaw looks like in a log; the bare name of a cause is none. */
  private static final Pattern INSIDES = Pattern.compile("Unhandled|Exception: |\tat |ERROR");

  @TempDir static Path scratch;

  private static Stage stage;
  private static RelayProgram relay;
  private static Identity mallory;
  private static RawPeer healthy;
  private static RawSocket mute;
  private static long muteSince;

  @BeforeAll
  static void open() throws Exception {
    stage = new Stage(scratch);
    relay = RelayProgram.serve(stage, "relay", 0, "--log-level", "debug");
    healthy = RawPeer.join(relay, RawPeer.identity("healthy"));
    mallory = RawPeer.identity("mallory");
    RawPeer.join(relay, mallory).close();
    mute = new RawSocket(relay.port);
    muteSince = System.nanoTime();
  }

  @AfterEach
  void relayLivesAndTheSessionBesideItIsUntouched() throws IOException {
    assertTrue(relay.alive());
    long asked = System.nanoTime();
    healthy.roundTrip();
    assertTrue(System.nanoTime() - asked < TimeUnit.SECONDS.toNanos(5));
  }

  @AfterAll
  static void logStaysSmallAndShowsNoInsides() throws Exception {
    try (Stage ends = stage) {
      assertLoginDeadline();
      String log = relay.log();
      assertFalse(INSIDES.matcher(log).find(), log);
      assertTrue(log.lines().count() < 600, () -> log.lines().count() + " lines");
      assertTrue(log.lines().allMatch(line -> line.length() < 1000), log);
      healthy.close();
      assertEquals(0, relay.stop().exit());
    }
  }

  /** F3, R3: who never says hello is let go after the ten seconds PROTOCOL.md names. */
  private static void assertLoginDeadline() throws IOException {
    RawSocket.Came came = mute.next();
    while (!came.ended()) {
      came = mute.next();
    }
    long waited = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - muteSince);
    assertTrue(waited >= 9, () -> "ended after " + waited + " s");
  }

  private static byte[] header(String json) {
    return Frame.of(json.getBytes(UTF_8), NONE).array();
  }

  private static byte[] hello() {
    return HeaderCodec.frame(
            new PeerMessage.Hello(WireLimits.VERSION, Bytes.of(RawPeer.random(32))), NONE)
        .array();
  }

  /** Logged in, says it, and hears why that is the end. */
  private static void refused(byte[] frame, FaultCode code) throws IOException {
    try (RawPeer peer = RawPeer.enter(relay, mallory)) {
      peer.socket.binary(frame);
      peer.ended(code);
    }
  }

  private static void answered(String json) throws IOException {
    try (RawPeer peer = RawPeer.enter(relay, mallory)) {
      peer.socket.binary(header(json));
      assertNotNull(peer.await(RelayMessage.Done.class));
    }
  }

  /** Not even a frame: the connection ends, whatever is said last. */
  private static void endsAfter(byte[] bytes) throws IOException {
    try (RawPeer peer = RawPeer.enter(relay, mallory)) {
      try {
        peer.socket.raw(bytes);
      } catch (SocketException ended) {
        return;
      }
      RawSocket.Came came = peer.socket.next();
      while (!came.ended()) {
        came = peer.socket.next();
      }
    }
  }

  @Test
  void f1LengthsThatCannotBeAreRefusedBeforeAnythingIsAllocated() throws IOException {
    refused(NONE, FaultCode.FRAME_MALFORMED);
    refused(new byte[1], FaultCode.FRAME_MALFORMED);
    refused(new byte[2], FaultCode.FRAME_MALFORMED);
    byte[] longest = new byte[WireLimits.MAX_FRAME];
    longest[0] = 0x20;
    refused(longest, FaultCode.HEADER_MALFORMED);
    int binary = RawSocket.FIN | RawSocket.BINARY;
    for (long claimed :
        new long[] {
          // A little more than a frame is read, so that it can be called too large.
          WireLimits.MAX_FRAME + (32 << 10),
          Integer.MAX_VALUE,
          1L << 31,
          (1L << 32) - 1,
          Long.MAX_VALUE,
          -1,
          Long.MIN_VALUE
        }) {
      endsAfter(RawSocket.announced(binary, claimed));
    }
    byte[] tooLong = new byte[WireLimits.MAX_FRAME + 1];
    endsAfter(RawSocket.frame(binary, tooLong));
  }

  @Test
  void f2HeaderLengthsThatDoNotFitTheirFrameAreRefused() throws IOException {
    refused(new byte[] {0, 9, '{', '}'}, FaultCode.FRAME_MALFORMED);
    refused(new byte[] {(byte) 0xff, (byte) 0xff, '{', '}'}, FaultCode.HEADER_TOO_LARGE);
    refused(new byte[] {0x20, 0x01, '{', '}'}, FaultCode.HEADER_TOO_LARGE);
    byte[] tooMuch = Arrays.copyOf(header("{\"t\":\"who\"}"), 13 + WireLimits.MAX_BODY + 1);
    refused(tooMuch, FaultCode.FRAME_TOO_LARGE);
    byte[] who = header("{\"t\":\"who\",\"ref\":1,\"watch\":false}");
    refused(Arrays.copyOf(who, who.length + 1), FaultCode.FRAME_UNEXPECTED);
  }

  @Test
  void f3HeaderCutAtEveryByteIsRefused() throws IOException {
    byte[] whole = hello();
    for (int length = 0; length < whole.length; length++) {
      try (RawSocket socket = new RawSocket(relay.port)) {
        socket.binary(Arrays.copyOf(whole, length));
        RawSocket.Came came = socket.next();
        RelayMessage.Bye bye =
            (RelayMessage.Bye) HeaderCodec.relayMessage(Frame.parse(came.payload()));
        assertEquals(FaultCode.FRAME_MALFORMED, bye.code(), "cut at " + length);
      }
    }
  }

  @Test
  void f3ConnectionCutInTheMiddleOfAFrameEndsQuietly() throws IOException {
    byte[] frame = RawSocket.frame(RawSocket.FIN | RawSocket.BINARY, new byte[2000]);
    for (int i = 1; i < 40; i++) {
      RawPeer finished = RawPeer.enter(relay, mallory);
      finished.socket.raw(Arrays.copyOf(frame, i * 50));
      finished.close();
      RawPeer reset = RawPeer.enter(relay, mallory);
      reset.socket.raw(Arrays.copyOf(frame, i * 50));
      reset.socket.reset();
    }
  }

  @Test
  void f4SameBytesMeanTheSameHoweverTheyAreCut() throws IOException {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    byte[] drop =
        RawSocket.frame(
            RawSocket.FIN | RawSocket.BINARY,
            header("{\"t\":\"dropBlob\",\"ref\":1,\"blob\":\"" + BLOB + "\"}"));
    try (RawPeer peer = RawPeer.enter(relay, mallory)) {
      for (byte one : drop) {
        peer.socket.raw(new byte[] {one});
      }
      assertEquals(1, peer.await(RelayMessage.Done.class).ref());
      ByteArrayOutputStream many = new ByteArrayOutputStream();
      for (int i = 0; i < 1000; i++) {
        many.writeBytes(drop);
      }
      byte[] all = many.toByteArray();
      for (int at = 0; at < all.length; ) {
        int next = Math.min(all.length, at + random.nextInt(1, 4000));
        peer.socket.raw(Arrays.copyOfRange(all, at, next));
        at = next;
      }
      for (int i = 0; i < 1000; i++) {
        assertEquals(1, peer.await(RelayMessage.Done.class).ref(), "seed " + seed);
      }
    }
  }

  @Test
  void f5JsonBeyondTheCapsIsRefused() throws IOException {
    for (int depth : new int[] {17, 100, 4000}) {
      String deep = "{\"t\":\"who\",\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
      byte[] text = deep.getBytes(UTF_8);
      if (text.length <= WireLimits.MAX_HEADER) {
        refused(header(deep), FaultCode.HEADER_MALFORMED);
      }
    }
    refused(header("[".repeat(8000)), FaultCode.HEADER_MALFORMED);
    refused(header("{\"" + "k".repeat(65) + "\":1}"), FaultCode.HEADER_MALFORMED);
    byte[] over = new byte[WireLimits.PREFIX + WireLimits.MAX_HEADER + 1];
    Arrays.fill(over, (byte) ' ');
    over[0] = 0x20;
    over[1] = 0x01;
    refused(over, FaultCode.HEADER_TOO_LARGE);
    StringBuilder keys =
        new StringBuilder("{\"t\":\"dropBlob\",\"ref\":1,\"blob\":\"" + BLOB + "\"");
    for (int i = 0; keys.length() < 8000; i++) {
      keys.append(",\"k").append(i).append("\":0");
    }
    answered(keys.append('}').toString());
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\0',
      value = {
        "F6 ~ {'t':'who','ref':111111111111111111111111,'watch':false} ~ HEADER_MALFORMED",
        "F6 ~ {'t':'who','ref':1,'watch':false,'x':1111111111111111111111111} ~ HEADER_MALFORMED",
        "F7 ~ {'t':'who','ref':1,'ref':2,'watch':false} ~ HEADER_MALFORMED",
        "F7 ~ {'t':'who','ref':1,'\\u0072ef':2,'watch':false} ~ HEADER_MALFORMED",
        "F7 ~ {'t':'who','\\u0074':'ack','ref':1,'watch':false} ~ HEADER_MALFORMED",
        "F8 ~ {'t':'who','ref':1,'watch':false} {} ~ HEADER_MALFORMED",
        "F8 ~ {'t':'who','ref':1,'watch':false}, ~ HEADER_MALFORMED",
        "F8 ~ \ufeff{'t':'who','ref':1,'watch':false} ~ HEADER_MALFORMED",
        "F8 ~ {'t':'who','ref':NaN,'watch':false} ~ HEADER_MALFORMED",
        "F8 ~ {'t':'who',/*c*/'ref':1,'watch':false} ~ HEADER_MALFORMED",
        "F8 ~ {`t`:'who','ref':1,'watch':false} ~ HEADER_MALFORMED",
        "F8 ~ {'t':'who','ref':1,'watch':false,} ~ HEADER_MALFORMED",
        "F8 ~ ['who'] ~ HEADER_MALFORMED",
        "F8 ~ null ~ HEADER_MALFORMED",
        "F9 ~ {'t':'who','ref':1,'watch':false,'!new':1} ~ HEADER_FIELD_CRITICAL",
        "F9 ~ {'t':'ack','epoch':'00112233445566778899aabbccddeeff','mail':[{'seq':1,"
            + "'id':'00112233445566778899aabbccddeeff','!new':1}]} ~ HEADER_FIELD_CRITICAL",
        "F9 ~ {'t':'teleport','ref':1} ~ HEADER_TYPE_UNKNOWN",
        "F9 ~ {'ref':1} ~ HEADER_TYPE_UNKNOWN",
        "F11 ~ {'t':'who','ref':1e3,'watch':false} ~ HEADER_MALFORMED",
        "F11 ~ {'t':'who','ref':1.0,'watch':false} ~ HEADER_MALFORMED",
        "F11 ~ {'t':'who','ref':'1','watch':false} ~ HEADER_MALFORMED",
        "F11 ~ {'t':'who','ref':9007199254740993,'watch':false} ~ HEADER_MALFORMED",
        "F11 ~ {'t':'who','ref':1,'watch':0} ~ HEADER_MALFORMED",
        "F11 ~ {'t':'who','ref':1,'watch':'false'} ~ HEADER_MALFORMED",
        "F11 ~ {'t':'who','ref':01,'watch':false} ~ HEADER_MALFORMED",
        "F11 ~ {'t':'who','ref':null,'watch':false} ~ HEADER_MALFORMED",
        "F13 ~ {'t':'hello','version':1,'nonce':'AAAA'} ~ HEADER_MALFORMED",
        "F13 ~ {'t':'bind','token':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'} ~ FRAME_UNEXPECTED",
        "F13 ~ {'t':'put','blob':'00112233445566778899aabbccddeeff'} ~ FRAME_UNEXPECTED",
        "F13 ~ {'t':'get','blob':'00112233445566778899aabbccddeeff','from':0} ~ FRAME_UNEXPECTED"
      })
  void headerThatIsNotAsItMustBeIsRefused(String id, String json, FaultCode code)
      throws IOException {
    refused(header(json.replace('\'', '"').replace('`', '\'')), code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'t':'dropBlob','ref':1,'blob':'" + BLOB + "','later':{'a':[1,{'b':null}]}}",
        "{'t':'dropBlob','@class':'javax.script.ScriptEngineManager','ref':1,'blob':'" + BLOB + "'}"
      })
  void f9f12FieldThatIsNotKnownIsIgnored(String json) throws IOException {
    answered(json.replace('\'', '"'));
  }

  @Test
  void f10TextThatIsNotUtf8IsRefused() throws IOException {
    for (int[] bad :
        List.of(
            new int[] {0xc0, 0xaf},
            new int[] {0xed, 0xa0, 0x80},
            new int[] {0xe2, 0x82},
            new int[] {0xff},
            new int[] {0xf4, 0x90, 0x80, 0x80},
            new int[] {0})) {
      ByteArrayOutputStream json = new ByteArrayOutputStream();
      json.writeBytes("{\"t\":\"who\",\"ref\":1,\"watch\":false,\"x\":\"".getBytes(UTF_8));
      Arrays.stream(bad).forEach(json::write);
      json.writeBytes("\"}".getBytes(UTF_8));
      refused(Frame.of(json.toByteArray(), NONE).array(), FaultCode.HEADER_MALFORMED);
    }
  }

  @Test
  void f13MessageOfAnotherStateEndsTheConnection() throws IOException {
    try (RawSocket socket = new RawSocket(relay.port)) {
      socket.binary(header("{\"t\":\"who\",\"ref\":1,\"watch\":false}"));
      Frame frame = Frame.parse(socket.next().payload());
      assertEquals(
          FaultCode.FRAME_UNEXPECTED, ((RelayMessage.Bye) HeaderCodec.relayMessage(frame)).code());
    }
    try (RawPeer peer = new RawPeer(relay)) {
      peer.socket.binary(hello());
      peer.ended(FaultCode.FRAME_UNEXPECTED);
    }
    try (RawPeer peer = RawPeer.enter(relay, mallory)) {
      peer.say(peer.login(mallory));
      peer.ended(FaultCode.FRAME_UNEXPECTED);
    }
    try (RawPeer control = RawPeer.enter(relay, mallory);
        RawPeer data = control.data(relay)) {
      data.say(new PeerMessage.Who(1, false));
      data.ended(FaultCode.FRAME_UNEXPECTED);
    }
  }

  @Test
  void webSocketIsReadAsTheStandardSays() throws IOException {
    byte[] drop = header("{\"t\":\"dropBlob\",\"ref\":7,\"blob\":\"" + BLOB + "\"}");
    try (RawPeer peer = RawPeer.enter(relay, mallory)) {
      peer.socket.raw(RawSocket.masked(RawSocket.FIN | RawSocket.BINARY, drop));
      assertEquals(7, peer.await(RelayMessage.Done.class).ref());
      peer.socket.raw(RawSocket.frame(RawSocket.BINARY, Arrays.copyOf(drop, 5)));
      peer.socket.raw(RawSocket.frame(RawSocket.FIN | RawSocket.PING, new byte[] {1}));
      peer.socket.raw(
          RawSocket.frame(
              RawSocket.FIN | RawSocket.CONTINUATION, Arrays.copyOfRange(drop, 5, drop.length)));
      assertEquals(7, peer.await(RelayMessage.Done.class).ref());
      byte[] ping = RawSocket.frame(RawSocket.FIN | RawSocket.PING, new byte[100]);
      for (int i = 0; i < 500; i++) {
        peer.socket.raw(ping);
      }
      peer.socket.binary(drop);
      assertEquals(7, peer.await(RelayMessage.Done.class).ref());
    }
    try (RawPeer peer = RawPeer.enter(relay, mallory)) {
      peer.socket.raw(RawSocket.frame(RawSocket.FIN | RawSocket.TEXT, "{}".getBytes(UTF_8)));
      peer.ended(FaultCode.FRAME_MALFORMED);
    }
    endsAfter(RawSocket.frame(RawSocket.FIN | 3, NONE));
    endsAfter(RawSocket.frame(RawSocket.FIN | 0x40 | RawSocket.BINARY, NONE));
    endsAfter(RawSocket.frame(RawSocket.FIN | RawSocket.CONTINUATION, NONE));
    endsAfter(RawSocket.frame(RawSocket.FIN | RawSocket.PING, new byte[126]));
    endsAfter(RawSocket.frame(RawSocket.FIN | RawSocket.CLOSE, NONE));
    ByteArrayOutputStream pieces = new ByteArrayOutputStream();
    pieces.writeBytes(RawSocket.frame(RawSocket.BINARY, new byte[200_000]));
    pieces.writeBytes(RawSocket.frame(RawSocket.CONTINUATION, new byte[200_000]));
    endsAfter(pieces.toByteArray());
  }

  @Test
  void floodOfPingsEndsItsConnection() throws IOException {
    ByteArrayOutputStream flood = new ByteArrayOutputStream();
    for (int i = 0; i < 5000; i++) {
      flood.writeBytes(RawSocket.frame(RawSocket.FIN | RawSocket.PING, new byte[100]));
    }
    endsAfter(flood.toByteArray());
  }

  @Test
  void t1OlderTlsIsRefused() {
    assertThrows(SSLException.class, () -> RawSocket.tls(relay.port, "TLSv1.2").close());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n",
        "\u0005\u0001\u0000"
      })
  void t11WhatIsNotTlsIsLetGo(String said) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(said.getBytes(UTF_8));
      socket.shutdownOutput();
      byte[] answer = socket.getInputStream().readAllBytes();
      assertTrue(answer.length < 64, () -> answer.length + " bytes");
    } catch (SocketException reset) {
      assertNotNull(reset.getMessage());
    }
  }

  @Test
  void t11TenMegabytesOfGarbageAreLetGo() throws IOException {
    byte[] garbage = new byte[1 << 20];
    new SplittableRandom(11).nextBytes(garbage);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port)) {
      for (int i = 0; i < 10; i++) {
        socket.getOutputStream().write(garbage);
      }
    } catch (SocketException reset) {
      assertNotNull(reset.getMessage());
    }
  }
}
