package dev.waxwing.relay.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.relay.net.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * One event as one line, text or JSON: time (UTC), level, category, event name, fields. Every text
 * is escaped and capped; exceptions appear by name and message, never as a trace.
 */
final class LogLine extends EncoderBase<ILoggingEvent> {
  private static final int LONGEST_MESSAGE = 500;
  private static final int MOST_FIELDS = 24;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final boolean json;

  LogLine(boolean json) {
    this.json = json;
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    String line = json ? json(event) : text(event);
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ILoggingEvent event) {
    StringBuilder out = new StringBuilder(160);
    out.append(TIME.format(Instant.ofEpochMilli(event.getTimeStamp())));
    out.append(String.format(Locale.ROOT, " %-5s ", event.getLevel()));
    out.append(category(event)).append(' ');
    LogText.append(out, message(event), LONGEST_MESSAGE);
    for (KeyValuePair pair : fields(event)) {
      String value = LogText.field(String.valueOf(pair.value));
      boolean plain = !value.isEmpty() && value.indexOf(' ') < 0 && value.indexOf('"') < 0;
      out.append(' ').append(LogText.field(pair.key)).append('=');
      out.append(plain ? value : '"' + value + '"');
    }
    return out.toString();
  }

  private static String json(ILoggingEvent event) {
    ObjectNode line =
        Json.object()
            .put("time", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())))
            .put("level", event.getLevel().toString().toLowerCase(Locale.ROOT))
            .put("category", category(event))
            .put("event", capped(message(event), LONGEST_MESSAGE));
    List<KeyValuePair> fields = fields(event);
    if (!fields.isEmpty()) {
      ObjectNode object = line.putObject("fields");
      fields.forEach(pair -> object.put(pair.key, LogText.field(String.valueOf(pair.value))));
    }
    try {
      return Json.MAPPER.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      return "{\"level\":\"error\",\"event\":\"unwritable-log-line\"}";
    }
  }

  private static String capped(String text, int longest) {
    StringBuilder out = new StringBuilder();
    LogText.append(out, text, longest);
    return out.toString();
  }

  private static String message(ILoggingEvent event) {
    IThrowableProxy cause = event.getThrowableProxy();
    String message = String.valueOf(event.getFormattedMessage());
    return cause == null
        ? message
        : message + " (" + cause.getClassName() + ": " + cause.getMessage() + ")";
  }

  private static List<KeyValuePair> fields(ILoggingEvent event) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    return pairs == null ? List.of() : pairs.subList(0, Math.min(pairs.size(), MOST_FIELDS));
  }

  private static String category(ILoggingEvent event) {
    String name = event.getLoggerName();
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
