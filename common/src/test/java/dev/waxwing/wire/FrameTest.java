package dev.waxwing.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameTest {

  @ParameterizedTest
  @CsvSource({"1, 0", "1, 1", "8192, 0", "8192, 262400", "300, 70000"})
  void frameOfEveryLengthWithinTheLimitsComesBackAsItWas(int headerLength, int bodyLength) {
    byte[] header = filled(headerLength, 1);
    byte[] body = filled(bodyLength, 2);
    Frame made = Frame.of(header, body);
    Frame parsed = Frame.parse(made.array());
    assertEquals(2 + headerLength + bodyLength, made.array().length);
    assertEquals(headerLength, parsed.headerLength());
    assertEquals(bodyLength, parsed.bodyLength());
    assertArrayEquals(header, Arrays.copyOfRange(parsed.array(), 2, parsed.bodyStart()));
    assertArrayEquals(body, parsed.body());
  }

  @Test
  void bytesOfAFrameAreThePrefixTheHeaderAndTheBody() {
    byte[] frame = Frame.of(filled(0x0102, 'h'), new byte[] {9, 8}).array();
    assertArrayEquals(new byte[] {1, 2, 'h'}, Arrays.copyOf(frame, 3));
    assertArrayEquals(new byte[] {'h', 9, 8}, Arrays.copyOfRange(frame, 259, 262));
  }

  @Test
  void frameCutShortAnywhereInPrefixOrHeaderIsMalformed() {
    byte[] whole = Frame.of(filled(40, 'h'), filled(5, 'b')).array();
    for (int length = 0; length < 42; length++) {
      refused(FaultCode.FRAME_MALFORMED, Arrays.copyOf(whole, length));
    }
    for (int length = 42; length <= 47; length++) {
      assertEquals(length - 42, Frame.parse(Arrays.copyOf(whole, length)).bodyLength());
    }
  }

  @Test
  void headerLengthThatLiesIsRefused() {
    refused(FaultCode.FRAME_MALFORMED, 0, 0);
    refused(FaultCode.FRAME_MALFORMED, 0, 0, 'b');
    refused(FaultCode.FRAME_MALFORMED, 0, 2, 'h');
    refused(FaultCode.FRAME_MALFORMED, 0x20, 0, 'h');
    refused(FaultCode.HEADER_TOO_LARGE, 0x20, 1, 'h');
    refused(FaultCode.HEADER_TOO_LARGE, 0x80, 0, 'h');
    refused(FaultCode.HEADER_TOO_LARGE, 0xff, 0xff, 'h');
  }

  @Test
  void headerOverItsLimitIsRefusedEvenWhenItIsThere() {
    byte[] frame = new byte[2 + WireLimits.MAX_HEADER + 1];
    frame[0] = 0x20;
    frame[1] = 1;
    refused(FaultCode.HEADER_TOO_LARGE, frame);
  }

  @Test
  void bodyOverItsLimitIsRefusedEvenWhenTheFrameIsNot() {
    byte[] frame = new byte[2 + 1 + WireLimits.MAX_BODY + 1];
    frame[1] = 1;
    refused(FaultCode.FRAME_TOO_LARGE, frame);
    assertEquals(
        WireLimits.MAX_BODY, Frame.parse(Arrays.copyOf(frame, frame.length - 1)).bodyLength());
  }

  @Test
  void frameOverItsLimitIsRefusedWhateverItSays() {
    refused(FaultCode.FRAME_TOO_LARGE, new byte[WireLimits.MAX_FRAME + 1]);
  }

  @Test
  void frameOverTheLimitsIsNotMade() {
    made(FaultCode.HEADER_TOO_LARGE, 0, 0);
    made(FaultCode.HEADER_TOO_LARGE, WireLimits.MAX_HEADER + 1, 0);
    made(FaultCode.FRAME_TOO_LARGE, 1, WireLimits.MAX_BODY + 1);
  }

  @Test
  void rangeOfABodyIsCopied() {
    byte[] part = {0, 1, 2, 3, 4, 5};
    Frame frame = Frame.of(new byte[] {'h'}, part, 2, 3);
    part[2] = 9;
    assertArrayEquals(new byte[] {2, 3, 4}, frame.body());
    assertEquals(0, Frame.of(new byte[] {'h'}, part, 6, 0).bodyLength());
    for (int[] range : new int[][] {{-1, 2}, {4, 3}, {0, -1}, {7, 0}}) {
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> Frame.of(new byte[] {'h'}, part, range[0], range[1]),
          Arrays.toString(range));
    }
  }

  private static void made(FaultCode code, int headerLength, int bodyLength) {
    Fault fault =
        assertThrows(Fault.class, () -> Frame.of(new byte[headerLength], new byte[bodyLength]));
    assertEquals(code, fault.code());
  }

  private static void refused(FaultCode code, int... bytes) {
    byte[] frame = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      frame[i] = (byte) bytes[i];
    }
    refused(code, frame);
  }

  private static void refused(FaultCode code, byte[] frame) {
    Fault fault = assertThrows(Fault.class, () -> Frame.parse(frame));
    assertEquals(code, fault.code(), frame.length + " bytes");
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
