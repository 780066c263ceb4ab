package dev.waxwing.peer.age;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class AgeIdentityTest {
  /** Both from age.md, "The X25519 recipient type": 32 bytes of 0x42. */
  private static final String SECRET =
      "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

  private static final String RECIPIENT =
      "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

  @Test
  void exampleOfTheSpecificationIsWrittenAndRead() {
    byte[] random = new byte[32];
    Arrays.fill(random, (byte) 0x42);
    AgeIdentity identity = AgeIdentity.of(AgeFiles.SUITE.agreement(), Secret.take(random));
    assertEquals(SECRET, identity.text().use(b -> new String(b, StandardCharsets.US_ASCII)));
    assertEquals(RECIPIENT, identity.recipientText());
    assertEquals(identity, parse(SECRET));
    assertEquals(identity.recipient(), AgeIdentity.parseRecipient(RECIPIENT));
  }

  @Test
  void everyChangedCharacterIsFound() {
    for (int i = 0; i < SECRET.length(); i++) {
      for (char other : "Q1B-é".toCharArray()) {
        String damaged = SECRET.substring(0, i) + other + SECRET.substring(i + 1);
        if (!damaged.equals(SECRET)) {
          refused(FaultCode.AGE_NO_MATCH, damaged);
        }
      }
      refused(FaultCode.AGE_NO_MATCH, SECRET.substring(0, i));
    }
    for (int i = 0; i < RECIPIENT.length(); i++) {
      String damaged = RECIPIENT.substring(0, i) + 'b' + RECIPIENT.substring(i + 1);
      Fault fault = assertThrows(Fault.class, () -> AgeIdentity.parseRecipient(damaged));
      assertEquals(FaultCode.AGE_NO_MATCH, fault.code());
    }
  }

  @Test
  void lowerAndMixedCaseAreRefused() {
    refused(FaultCode.AGE_NO_MATCH, SECRET.toLowerCase(Locale.ROOT));
    refused(FaultCode.AGE_NO_MATCH, SECRET.replace('X', 'x'));
  }

  @Test
  void keyOfAnotherLengthIsRefused() {
    byte[] text = Bech32.encode("age", new byte[31]);
    Fault fault =
        assertThrows(
            Fault.class,
            () -> AgeIdentity.parseRecipient(new String(text, StandardCharsets.US_ASCII)));
    assertEquals(FaultCode.AGE_NO_MATCH, fault.code());
  }

  @Test
  void bitsLeftOverThatAreNotZeroAreRefused() {
    // 32 bytes are 51 groups of five bits and one bit; the four behind it must be zero (BIP 173).
    String right = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z";
    String spare = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqpfwgqrs";
    String tooMany = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqy6p66v";
    assertEquals(32, Bech32.decode("age", right.getBytes(StandardCharsets.US_ASCII)).length);
    for (String wrong : new String[] {spare, tooMany}) {
      byte[] ascii = wrong.getBytes(StandardCharsets.US_ASCII);
      assertThrows(Fault.class, () -> Bech32.decode("age", ascii), wrong);
    }
  }

  @Test
  void hybridIdentityIsOfAnotherKind() {
    refused(
        FaultCode.AGE_UNSUPPORTED, "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM");
  }

  @Test
  void identityShowsNoSecret() {
    assertEquals(-1, parse(SECRET).toString().indexOf("42424242"));
  }

  private static AgeIdentity parse(String text) {
    return AgeIdentity.parse(
        AgeFiles.SUITE.agreement(), Secret.take(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void refused(FaultCode code, String text) {
    assertEquals(code, assertThrows(Fault.class, () -> parse(text), text).code());
  }
}
