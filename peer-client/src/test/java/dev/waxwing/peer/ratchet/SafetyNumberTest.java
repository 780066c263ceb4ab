package dev.waxwing.peer.ratchet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SafetyNumberTest {
  private static final UserRecord ALICE = record("alice", filled(0x11), 1);
  private static final UserRecord BOB = record("bob", filled(0x22), 2);

  @Test
  void knownAnswerOfAnotherImplementation() {
    assertEquals(
        "084680013311486920945933978841696128803595075731815135833554",
        SafetyNumber.of(ALICE, BOB).digits());
  }

  @Test
  void numberIsAsWrittenOutByHand() throws Exception {
    String a = byHand("alice", filled(0x11));
    String b = byHand("bob", filled(0x22));
    String expected = a.compareTo(b) < 0 ? a + b : b + a;
    assertEquals(expected, SafetyNumber.of(ALICE, BOB).digits());
  }

  @Test
  void bothSidesSeeTheSame() {
    assertEquals(SafetyNumber.of(ALICE, BOB), SafetyNumber.of(BOB, ALICE));
  }

  @Test
  void everyNameAndEveryKeyCountsAndNothingElse() {
    SafetyNumber number = SafetyNumber.of(ALICE, BOB);
    Bytes oneBit = Bytes.of(flip(filled(0x11).toArray()));
    assertNotEquals(number, SafetyNumber.of(record("alica", filled(0x11), 1), BOB));
    assertNotEquals(number, SafetyNumber.of(record("alice", oneBit, 1), BOB));
    assertNotEquals(number, SafetyNumber.of(ALICE, record("boba", filled(0x22), 2)));
    assertNotEquals(number, SafetyNumber.of(ALICE, record("bob", filled(0x23), 2)));
    assertNotEquals(
        number, SafetyNumber.of(record("alice", filled(0x22), 1), record("bob", filled(0x11), 2)));
    assertEquals(number, SafetyNumber.of(record("alice", filled(0x11), 9), BOB));
  }

  @Test
  void isShownInTwelveGroupsOfFive() {
    SafetyNumber number = SafetyNumber.of(ALICE, BOB);
    assertTrue(number.grouped().matches("([0-9]{5} ){11}[0-9]{5}"), number.grouped());
    assertEquals(number.digits(), number.grouped().replace(" ", ""));
    assertEquals("WAXWING:SAFETY:1:" + number.digits(), number.qrText());
  }

  @Test
  void comparesWhatWasTypedOrScanned() {
    SafetyNumber number = SafetyNumber.of(ALICE, BOB);
    assertTrue(number.matches(number.digits()));
    assertTrue(number.matches(" " + number.grouped().replace(" ", "\n") + " "));
    assertTrue(number.matches(number.grouped().replace(' ', '-')));
    assertTrue(number.matches(number.qrText()));
    assertTrue(number.matches(number.qrText().toLowerCase(java.util.Locale.ROOT)));
    String digits = number.digits();
    for (int i = 0; i < 60; i++) {
      char other = digits.charAt(i) == '9' ? '0' : (char) (digits.charAt(i) + 1);
      assertFalse(number.matches(digits.substring(0, i) + other + digits.substring(i + 1)));
    }
    assertFalse(number.matches(digits.substring(1)));
    assertFalse(number.matches(digits + "0"));
    assertFalse(number.matches(""));
    assertFalse(number.matches("WAXWING:SAFETY:2:" + digits));
    assertThrows(IllegalArgumentException.class, () -> new SafetyNumber("1"));
  }

  private static String byHand(String user, Bytes key) throws Exception {
    ByteArrayOutputStream x = new ByteArrayOutputStream();
    x.writeBytes("waxwing/1/safety\0\0\0\0".getBytes(StandardCharsets.US_ASCII));
    x.write(user.length());
    x.writeBytes(user.getBytes(StandardCharsets.US_ASCII));
    x.writeBytes(new byte[] {0, 0, 0, 32});
    x.writeBytes(key.toArray());
    byte[] hash = {};
    for (int round = 0; round < 5200; round++) {
      ByteArrayOutputStream next = new ByteArrayOutputStream();
      next.writeBytes(hash);
      next.writeBytes(x.toByteArray());
      hash = MessageDigest.getInstance("SHA-512").digest(next.toByteArray());
    }
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < 30; i += 5) {
      long group = 0;
      for (int j = i; j < i + 5; j++) {
        group = group * 256 + (hash[j] & 0xff);
      }
      digits.append(("" + (100_000 + group % 100_000)).substring(1));
    }
    return digits.toString();
  }

  private static UserRecord record(String name, Bytes accountKey, int device) {
    return new UserRecord(
        new UserId(name),
        0,
        Bytes.EMPTY,
        accountKey,
        Bytes.of(new byte[UserRecord.VAULT_KEY]),
        List.of(
            new UserRecord.Device(
                new DeviceId(Bytes.fromHex("000000000000000" + device)),
                filled(device),
                filled(device))),
        device);
  }

  private static Bytes filled(int value) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) value);
    return Bytes.of(key);
  }

  private static byte[] flip(byte[] key) {
    key[31] ^= 1;
    return key;
  }
}
