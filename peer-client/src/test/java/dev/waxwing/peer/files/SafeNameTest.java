package dev.waxwing.peer.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeNameTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "report.pdf|report.pdf",
        "Übersicht 世界.txt|Übersicht 世界.txt",
        "../x|x",
        "../../etc/passwd|passwd",
        "/etc/shadow|shadow",
        "..|file",
        ".|file",
        "...|file",
        "a/..|file",
        "C:\\Windows\\win.ini|win.ini",
        "C:evil.txt|evil.txt",
        "\\\\host\\share\\a.txt|a.txt",
        "a.txt:hidden|a.txt_hidden",
        "a.txt::$DATA|a.txt__$DATA",
        "CON|_CON",
        "con.txt|_con.txt",
        "NUL.tar.gz|_NUL.tar.gz",
        "nul .txt|_nul .txt",
        "COM1|_COM1",
        "com¹.log|_com¹.log",
        "LPT9.x|_LPT9.x",
        "CONIN$|_CONIN$",
        "COMMON|COMMON",
        "COM10|COM10",
        "a.txt.|a.txt",
        "a.txt. . .|a.txt",
        "` a `|a",
        "` `|file",
        "a<b>c\"d|e?f*.txt|a_b_c_d",
        ".bashrc|_.bashrc",
        ".ssh/authorized_keys|authorized_keys",
        "``|file",
      })
  void hostileNameBecomesAnHonestOne(String remote, String expected) {
    if (remote.startsWith("a<b>")) {
      assertEquals("a_b_c_d_e_f_.txt", SafeName.of("a<b>c\"d|e?f*.txt"));
    } else {
      assertEquals(expected, SafeName.of(remote));
    }
  }

  @Test
  void controlAndDirectionCharactersGo() {
    assertEquals("a_b_c_.txt", SafeName.of("a\u0000b\nc\u001b.txt"));
    assertEquals("photo_gpj.exe", SafeName.of("photo\u202egpj.exe"));
    assertEquals("a_b_", SafeName.of("a\u0085b\u2028"));
    assertEquals("a_b", SafeName.of("a\ud800b"));
  }

  @Test
  void leadingDotStaysInsideAFolderOnly() {
    assertEquals(".gitignore", SafeName.segment(".gitignore"));
    assertEquals("_.gitignore", SafeName.of(".gitignore"));
  }

  @Test
  void longNameIsCutBetweenCodePointsAndKeepsItsExtension() {
    for (String letter : new String[] {"a", "ä", "世", "👩"}) {
      String name = SafeName.of(letter.repeat(300) + ".jpeg");
      int length = name.getBytes(StandardCharsets.UTF_8).length;
      assertTrue(length <= SafeName.LIMIT && length > SafeName.LIMIT - 4, name);
      assertTrue(name.endsWith(letter + ".jpeg"), name);
    }
    assertEquals(SafeName.LIMIT, SafeName.of("a." + "b".repeat(300)).length());
    String numbered = SafeName.numbered(SafeName.of("a".repeat(300) + ".jpeg"), 12);
    assertEquals(SafeName.LIMIT, numbered.length());
    assertTrue(numbered.endsWith("a (12).jpeg"));
  }

  @Test
  void numberGoesBeforeTheExtension() {
    assertEquals("a (2).txt", SafeName.numbered("a.txt", 2));
    assertEquals("a (3)", SafeName.numbered("a", 3));
    assertEquals(".a (3)", SafeName.numbered(".a", 3));
  }

  @Test
  void twinsInCaseAndCompositionHaveOneKey() {
    assertEquals(SafeName.twinKey("README"), SafeName.twinKey("ReadMe"));
    assertEquals(SafeName.twinKey("STRASSE"), SafeName.twinKey("straße"));
    assertEquals(SafeName.twinKey("\u00e9"), SafeName.twinKey("e\u0301"));
    assertNotEquals(SafeName.twinKey("a"), SafeName.twinKey("b"));
  }

  @Test
  void everyTextHasANameThatCanBeCreatedAndIsStable(@TempDir Path folder) throws Exception {
    long seed = 20260101;
    Random random = new Random(seed);
    String nasty = "./\\:*?\"<>|\u0000\u001b\u202e CONnul1.~$ä世\ud83d\ude00\ud83d\n";
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(12); length > 0; length--) {
        text.append(nasty.charAt(random.nextInt(nasty.length())));
      }
      String name = SafeName.of(text.toString());
      String shown = "seed " + seed + ", round " + i + ": " + name;
      assertEquals(name, SafeName.of(name), shown);
      assertFalse(name.startsWith("."), shown);
      Path path = folder.resolve(name);
      assertEquals(folder, path.getParent(), shown);
      assertEquals(path, path.normalize(), shown);
      Files.write(path, new byte[1]);
      Files.delete(path);
    }
  }
}
