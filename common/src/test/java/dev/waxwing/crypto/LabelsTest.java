package dev.waxwing.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LabelsTest {

  @Test
  void infoIsPrefixLabelZeroAndFieldsWithTheirLengths() {
    assertArrayEquals(
        bytes("waxwing/1/dr/root\0\0\0\0\2ab\0\0\0\0\0\0\0\1c"),
        Labels.info("dr/root", bytes("ab"), bytes(""), bytes("c")));
    assertArrayEquals(bytes("waxwing/1/pqxdh\0"), Labels.info("pqxdh"));
  }

  @Test
  void signedIsPrefixTypeZeroAndTheBytesThemselves() {
    assertArrayEquals(
        bytes("waxwing/1/sig/relay-auth\0abc"), Labels.signed("relay-auth", bytes("abc")));
  }

  @Test
  void bytesThatMoveFromOneFieldToTheNextGiveAnotherInfo() {
    assertFalse(
        Arrays.equals(
            Labels.info("x", bytes("ab"), bytes("c")), Labels.info("x", bytes("a"), bytes("bc"))));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
