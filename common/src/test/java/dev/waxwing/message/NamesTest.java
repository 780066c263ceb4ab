package dev.waxwing.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"ab", "a1", "1a", "00", "a.b", "a_b", "a-b", "a-", "ana.smith-2_x"})
  void possibleUserIdIsKeptAsItIs(String name) {
    assertEquals(name, new UserId(name).toString());
  }

  @Test
  void userIdHas2To32Characters() {
    assertEquals(32, new UserId("a".repeat(32)).name().length());
    refused(FaultCode.USER_MALFORMED, "a".repeat(33), UserId::new);
    refused(FaultCode.USER_MALFORMED, "a", UserId::new);
    refused(FaultCode.USER_MALFORMED, "", UserId::new);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ana",
        "ANA",
        "an a",
        " ana",
        "ana ",
        "ana\n",
        "\nana",
        "ana\r",
        "ana\u0000",
        "ana\u2028",
        ".ana",
        "-ana",
        "_ana",
        "ana/b",
        "ana@b",
        "ana:b",
        "ana\\b",
        "ana%20",
        "../ana",
        "ana\t",
        "аna", // Cyrillic a
        "anα", // Greek alpha
        "ﬁna", // ligature
        "ana\u0301", // combining accent
        "anä",
        "an\u0131", // dotless i
        "\u0130na", // dotted I
        "ana\u200b", // zero width space
        "\u202eana", // right-to-left override
        "ａｎａ", // full width
        "ana１", // full-width digit
        "an٣", // Arabic-Indic digit
        "ſana", // long s, whose upper case is S
        "\u212Aana", // Kelvin sign, whose lower case is k
        "a\ud83d\ude00",
        "a\ud800",
      })
  void nameThatIsNotLowerCaseAsciiIsNoUserId(String name) {
    refused(FaultCode.USER_MALFORMED, name, UserId::new);
  }

  @Test
  void namesMeanTheSameInTurkish() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      assertEquals("irina", new UserId("irina").toString());
      refused(FaultCode.USER_MALFORMED, "IRINA", UserId::new);
      assertTrue(new UserId("admin").reserved());
      assertEquals("00000000000000fi".replace('i', '1'), device("00000000000000f1").toString());
      for (PeerMessage message : Samples.ofPeers()) {
        assertEquals(message, HeaderCodec.peerMessage(HeaderCodec.frame(message, new byte[0])));
      }
      refused(FaultCode.HEADER_MALFORMED, "00000000000000FF", NamesTest::device);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void reservedNamesAreWellFormedButMarked() {
    assertTrue(new UserId("relay").reserved());
    assertTrue(new UserId("waxwing").reserved());
    assertFalse(new UserId("ana").reserved());
    assertFalse(new UserId("relay2").reserved());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00112233445566",
        "001122334455667",
        "00112233445566778",
        "001122334455667788",
        "001122334455667G",
        "00112233445566FF",
        "0x11223344556677",
        " 011223344556677",
        "-011223344556677",
        "００１１２２３３４４５５６６７７",
        "001122334455667\n",
      })
  void deviceIdIsSixteenLowerCaseHexDigits(String text) {
    refused(FaultCode.HEADER_MALFORMED, text, NamesTest::device);
    assertEquals("0011aabbccddeeff", device("0011aabbccddeeff").toString());
  }

  @Test
  void identifiersHaveTheirLength() {
    for (int length : new int[] {0, 7, 9, 16}) {
      Bytes bytes = Bytes.of(new byte[length]);
      assertThrows(Fault.class, () -> new DeviceId(bytes), "device of " + length);
    }
    for (int length : new int[] {0, 8, 15, 17, 32}) {
      Bytes bytes = Bytes.of(new byte[length]);
      assertThrows(Fault.class, () -> new MessageId(bytes), "message of " + length);
      assertThrows(Fault.class, () -> new BlobId(bytes), "blob of " + length);
      assertThrows(Fault.class, () -> new EpochId(bytes), "epoch of " + length);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "ana",
        "ana/",
        "/0011223344556677",
        "ana/0011223344556677/",
        "ana//0011223344556677",
        "ana/ana/0011223344556677",
        "ana 0011223344556677",
        "ana/0011223344556677\n",
      })
  void addressIsUserSlashDevice(String text) {
    assertThrows(Fault.class, () -> Address.parse(text));
    assertEquals("ana/0011223344556677", Address.parse("ana/0011223344556677").toString());
  }

  @Test
  void addressesSortByUserThenDevice() {
    assertTrue(address("ana", 2).compareTo(address("ben", 1)) < 0);
    assertTrue(address("ana", 1).compareTo(address("ana", 2)) < 0);
    assertEquals(0, address("ana", 1).compareTo(address("ana", 1)));
  }

  @Test
  void listOfAddressesComesBackUpToItsLimit() {
    List<Address> addresses = new ArrayList<>();
    for (int i = 0; i < WireLimits.MAX_RECIPIENTS; i++) {
      addresses.add(address("ana", i));
    }
    byte[] body = Address.encodeList(addresses);
    assertEquals(addresses, Address.decodeList(body, WireLimits.MAX_RECIPIENTS));
    refusedList(new String(body, StandardCharsets.US_ASCII), WireLimits.MAX_RECIPIENTS - 1);
    assertEquals(List.of(), Address.decodeList(new byte[0], 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ana/0011223344556677",
        "\n",
        "ana/0011223344556677\n\n",
        "\nana/0011223344556677\n",
        "ana/0011223344556677\r\n",
        "ana/0011223344556677\nana/0011223344556677\n",
        "ana/0011223344556677\nben\n",
        "\u0000",
      })
  void listOfAddressesThatIsDamagedOrRepeatsOneIsRefused(String text) {
    refusedList(text, 10);
  }

  @Test
  void sliceLiesInItsPart() {
    BlobId blob = Samples.BLOB;
    Consumer<long[]> make = s -> new Slice(blob, s[0], (int) s[1], (int) s[2]);
    make.accept(new long[] {0, 0, WireLimits.MAX_PART});
    make.accept(new long[] {1, WireLimits.PART - 1, WireLimits.PART});
    make.accept(new long[] {WireLimits.MAX_PARTS - 1, 0, 1});
    long[][] outside = {
      {-1, 0, 1},
      {WireLimits.MAX_PARTS, 0, 1},
      {0, -1, 1},
      {0, 1, 1},
      {0, 0, 0},
      {0, 0, -1},
      {0, 0, WireLimits.MAX_PART + 1},
      {1, 0, WireLimits.PART + 1},
    };
    for (long[] slice : outside) {
      Fault fault = assertThrows(Fault.class, () -> make.accept(slice));
      assertEquals(FaultCode.HEADER_MALFORMED, fault.code());
    }
  }

  private static DeviceId device(String text) {
    return DeviceId.parse(text);
  }

  private static Address address(String user, int device) {
    return new Address(new UserId(user), device(String.format(Locale.ROOT, "%016x", device)));
  }

  private static void refused(FaultCode code, String text, Consumer<String> read) {
    Fault fault = assertThrows(Fault.class, () -> read.accept(text), text);
    assertEquals(code, fault.code(), text);
  }

  private static void refusedList(String text, int limit) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    assertThrows(Fault.class, () -> Address.decodeList(body, limit), text);
  }
}
