package dev.waxwing.crash;

import java.util.Locale;

/** What the environment sets for the suites here; each prints what it took. */
final class Knobs {
  /** How long a program is stopped. */
  static final long PAUSE_MILLIS = number("WAXWING_PAUSE_MILLIS", 3_000);

  private Knobs() {}

  static long number(String name, long otherwise) {
    String value = System.getenv(name);
    long taken = value == null || value.isBlank() ? otherwise : Long.parseLong(value.strip());
    System.out.printf(Locale.ROOT, "%s=%d%n", name, taken);
    return taken;
  }

  /** Whether something is set at all. */
  static boolean set(String name) {
    String value = System.getenv(name);
    return value != null && !value.isBlank();
  }
}
