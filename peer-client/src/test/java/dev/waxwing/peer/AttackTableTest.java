package dev.waxwing.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** ATTACKS.md has every case, and each names living tests or says why there is none. */
class AttackTableTest {
  private static final Path PAGE = Path.of("../common/ATTACKS.md");
  private static final List<String> MODULES = List.of("../common", "../relay-server", ".");
  private static final Pattern NAMED = Pattern.compile("`([A-Za-z0-9]+)#([A-Za-z0-9]+)`");
  private static final Pattern ROW = Pattern.compile("\\| ([A-Z][0-9]+) \\|.*");
  private static final Map<String, Integer> CASES =
      Map.of("T", 12, "A", 15, "U", 6, "F", 15, "R", 15, "P", 16, "E", 4, "L", 6);

  /** Shorter is no reason. */
  private static final int REASON = 20;

  @Test
  void everyCaseHasItsRow() throws IOException {
    Map<String, Integer> rows = new HashMap<>();
    for (String line : rows()) {
      Matcher row = ROW.matcher(line);
      assertTrue(row.matches());
      int count = rows.merge(row.group(1).substring(0, 1), 1, Integer::sum);
      assertEquals(row.group(1).substring(1), "" + count, line);
    }
    assertEquals(CASES, rows);
  }

  @Test
  void everyRowNamesLivingTestsOrAReason() throws IOException {
    Map<String, String> sources = sources();
    List<String> wrong = new ArrayList<>();
    for (String line : rows()) {
      if (!shown(line, sources)) {
        wrong.add(line);
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void rowWithoutATestOrWithADeadOneIsFound() {
    Map<String, String> sources =
        Map.of("SomeTest", "  @FuzzTest\n  void here(byte[] in) {}\n\n  void no() {}\n");
    assertTrue(shown("| T1 | a | b | `SomeTest#here` |", sources));
    assertTrue(shown("| T1 | a | b | There are no shared folders yet |", sources));
    assertFalse(shown("| T1 | a | b | `SomeTest#no` |", sources));
    assertFalse(shown("| T1 | a | b | `SomeTest#here`, `OtherTest#here` |", sources));
    assertFalse(shown("| T1 | a | b | – |", sources));
  }

  private static List<String> rows() throws IOException {
    return Files.readAllLines(PAGE).stream().filter(line -> ROW.matcher(line).matches()).toList();
  }

  private static boolean shown(String line, Map<String, String> sources) {
    String last = line.substring(line.lastIndexOf('|', line.length() - 2) + 1, line.length() - 1);
    Matcher named = NAMED.matcher(last);
    boolean any = false;
    while (named.find()) {
      any = true;
      if (!isTest(sources.getOrDefault(named.group(1), ""), named.group(2))) {
        return false;
      }
    }
    return any || last.strip().length() >= REASON;
  }

  /** Whether an annotation of a test stands before the method, with no other method between. */
  private static boolean isTest(String source, String method) {
    Matcher declared =
        Pattern.compile("\\n *(?:default )?(?:void|Stream<.*>) " + method + "\\(").matcher(source);
    if (!declared.find()) {
      return false;
    }
    String before = source.substring(Math.max(source.lastIndexOf("}\n", declared.start()), 0));
    String own = before.substring(0, before.indexOf(" " + method + "("));
    return own.matches("(?s).*@(Test|ParameterizedTest|RepeatedTest|TestFactory|FuzzTest)\\b.*")
        && !own.contains("@Disabled");
  }

  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of(module, "src/test/java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString();
          sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
        }
      }
    }
    return sources;
  }
}
