package dev.waxwing.peer.cli;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time as people type it: {@code 30s}, {@code 10m}, {@code 1h30m}, {@code 2d}, {@code
 * 500ms}; a bare number is seconds.
 *
 * @param millis not negative
 */
record Span(long millis) {
  private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|s|min|m|h|d|w|)");

  /**
   * Reads one.
   *
   * @throws Fault USAGE
   */
  static Span parse(String text) {
    String rest = text.strip().toLowerCase(Locale.ROOT);
    Matcher part = PART.matcher(rest);
    long millis = 0;
    int at = 0;
    while (at < rest.length()) {
      part.region(at, rest.length());
      if (!part.lookingAt() || (part.group(2).isEmpty() && part.end() - at != rest.length())) {
        break;
      }
      millis += Long.parseLong(part.group(1)) * unit(part.group(2));
      at = part.end();
    }
    if (rest.isEmpty() || at < rest.length()) {
      throw new Fault(
          FaultCode.USAGE, "'" + text + "' is no length of time", "write it like 30s, 10m or 2h");
    }
    return new Span(millis);
  }

  private static long unit(String name) {
    return switch (name) {
      case "ms" -> 1;
      case "m", "min" -> 60_000;
      case "h" -> 3_600_000;
      case "d" -> 86_400_000;
      case "w" -> 7 * 86_400_000L;
      default -> 1000;
    };
  }
}
