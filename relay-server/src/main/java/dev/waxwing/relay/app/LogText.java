package dev.waxwing.relay.app;

import java.util.Locale;

/**
 * Text from outside, made fit for one field of one log line: control, bidirectional and unpaired
 * characters as {@code \}{@code u} escapes, and never longer than 200 characters.
 */
final class LogText {
  private static final int LONGEST = 200;

  private LogText() {}

  /** The escaped text. */
  static String field(String text) {
    StringBuilder out = new StringBuilder();
    append(out, text, LONGEST);
    return out.toString();
  }

  /** Appends the escaped text, cut after {@code longest} characters of its own. */
  static void append(StringBuilder out, String text, int longest) {
    int shown = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (shown++ == longest) {
        out.append('…');
        return;
      }
      if (point == '"' || point == '\\') {
        out.append('\\').appendCodePoint(point);
      } else if (harmless(point)) {
        out.appendCodePoint(point);
      } else {
        out.append(String.format(Locale.ROOT, "\\u%04x", point));
      }
    }
  }

  private static boolean harmless(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
