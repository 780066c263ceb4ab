package dev.waxwing.peer.cli;

import dev.waxwing.text.TerminalText;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object to be printed. Whatever acts on a terminal is written as an escape, so that even a
 * document printed to a screen is harmless (RFC 8259 section 7 allows it for every character).
 */
final class Json {
  private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();

  /** An empty object. */
  static Json object() {
    return new Json();
  }

  /** The outermost object of what a command prints: says which version of the shapes it has. */
  static Json document() {
    return object().put("v", 1);
  }

  /** The name of an enum constant as documents have it. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** A moment, or null for none. */
  static @Nullable String time(long millis) {
    return millis == 0 ? null : Instant.ofEpochMilli(millis).toString();
  }

  /** Adds a string, number, boolean, object, list of these, or null. */
  Json put(String name, @Nullable Object value) {
    fields.put(name, value);
    return this;
  }

  /** The value of a field. */
  @Nullable Object get(String name) {
    return fields.get(name);
  }

  /** Adds all fields of another. */
  Json with(Json other) {
    fields.putAll(other.fields);
    return this;
  }

  /** One line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    write(this, text);
    return text.toString();
  }

  private static void write(@Nullable Object value, StringBuilder text) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      text.append(value);
    } else if (value instanceof Json object) {
      text.append('{');
      String separator = "";
      for (Map.Entry<String, @Nullable Object> field : object.fields.entrySet()) {
        text.append(separator);
        quote(field.getKey(), text);
        text.append(':');
        write(field.getValue(), text);
        separator = ",";
      }
      text.append('}');
    } else if (value instanceof List<?> list) {
      text.append('[');
      String separator = "";
      for (Object item : list) {
        text.append(separator);
        write(item, text);
        separator = ",";
      }
      text.append(']');
    } else {
      quote(value.toString(), text);
    }
  }

  private static void quote(String string, StringBuilder text) {
    text.append('"');
    string
        .codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                text.append('\\').append((char) c);
              } else if (c == '\n') {
                text.append("\\n");
              } else if (TerminalText.acts(c)) {
                for (char unit : Character.toChars(c)) {
                  text.append(String.format("\\u%04x", (int) unit));
                }
              } else {
                text.appendCodePoint(c);
              }
            });
    text.append('"');
  }
}
