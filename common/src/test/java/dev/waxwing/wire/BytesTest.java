package dev.waxwing.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {

  @Test
  void bytesAreCopiedInAndOut() {
    byte[] mine = {1, 2, 3};
    Bytes bytes = Bytes.of(mine);
    mine[0] = 9;
    bytes.toArray()[1] = 9;
    assertEquals(Bytes.fromHex("010203"), bytes);
    assertEquals(Bytes.fromHex("010203").hashCode(), bytes.hashCode());
    assertNotEquals(Bytes.fromHex("010204"), bytes);
  }

  @Test
  void rangeIsCutExactlyOrRefused() {
    byte[] mine = {1, 2, 3, 4};
    Bytes bytes = Bytes.of(mine);
    assertEquals(Bytes.fromHex("0203"), Bytes.of(mine, 1, 2));
    assertEquals(Bytes.fromHex("0203"), bytes.slice(1, 3));
    assertEquals(Bytes.EMPTY, bytes.slice(4, 4));
    Class<IndexOutOfBoundsException> bounds = IndexOutOfBoundsException.class;
    assertThrows(bounds, () -> Bytes.of(mine, 2, 3));
    assertThrows(bounds, () -> Bytes.of(mine, -1, 1));
    assertThrows(bounds, () -> Bytes.of(mine, 1, -1));
    assertThrows(bounds, () -> bytes.slice(3, 5));
    assertThrows(bounds, () -> bytes.slice(3, 2));
    assertThrows(bounds, () -> bytes.slice(-1, 2));
  }

  @Test
  void joinedBytesFollowOneAnother() {
    assertEquals(Bytes.fromHex("010203"), Bytes.fromHex("01").concat(Bytes.fromHex("0203")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AA", "AAE", "AAEC", "-_-_"})
  void canonicalBase64UrlComesBackAsItWas(String text) {
    assertEquals(text, Bytes.fromBase64(text).toBase64());
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "AB", "AAE=", "AA==", "+A", "/w", "A A", "AAEC\n", "é", "AAF"})
  void anyOtherTextIsRefused(String text) {
    Fault fault = assertThrows(Fault.class, () -> Bytes.fromBase64(text));
    assertEquals(FaultCode.HEADER_MALFORMED, fault.code());
  }

  @Test
  void logShowsTheFirst16Bytes() {
    assertEquals("00ff", Bytes.fromHex("00ff").toString());
    assertEquals("00".repeat(16), Bytes.of(new byte[16]).toString());
    assertEquals("00".repeat(16) + "…(17 B)", Bytes.of(new byte[17]).toString());
  }
}
