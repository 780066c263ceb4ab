package dev.waxwing.relay.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.relay.net.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLineTest {
  private static final String HOSTILE = "a\nb\u001b[31m\u202e\u0000\"";

  @Test
  void anEventIsOneLineWithTimeLevelCategoryNameAndFields() {
    String line = text(event("login-refused", "user", "ali"));
    assertTrue(
        line.matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z WARN  login login-refused user=ali\n"), line);
  }

  @Test
  void hostileTextStaysInItsField() {
    String line = text(event(HOSTILE, "x", HOSTILE));
    assertEquals(1, line.lines().count());
    assertFalse(line.contains("\u001b") || line.contains("\u202e") || line.contains("\u0000"));
  }

  @Test
  void jsonLinesAreJsonWhateverIsInThem() throws Exception {
    String line = new String(new LogLine(true).encode(event(HOSTILE, "x", HOSTILE)), UTF_8);
    assertEquals(1, line.lines().count());
    JsonNode json = Json.MAPPER.readTree(line);
    assertEquals("login", json.path("category").asText());
    assertEquals("warn", json.path("level").asText());
    assertFalse(json.path("fields").path("x").asText().contains("\n"));
  }

  @Test
  void longTextIsCut() {
    String line = text(event("e".repeat(100_000), "x", "y".repeat(100_000)));
    assertTrue(line.length() < 1000, "length " + line.length());
  }

  @Test
  void exceptionsShowNameAndMessageButNoTrace() {
    LoggingEvent event = event("failed", "x", "y");
    event.setThrowableProxy(
        new ch.qos.logback.classic.spi.ThrowableProxy(new IllegalStateException("two\nlines")));
    String line = text(event);
    assertEquals(1, line.lines().count());
    assertTrue(line.contains("IllegalStateException"), line);
  }

  private static String text(LoggingEvent event) {
    return new String(new LogLine(false).encode(event), UTF_8);
  }

  private static LoggingEvent event(String message, String key, String value) {
    Logger logger = new LoggerContext().getLogger("waxwing.login");
    LoggingEvent event = new LoggingEvent("x", logger, Level.WARN, message, null, null);
    event.setKeyValuePairs(List.of(new KeyValuePair(key, value)));
    return event;
  }
}
