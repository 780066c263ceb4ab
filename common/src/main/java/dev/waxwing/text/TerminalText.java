package dev.waxwing.text;

import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Untrusted text made fit for a terminal or a log line: nothing in it moves the cursor, changes
 * colours, hides, or turns the direction of what stands beside it. For eyes only; the way back is
 * not kept.
 */
public final class TerminalText {
  private static final int JOINER = 0x200d;
  private static final int NON_JOINER = 0x200c;

  private TerminalText() {}

  /** One line: line feeds and tabs are made visible too. */
  public static String escape(String text) {
    return escape(text, c -> false);
  }

  /** Many lines: line feeds and tabs stay as they are. */
  public static String escapeLines(String text) {
    return escape(text, c -> c == '\n' || c == '\t');
  }

  /** Whether a code point does something other than show itself. */
  public static boolean acts(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          true;
      // The two joiners hold emoji and many scripts together and are harmless in themselves.
      case Character.FORMAT -> codePoint != JOINER && codePoint != NON_JOINER;
      default -> false;
    };
  }

  private static String escape(String text, IntPredicate kept) {
    if (text.codePoints().noneMatch(c -> acts(c) && !kept.test(c))) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (!acts(c) || kept.test(c)) {
                out.appendCodePoint(c);
              } else if (c < 0x20) {
                out.appendCodePoint(0x2400 + c);
              } else if (c == 0x7f) {
                out.append('\u2421');
              } else {
                out.append("\\u{").append(Integer.toHexString(c).toUpperCase(Locale.ROOT));
                out.append('}');
              }
            });
    return out.toString();
  }
}
