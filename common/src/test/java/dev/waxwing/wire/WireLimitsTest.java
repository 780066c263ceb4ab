package dev.waxwing.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireLimitsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 200, 1",
    "1, 201, 1",
    "65536, 65736, 1",
    "65537, 65753, 1",
    "1048576, 1049016, 1",
    "1048577, 1049033, 2",
    "2097152, 2097848, 2",
    "2097153, 2097865, 3",
  })
  void sizesFollowFromThePlaintext(long plaintext, long ciphertext, long parts) {
    assertEquals(ciphertext, WireLimits.ciphertextSize(plaintext));
    assertEquals(parts, WireLimits.partCount(ciphertext));
    assertTrue(WireLimits.isBlob(parts, ciphertext));
    assertFalse(WireLimits.isBlob(parts + 1, ciphertext));
    assertFalse(WireLimits.isBlob(parts - 1, ciphertext));
  }

  @Test
  void partsFollowOneAnother() {
    for (long part = 0; part < 100; part++) {
      assertEquals(
          WireLimits.partStart(part + 1), WireLimits.partStart(part) + WireLimits.partLength(part));
    }
  }

  @Test
  void firstSliceFitsIntoABody() {
    assertTrue(WireLimits.SLICE + WireLimits.AGE_PREFIX <= WireLimits.MAX_BODY);
    assertEquals(WireLimits.PART, 4 * WireLimits.SLICE);
  }

  @Test
  void sizesThatNoBlobCanHaveAreRefused() {
    assertTrue(WireLimits.isBlob(WireLimits.MAX_PARTS, WireLimits.MAX_BLOB));
    assertFalse(WireLimits.isBlob(WireLimits.MAX_PARTS + 1, WireLimits.MAX_BLOB + 1));
    assertFalse(WireLimits.isBlob(1, 0));
    assertFalse(WireLimits.isBlob(1, -5));
    assertFalse(WireLimits.isBlob(1, Long.MIN_VALUE));
    assertFalse(WireLimits.isBlob(1, Long.MAX_VALUE));
    assertFalse(WireLimits.isBlob(0, 0));
  }

  @Test
  void everyCodeAdvisesInOneClauseAndEveryKindHasItsExitCode() {
    for (FaultCode code : FaultCode.values()) {
      assertFalse(code.advice().isBlank(), code.name());
      assertFalse(code.advice().endsWith("."), code.name());
      assertEquals(code.advice(), new Fault(code, "what").advice());
    }
    assertEquals(
        "FAILED 1, USAGE 2, NETWORK 3, LOGIN 4, NOT_FOUND 5, TRUST 6, OFFLINE 7, PARTLY 8, LIMIT 9,"
            + " DECLINED 10",
        Arrays.stream(FaultCode.Kind.values())
            .map(kind -> kind + " " + kind.exitCode())
            .collect(Collectors.joining(", ")));
  }
}
