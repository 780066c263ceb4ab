package dev.waxwing.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FieldsTest {
  private static final byte[] WHOLE =
      new Fields.Writer()
          .bytes(new byte[] {1, 2, 3})
          .bytes(Bytes.EMPTY)
          .text("Grüße")
          .number(Long.MAX_VALUE)
          .number(7)
          .toArray();

  @Test
  void layoutIsLengthThenBytes() {
    byte[] encoded = new Fields.Writer().bytes(new byte[] {9}).text("é").number(258).toArray();
    assertEquals(
        "00000001" + "09" + "00000002" + "c3a9" + "00000008" + "0000000000000102",
        HexFormat.of().formatHex(encoded));
  }

  @Test
  void fieldsComeBackInTheirOrder() {
    Fields.Reader reader = reader(WHOLE);
    assertArrayEquals(new byte[] {1, 2, 3}, reader.exactly(3).toArray());
    assertEquals(Bytes.EMPTY, reader.bytes(0));
    assertEquals("Grüße", reader.text(7));
    assertEquals(Long.MAX_VALUE, reader.number());
    assertEquals(7, reader.count(7));
    reader.end();
  }

  @Test
  void recordCutShortAnywhereIsDamaged() {
    for (int length = 0; length < WHOLE.length; length++) {
      byte[] cut = Arrays.copyOf(WHOLE, length);
      damaged(cut, FieldsTest::readWhole);
    }
    readWhole(reader(WHOLE));
  }

  @Test
  void byteTooManyIsDamage() {
    damaged(Arrays.copyOf(WHOLE, WHOLE.length + 1), FieldsTest::readWhole);
    damaged(new byte[] {0}, Fields.Reader::end);
  }

  @Test
  void lengthThatLiesIsDamageAndAllocatesNothing() {
    damaged(hex("7fffffff00"), reader -> reader.bytes(Integer.MAX_VALUE));
    damaged(hex("8000000000"), reader -> reader.bytes(Integer.MAX_VALUE));
    damaged(hex("ffffffff00"), reader -> reader.bytes(Integer.MAX_VALUE));
    damaged(hex("0000000201"), reader -> reader.bytes(10));
    damaged(hex("000000"), reader -> reader.bytes(10));
    damaged(new byte[0], reader -> reader.bytes(10));
  }

  @Test
  void fieldOverItsLimitIsDamage() {
    byte[] three = new Fields.Writer().bytes(new byte[3]).toArray();
    assertEquals(3, reader(three).bytes(3).length());
    damaged(three, reader -> reader.bytes(2));
    damaged(three, reader -> reader.text(2));
    damaged(three, reader -> reader.exactly(2));
    damaged(three, reader -> reader.exactly(4));
  }

  @Test
  void textThatIsNotUtf8IsDamage() {
    damaged(hex("00000001" + "ff"), reader -> reader.text(9));
    damaged(hex("00000002" + "c0af"), reader -> reader.text(9));
    damaged(hex("00000003" + "eda080"), reader -> reader.text(9));
    damaged(hex("00000001" + "c3"), reader -> reader.text(9));
  }

  @Test
  void textThatIsNotUnicodeIsNotWritten() {
    assertThrows(IllegalArgumentException.class, () -> new Fields.Writer().text("\ud800"));
  }

  @Test
  void numberOfOtherLengthOrBelowZeroIsDamage() {
    damaged(hex("00000004" + "00000001"), Fields.Reader::number);
    damaged(hex("00000009" + "000000000000000001"), Fields.Reader::number);
    damaged(hex("00000008" + "8000000000000000"), Fields.Reader::number);
    damaged(hex("00000008" + "ffffffffffffffff"), Fields.Reader::number);
  }

  @Test
  void numberBelowZeroIsNotWritten() {
    assertThrows(IllegalArgumentException.class, () -> new Fields.Writer().number(-1));
  }

  @Test
  void countOverItsLimitIsDamageAlsoWhenItsLowHalfIsNot() {
    damaged(hex("00000008" + "0000000000000008"), reader -> reader.count(7));
    damaged(hex("00000008" + "0000000100000001"), reader -> reader.count(7));
  }

  private static void readWhole(Fields.Reader reader) {
    reader.exactly(3);
    reader.bytes(0);
    reader.text(7);
    reader.number();
    reader.count(7);
    reader.end();
  }

  private static void damaged(byte[] encoded, Consumer<Fields.Reader> read) {
    Fault fault = assertThrows(Fault.class, () -> read.accept(reader(encoded)));
    assertEquals(FaultCode.RECORD_INVALID, fault.code());
  }

  private static Fields.Reader reader(byte[] encoded) {
    return new Fields.Reader(encoded, FaultCode.RECORD_INVALID);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
