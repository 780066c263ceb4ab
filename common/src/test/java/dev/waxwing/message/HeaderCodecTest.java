package dev.waxwing.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.lang.reflect.RecordComponent;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderCodecTest {
  private static final String WHO = "{\"t\":\"who\",\"ref\":7,\"watch\":true}";
  private static final String TARGET = "{\"device\":\"0011223344556677\",\"length\":5}";

  @Test
  void everyMessageOfBothDirectionsHasASample() {
    assertEquals(
        Set.of(PeerMessage.class.getPermittedSubclasses()),
        Samples.byType(Samples.ofPeers()).keySet());
    assertEquals(
        Set.of(RelayMessage.class.getPermittedSubclasses()),
        Samples.byType(Samples.ofRelays()).keySet());
  }

  static List<PeerMessage> peerMessages() {
    return Samples.ofPeers();
  }

  static List<RelayMessage> relayMessages() {
    return Samples.ofRelays();
  }

  @ParameterizedTest
  @MethodSource("peerMessages")
  void messageOfAPeerComesBackAsItWas(PeerMessage message) {
    byte[] body = {1, 2, 3};
    Frame frame = Frame.parse(HeaderCodec.frame(message, body).array());
    assertEquals(message, HeaderCodec.peerMessage(frame));
    assertArrayEquals(body, frame.body());
  }

  @ParameterizedTest
  @MethodSource("relayMessages")
  void messageOfTheRelayComesBackAsItWas(RelayMessage message) {
    byte[] body = {1, 2, 3};
    Frame frame = Frame.parse(HeaderCodec.frame(message, body).array());
    assertEquals(message, HeaderCodec.relayMessage(frame));
    assertArrayEquals(body, frame.body());
    assertArrayEquals(encode(message), HeaderCodec.encode(message));
  }

  @Test
  void sliceReadsTheSameInBothDirections() {
    Slice slice = new Slice(Samples.BLOB, 3, 4, 9);
    Frame frame = HeaderCodec.frame(slice, new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8}, 5);
    assertEquals(slice, HeaderCodec.peerMessage(frame));
    assertEquals(slice, HeaderCodec.relayMessage(frame));
    assertArrayEquals(new byte[] {4, 5, 6, 7, 8}, frame.body());
  }

  @Test
  void messageOfOneDirectionIsUnknownInTheOther() {
    refused(FaultCode.HEADER_TYPE_UNKNOWN, "{\"t\":\"done\",\"ref\":1}");
    Fault fault = assertThrows(Fault.class, () -> HeaderCodec.relayMessage(header(WHO)));
    assertEquals(FaultCode.HEADER_TYPE_UNKNOWN, fault.code());
  }

  static Stream<Object> allMessages() {
    return Stream.concat(Samples.ofPeers().stream(), Samples.ofRelays().stream());
  }

  @ParameterizedTest
  @MethodSource("allMessages")
  void everyFieldThatIsNotNullableIsRequired(Object message) throws Exception {
    for (RecordComponent component : message.getClass().getRecordComponents()) {
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      for (boolean explicitly : new boolean[] {false, true}) {
        ObjectNode node = (ObjectNode) new ObjectMapper().readTree(encode(message));
        if (explicitly) {
          node.putNull(component.getName());
        } else {
          node.remove(component.getName());
        }
        Frame frame = header(node.toString());
        if (nullable) {
          decode(message, frame);
        } else {
          Fault fault = assertThrows(Fault.class, () -> decode(message, frame), node.toString());
          assertEquals(FaultCode.HEADER_MALFORMED, fault.code(), node.toString());
        }
      }
    }
  }

  @Test
  void fieldsOfNestedRecordsAreRequiredToo() {
    assertEquals(1, ((PeerMessage.Send) accepted(send(TARGET))).targets().size());
    refused(FaultCode.HEADER_MALFORMED, send("{\"length\":5}"));
    refused(FaultCode.HEADER_MALFORMED, send("{\"device\":\"0011223344556677\"}"));
    refused(FaultCode.HEADER_MALFORMED, send("{\"device\":null,\"length\":5}"));
    refused(FaultCode.HEADER_MALFORMED, send("null"));
    refused(FaultCode.HEADER_MALFORMED, send("[]"));
    refused(FaultCode.HEADER_MALFORMED, send(TARGET + "," + TARGET));
    refused(FaultCode.HEADER_MALFORMED, send(""));
    refused(
        FaultCode.HEADER_MALFORMED,
        "{\"t\":\"ack\",\"epoch\":\"" + Samples.EPOCH + "\",\"mail\":[{\"seq\":1}]}");
  }

  @Test
  void unknownFieldIsIgnoredAndACriticalOneIsNot() {
    PeerMessage plain = accepted(WHO);
    assertEquals(plain, accepted("{\"t\":\"who\",\"ref\":7,\"watch\":true,\"new\":{\"a\":[1]}}"));
    refused(
        FaultCode.HEADER_FIELD_CRITICAL, "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"!new\":false}");
    refused(
        FaultCode.HEADER_FIELD_CRITICAL,
        "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"\\u0021new\":null}");
    refused(
        FaultCode.HEADER_FIELD_CRITICAL,
        send("{\"device\":\"0011223344556677\",\"length\":5,\"!new\":1}"));
    Fault fault =
        assertThrows(
            Fault.class, () -> HeaderCodec.relayMessage(header("{\"t\":\"bound\",\"!x\":1}")));
    assertEquals(FaultCode.HEADER_FIELD_CRITICAL, fault.code());
  }

  @Test
  void typeThatIsUnknownMissingOrNoTextIsRefused() {
    refused(FaultCode.HEADER_TYPE_UNKNOWN, "{\"t\":\"whoo\",\"ref\":7,\"watch\":true}");
    refused(FaultCode.HEADER_TYPE_UNKNOWN, "{\"t\":\"Who\",\"ref\":7,\"watch\":true}");
    refused(FaultCode.HEADER_TYPE_UNKNOWN, "{\"t\":\"\",\"ref\":7,\"watch\":true}");
    refused(FaultCode.HEADER_TYPE_UNKNOWN, "{\"ref\":7,\"watch\":true}");
    refused(FaultCode.HEADER_TYPE_UNKNOWN, "{\"t\":null,\"ref\":7,\"watch\":true}");
    refused(FaultCode.HEADER_TYPE_UNKNOWN, "{\"t\":5,\"ref\":7,\"watch\":true}");
    refused(FaultCode.HEADER_TYPE_UNKNOWN, "{\"t\":[\"who\"],\"ref\":7,\"watch\":true}");
    refused(FaultCode.HEADER_TYPE_UNKNOWN, "{}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"t\":\"who\",\"ref\":7,\"ref\":8,\"watch\":true}",
        "{\"t\":\"who\",\"ref\":7,\"\\u0072ef\":7,\"watch\":true}",
        "{\"t\":\"who\",\"\\u0074\":\"login\",\"ref\":7,\"watch\":true}",
        "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":{\"a\":1,\"a\":2}}",
      })
  void duplicateKeyIsRefusedAlsoWhenEscaped(String text) {
    refused(FaultCode.HEADER_MALFORMED, text);
  }

  @Test
  void sameFieldEscapedToBeSentTwiceIsADuplicate() {
    String send = send(TARGET);
    refused(
        FaultCode.HEADER_MALFORMED,
        send.substring(0, send.length() - 1) + ",\"\\u0074o\":\"mallory\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        WHO + "{}",
        WHO + "x",
        WHO + ",",
        WHO + "\u0000",
        WHO + " 1",
        WHO + "]",
        WHO + WHO,
      })
  void anythingAfterTheObjectIsRefused(String text) {
    refused(FaultCode.HEADER_MALFORMED, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "7",
        "\"who\"",
        "[" + WHO + "]",
        "{",
        "{\"t\":\"who\"",
        "nul",
        "}",
        "{'t':'who','ref':7,'watch':true}",
        "{t:\"who\",\"ref\":7,\"watch\":true}",
        "{\"t\":\"who\",\"ref\":7,\"watch\":true,}",
        "{\"t\":\"who\",\"ref\":7,,\"watch\":true}",
        "/* */{\"t\":\"who\",\"ref\":7,\"watch\":true}",
        "{\"t\":\"who\",\"ref\":7,\"watch\":true}// ",
        "# \n{\"t\":\"who\",\"ref\":7,\"watch\":true}",
        "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":NaN}",
        "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":Infinity}",
        "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":-Infinity}",
        "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":01}",
        "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":.5}",
        "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":+5}",
        "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":\"\t\"}",
        "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":\"\\x\"}",
        "\ufeff" + WHO,
      })
  void whatIsNotOneStrictJsonObjectIsRefused(String text) {
    if (text.isEmpty()) {
      Fault fault = assertThrows(Fault.class, () -> header(text));
      assertEquals(FaultCode.HEADER_TOO_LARGE, fault.code());
    } else {
      refused(FaultCode.HEADER_MALFORMED, text);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7.0",
        "7e0",
        "1e3",
        "\"7\"",
        "2147483648",
        "-2147483649",
        "9223372036854775808",
        "123456789012345678901234567890",
        "true",
        "null",
        "[7]",
        "{}",
        "\"\"",
        "-",
        "0x7",
        "NaN",
      })
  void numberThatIsNoIntIsRefused(String number) {
    refused(FaultCode.HEADER_MALFORMED, "{\"t\":\"who\",\"ref\":" + number + ",\"watch\":true}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0",
        "1e3",
        "\"1\"",
        "9223372036854775808",
        "-9223372036854775809",
        "true",
        "[]"
      })
  void numberThatIsNoLongIsRefused(String number) {
    String get = "{\"t\":\"get\",\"blob\":\"" + Samples.BLOB + "\",\"from\":";
    assertEquals(new PeerMessage.Get(Samples.BLOB, 1), accepted(get + "1}"));
    refused(FaultCode.HEADER_MALFORMED, get + number + "}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0", "\"true\"", "\"\"", "null", "[]", "True", "1.0"})
  void flagThatIsNoBooleanIsRefused(String flag) {
    refused(FaultCode.HEADER_MALFORMED, "{\"t\":\"who\",\"ref\":7,\"watch\":" + flag + "}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1.5", "true", "[]", "{}", "[\"x\"]"})
  void textThatIsNoTextIsRefused(String value) {
    String register = new String(encode(Samples.ofPeers().get(1)), StandardCharsets.UTF_8);
    accepted(register);
    refused(FaultCode.HEADER_MALFORMED, register.replace("\"pass word\"", value));
    String find = "{\"t\":\"findUser\",\"ref\":7,\"user\":";
    accepted(find + "\"ana\"}");
    refused(FaultCode.HEADER_MALFORMED, find + value + "}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "\"3\"", "\"NO_SUCH\"", "\"internal\"", "\"\"", "null"})
  void codeThatIsNoCodeIsRefused(String code) {
    String bye = "{\"t\":\"bye\",\"detail\":\"\",\"code\":";
    HeaderCodec.relayMessage(header(bye + "\"INTERNAL\"}"));
    Fault fault =
        assertThrows(Fault.class, () -> HeaderCodec.relayMessage(header(bye + code + "}")));
    assertEquals(FaultCode.HEADER_MALFORMED, fault.code());
  }

  @Test
  void byteStringsAreCanonicalBase64UrlOnly() {
    String hello = new String(encode(Samples.ofPeers().get(0)), StandardCharsets.UTF_8);
    String nonce = ((PeerMessage.Hello) accepted(hello)).nonce().toBase64();
    assertTrue(nonce.contains("-"), "the sample must use the alphabet's own characters");
    refused(FaultCode.HEADER_MALFORMED, hello.replace(nonce, nonce + "="));
    refused(FaultCode.HEADER_MALFORMED, hello.replace(nonce, nonce.replace('-', '+')));
    refused(FaultCode.HEADER_MALFORMED, hello.replace(nonce, nonce + "\\n"));
    refused(FaultCode.HEADER_MALFORMED, hello.replace(nonce, nonce.substring(1)));
    String lastBits = nonce.substring(0, nonce.length() - 1) + next(nonce);
    refused(FaultCode.HEADER_MALFORMED, hello.replace(nonce, lastBits));
  }

  @Test
  void depthIsLimited() {
    String at = "[".repeat(WireLimits.MAX_DEPTH - 1) + "]".repeat(WireLimits.MAX_DEPTH - 1);
    accepted("{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":" + at + "}");
    refused(
        FaultCode.HEADER_MALFORMED, "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":[" + at + "]}");
    refused(FaultCode.HEADER_MALFORMED, "[".repeat(WireLimits.MAX_HEADER));
  }

  @Test
  void keyIsLimitedTo64Characters() {
    String before = "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"";
    accepted(before + "k".repeat(64) + "\":1}");
    refused(FaultCode.HEADER_MALFORMED, before + "k".repeat(65) + "\":1}");
    refused(FaultCode.HEADER_MALFORMED, before + "k".repeat(4000) + "\":1}");
  }

  @Test
  void headerAtItsLimitIsReadAndALongerOneNeverParsed() {
    String before = "{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":\"";
    String at = before + "x".repeat(WireLimits.MAX_HEADER - before.length() - 2) + "\"}";
    accepted(at);
    Fault fault = assertThrows(Fault.class, () -> header(at + " "));
    assertEquals(FaultCode.HEADER_TOO_LARGE, fault.code());
  }

  @Test
  void invalidUtf8IsRefusedWhereverItStands() {
    byte[][] invalid = {
      {(byte) 0x80}, // a continuation alone
      {(byte) 0xc0, (byte) 0xaf}, // overlong slash
      {(byte) 0xc1, (byte) 0xa1}, // overlong letter
      {(byte) 0xe0, (byte) 0x80, (byte) 0xaf}, // overlong in three
      {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, // a surrogate
      {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}, // beyond U+10FFFF
      {(byte) 0xe2, (byte) 0x82}, // cut short
      {(byte) 0xff},
    };
    for (byte[] bytes : invalid) {
      refusedBytes("{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x\":\"", bytes, "\"}");
      refusedBytes("{\"t\":\"who\",\"ref\":7,\"watch\":true,\"x", bytes, "\":1}");
      refusedBytes(WHO, bytes, "");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE"})
  void otherEncodingsAreNotGuessed(String charset) {
    Frame frame = Frame.of(WHO.getBytes(Charset.forName(charset)), new byte[0]);
    Fault fault = assertThrows(Fault.class, () -> HeaderCodec.peerMessage(frame));
    assertEquals(FaultCode.HEADER_MALFORMED, fault.code());
  }

  @Test
  void messagesOwnRefusalKeepsItsCode() {
    refused(FaultCode.USER_MALFORMED, "{\"t\":\"findUser\",\"ref\":7,\"user\":\"Ana\"}");
    refused(
        FaultCode.MESSAGE_TOO_LARGE, send("{\"device\":\"0011223344556677\",\"length\":73729}"));
    refused(FaultCode.MESSAGE_TOO_LARGE, send("{\"device\":\"0011223344556677\",\"length\":0}"));
  }

  @Test
  void sealAndEndNameASizeThatABlobOfTheirPartsCanHave() {
    String seal = "{\"t\":\"seal\",\"blob\":\"" + Samples.BLOB + "\",";
    accepted(seal + "\"parts\":2,\"size\":1049033}");
    for (String lie :
        new String[] {"1,\"size\":-5", "1,\"size\":9223372036854775807", "2,\"size\":9"}) {
      refused(FaultCode.HEADER_MALFORMED, seal + "\"parts\":" + lie + "}");
      String end = seal.replace("seal", "end") + "\"parts\":" + lie + "}";
      Fault fault = assertThrows(Fault.class, () -> HeaderCodec.relayMessage(header(end)));
      assertEquals(FaultCode.HEADER_MALFORMED, fault.code());
    }
  }

  @Test
  void secretsOfMessagesAreNotPrinted() {
    for (Object message : allMessages().toList()) {
      assertTrue(!message.toString().contains("pass word"), message.toString());
    }
    assertEquals("Bind[]", Samples.ofPeers().get(4).toString());
    assertEquals("DataToken[1]", Samples.ofRelays().get(12).toString());
  }

  private static String send(String targets) {
    return "{\"t\":\"send\",\"id\":\""
        + Samples.MESSAGE
        + "\",\"to\":\"ana\",\"targets\":["
        + targets
        + "]}";
  }

  private static char next(String base64) {
    return (char) (base64.charAt(base64.length() - 1) + 1);
  }

  private static PeerMessage accepted(String text) {
    return HeaderCodec.peerMessage(header(text));
  }

  private static void refused(FaultCode code, String text) {
    Fault fault = assertThrows(Fault.class, () -> HeaderCodec.peerMessage(header(text)), text);
    assertEquals(code, fault.code(), text);
  }

  private static void refusedBytes(String before, byte[] bytes, String after) {
    byte[] header =
        Bytes.of(before.getBytes(StandardCharsets.UTF_8))
            .concat(Bytes.of(bytes))
            .concat(Bytes.of(after.getBytes(StandardCharsets.UTF_8)))
            .toArray();
    Frame frame = Frame.of(header, new byte[0]);
    Fault fault = assertThrows(Fault.class, () -> HeaderCodec.peerMessage(frame));
    assertEquals(FaultCode.HEADER_MALFORMED, fault.code());
  }

  private static Frame header(String text) {
    return Frame.of(text.getBytes(StandardCharsets.UTF_8), new byte[0]);
  }

  private static byte[] encode(Object message) {
    Frame frame =
        message instanceof PeerMessage peer
            ? HeaderCodec.frame(peer, new byte[0])
            : HeaderCodec.frame((RelayMessage) message, new byte[0]);
    byte[] header = new byte[frame.headerLength()];
    System.arraycopy(frame.array(), WireLimits.PREFIX, header, 0, header.length);
    return header;
  }

  private static Object decode(Object message, Frame frame) {
    return message instanceof PeerMessage
        ? HeaderCodec.peerMessage(frame)
        : HeaderCodec.relayMessage(frame);
  }
}
