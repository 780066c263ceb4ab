package dev.waxwing.peer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.message.UserId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamePatternTest {
  private static final ZonedDateTime WHEN =
      ZonedDateTime.of(2026, 3, 4, 5, 6, 7, 0, ZoneOffset.UTC);

  private static String name(String pattern, String offered) {
    return NamePattern.parse(pattern).name(new UserId("cam"), offered, WHEN);
  }

  @ParameterizedTest
  @CsvSource({
    "dated, door.jpg, 20260304_050607_from_cam.jpg",
    "dated, noextension, 20260304_050607_from_cam",
    "{from}-{name}, door.jpg, cam-door.jpg",
    "{stem} {date}{ext}, a.b.tar, a.b 20260304.tar"
  })
  void eachWordStandsForWhatItSays(String pattern, String offered, String expected) {
    assertEquals(expected, name(pattern, offered));
  }

  @Test
  void foldersInAnOfferedNameCutOffNothingOfThePattern() {
    assertEquals("cam-x", name("{from}-{name}", "../../x"));
    assertEquals("cam-.x", name("{from}-{name}", "a\\b/.x"));
    assertEquals("$1", name("{name}", "$1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "same", "{nobody}", "{from}/{name}", "{}", "..\\{name}"})
  void whatCannotNameFilesIsRefused(String pattern) {
    assertEquals(
        FaultCode.USAGE, assertThrows(Fault.class, () -> NamePattern.parse(pattern)).code());
  }
}
