package dev.waxwing.peer.cli;

import dev.waxwing.text.TerminalText;

/**
 * Text that does nothing to a terminal but show itself.
 *
 * @param text without control characters, except line feeds where it came from {@link #lines}
 * @param ink how it is set off where colours are on
 */
record Safe(String text, Ink ink) {

  /** Any text as one line. */
  static Safe of(Object text) {
    return new Safe(TerminalText.escape(String.valueOf(text)), Ink.PLAIN);
  }

  /**
   * Any text as lines, all but the first indented, so that none passes for a line of this program.
   */
  static Safe lines(String text) {
    return new Safe(TerminalText.escapeLines(text).replace("\n", "\n    "), Ink.PLAIN);
  }

  /** The same text in an ink. */
  Safe in(Ink other) {
    return new Safe(text, other);
  }

  @Override
  public String toString() {
    return text;
  }
}
