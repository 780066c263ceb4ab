package dev.waxwing.peer.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Amounts, rates and times as people read them: decimal units, two at most, no false precision. */
final class Human {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

  private Human() {}

  /** {@code 0 B}, {@code 999 B}, {@code 4.1 MB}, {@code 128 GB}. */
  static String size(long bytes) {
    double value = bytes;
    int unit = 0;
    // What would be shown as 1000 is shown as 1.0 of the next unit.
    while (unit + 1 < UNITS.length && value >= (unit == 0 ? 1000 : 999.5)) {
      value /= 1000;
      unit++;
    }
    String form = unit == 0 || value >= 99.95 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, form, value, UNITS[unit]);
  }

  /** {@code 18.7 / 28.0 MB}; only the first where the whole is not known. */
  static String amount(long done, long whole) {
    if (whole < 0) {
      return size(done);
    }
    String all = size(whole);
    String part = size(done);
    String unit = all.substring(all.indexOf(' '));
    String number = part.endsWith(unit) ? part.substring(0, part.indexOf(' ')) : part;
    return number + " / " + all;
  }

  /** {@code 9.2 MB/s}. */
  static String rate(double bytesPerSecond) {
    return size(Math.round(bytesPerSecond)) + "/s";
  }

  /** {@code 0 s}, {@code 59 s}, {@code 1 min 5 s}, {@code 2 h 3 min}, {@code 4 d}. */
  static String duration(long millis) {
    long seconds = Math.max(0, (millis + 500) / 1000);
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return two(seconds / 60, "min", seconds % 60, "s");
    }
    if (seconds < 86_400) {
      return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
    }
    return two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
  }

  /** Date and minute. */
  static String time(long millis, ZoneId zone) {
    return MINUTE.format(Instant.ofEpochMilli(millis).atZone(zone));
  }

  /** Hour and minute. */
  static String clock(long millis, ZoneId zone) {
    return CLOCK.format(Instant.ofEpochMilli(millis).atZone(zone));
  }

  /** {@code 1 file}, {@code 3 files}. */
  static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  private static String two(long major, String majorUnit, long minor, String minorUnit) {
    String text = major + " " + majorUnit;
    return minor == 0 ? text : text + " " + minor + " " + minorUnit;
  }
}
