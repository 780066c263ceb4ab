package dev.waxwing.relay.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** JSON as plain columns for people. */
final class Table {
  /** Fields that are times, milliseconds since 1970. */
  private static final Set<String> TIMES =
      Set.of("created", "expires", "registered", "seen", "since", "made");

  private Table() {}

  /** An array of objects, a line each under a heading. */
  static void rows(Console console, JsonNode rows, String... columns) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of(columns).stream().map(c -> c.toUpperCase(java.util.Locale.ROOT)).toList());
    for (JsonNode row : rows) {
      List<String> line = new ArrayList<>();
      for (String column : columns) {
        line.add(cell(column, row.path(column)));
      }
      lines.add(line);
    }
    int[] widths = new int[columns.length];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        text.append(line.get(i)).append(" ".repeat(widths[i] - line.get(i).length() + 2));
      }
      console.print(text.toString().stripTrailing());
    }
  }

  /** An object, a field a line. */
  static void pairs(Console console, JsonNode object) {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (field.getValue().isObject()) {
        pairs(console, field.getValue());
      } else {
        console.print(field.getKey() + ": " + cell(field.getKey(), field.getValue()));
      }
    }
  }

  private static String cell(String name, JsonNode value) {
    if (value.isArray()) {
      List<String> parts = new ArrayList<>();
      value.forEach(part -> parts.add(part.asText()));
      return String.join(", ", parts);
    }
    if (TIMES.contains(name) && value.isIntegralNumber()) {
      return Instant.ofEpochMilli(value.asLong()).truncatedTo(ChronoUnit.SECONDS).toString();
    }
    return value.isMissingNode() ? "-" : value.asText();
  }
}
