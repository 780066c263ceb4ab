package dev.waxwing.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class TerminalTextTest {
  @Test
  void plainTextOfAnyScriptStaysTheSameObject() {
    String text = "Grüße, 世界, नमस्ते, 👩\u200d👩\u200d👧 – 100 %";
    assertSame(text, TerminalText.escape(text));
  }

  @Test
  void escapeSequencesBecomePictures() {
    assertEquals("a␛[31mb␇␡", TerminalText.escape("a\u001b[31mb\u0007\u007f"));
    assertEquals("␀␊␉␍", TerminalText.escape("\0\n\t\r"));
  }

  @Test
  void secondControlSetIsNumbered() {
    assertEquals("\\u{9B}31m\\u{85}", TerminalText.escape("\u009b31m\u0085"));
  }

  @Test
  void directionMarksAndInvisiblesAreNumbered() {
    assertEquals("x\\u{202E}fdp.exe", TerminalText.escape("x\u202efdp.exe"));
    assertEquals(
        "\\u{2066}\\u{2069}\\u{200B}\\u{FEFF}\\u{2028}\\u{2029}",
        TerminalText.escape("\u2066\u2069\u200b\ufeff\u2028\u2029"));
    assertEquals("\\u{E0041}", TerminalText.escape(Character.toString(0xe0041)));
  }

  @Test
  void halfASurrogatePairIsNumbered() {
    assertEquals("a\\u{D83D}b", TerminalText.escape("a\ud83db"));
  }

  @Test
  void linesKeepLineFeedsAndTabsOnly() {
    assertEquals("a\n\tb␍␛", TerminalText.escapeLines("a\n\tb\r\u001b"));
  }

  @Test
  void nothingThatActsIsLeftOfAnyCodePoint() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String out = TerminalText.escape("a" + Character.toString(c) + "b");
      assertFalse(out.codePoints().anyMatch(TerminalText::acts), Integer.toHexString(c));
    }
  }
}
