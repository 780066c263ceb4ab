package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.wire.FaultCode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a program ended and what it said. */
record Ran(List<String> command, int exit, String out, String err) {
  private static final Pattern WHY = Pattern.compile("(?m)^ {2}why: (\\S+)$");
  private static final Pattern TRACE =
      Pattern.compile("(?m)^\\s*at [\\w.$/]+\\(|Exception|java\\.(lang|io|nio|net|util)\\.");

  /**
   * Asserts a refusal: exit code, code, something that happened, what to do; no trace, no result.
   */
  Ran refused(FaultCode code) {
    assertEquals(code.kind().exitCode(), exit, this::toString);
    Matcher why = WHY.matcher(err);
    assertTrue(why.find(), this::toString);
    assertEquals(code.name(), why.group(1), this::toString);
    assertTrue(firstLine().matches("waxwing: \\S.{9,}"), this::toString);
    assertTrue(err.contains("\n  do:  "), this::toString);
    assertEquals("", out, this::toString);
    return plain();
  }

  /** Asserts success. */
  Ran ok() {
    assertEquals(0, exit, this::toString);
    return plain();
  }

  /** Asserts that neither stream shows the program's insides, or does anything to a terminal. */
  Ran plain() {
    String said = out + err;
    assertFalse(TRACE.matcher(said).find(), this::toString);
    assertTrue(
        said.codePoints().allMatch(c -> c == '\n' || (c >= 0x20 && c != 0x7f && !hostile(c))),
        this::toString);
    return this;
  }

  private static boolean hostile(int c) {
    return (c >= 0x80 && c < 0xa0) || Character.getType(c) == Character.FORMAT;
  }

  /** The failure as people read it first; what told progress before it is left out. */
  String firstLine() {
    return err.lines()
        .filter(line -> line.startsWith("waxwing: "))
        .findFirst()
        .orElseGet(() -> err.lines().findFirst().orElse(""));
  }

  @Override
  public String toString() {
    return String.join(" ", command) + "\nexit " + exit + "\nout: " + out + "\nerr: " + err;
  }
}
