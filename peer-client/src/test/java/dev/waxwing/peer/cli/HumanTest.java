package dev.waxwing.peer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HumanTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1, 1 B",
    "999, 999 B",
    "1000, 1.0 kB",
    "1049, 1.0 kB",
    "99949, 99.9 kB",
    "99950, 100 kB",
    "999499, 999 kB",
    "999500, 1.0 MB",
    "4100000, 4.1 MB",
    "1073741824, 1.1 GB",
    "9223372036854775807, 9.2 EB"
  })
  void sizesAreDecimalWithOneFigureBehindThePointBelowAHundred(long bytes, String text) {
    assertEquals(text, Human.size(bytes));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 s",
    "-5, 0 s",
    "1499, 1 s",
    "59499, 59 s",
    "59500, 1 min",
    "65000, 1 min 5 s",
    "3600000, 1 h",
    "7380000, 2 h 3 min",
    "86400000, 1 d",
    "100800000, 1 d 4 h"
  })
  void durationsHaveTwoUnitsAtMost(long millis, String text) {
    assertEquals(text, Human.duration(millis));
  }

  @Test
  void amountsShareTheirUnitAndLeaveOutAnUnknownWhole() {
    assertEquals("18.7 / 28.0 MB", Human.amount(18_700_000, 28_000_000));
    assertEquals("900 kB / 28.0 MB", Human.amount(900_000, 28_000_000));
    assertEquals("900 kB", Human.amount(900_000, -1));
    assertEquals("9.2 MB/s", Human.rate(9_200_000.4));
    assertEquals("1 file", Human.count(1, "file", "files"));
    assertEquals("0 files", Human.count(0, "file", "files"));
    assertEquals("1970-01-01 00:00", Human.time(0, ZoneOffset.UTC));
  }

  @ParameterizedTest
  @CsvSource({
    "30, 30000",
    "30s, 30000",
    "500ms, 500",
    "10m, 600000",
    "10min, 600000",
    "1h30m, 5400000",
    "2d, 172800000",
    "1w, 604800000",
    "0, 0"
  })
  void spansAreReadAsPeopleTypeThem(String text, long millis) {
    assertEquals(millis, Span.parse(text).millis());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "h", "10x", "-5s", "1.5h", "10 m", "5s3", "99999999999s"})
  void whatIsNoSpanIsRefused(String text) {
    Fault fault = assertThrows(Fault.class, () -> Span.parse(text));
    assertEquals(FaultCode.USAGE, fault.code());
  }

  @Test
  void theNearestWordIsFoundOnlyWhenItIsNear() {
    List<String> known = List.of("send", "status", "receive", "who");
    assertEquals(Optional.of("send"), Nearest.to("snd", known));
    assertEquals(Optional.of("send"), Nearest.to("sned", known));
    assertEquals(Optional.of("receive"), Nearest.to("recieve", known));
    assertEquals(Optional.empty(), Nearest.to("frobnicate", known));
    assertEquals(Optional.empty(), Nearest.to("xx", known));
    assertEquals(1, Nearest.distance("ab", "ba"));
    assertEquals(3, Nearest.distance("", "abc"));
  }
}
