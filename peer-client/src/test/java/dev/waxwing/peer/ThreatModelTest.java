package dev.waxwing.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/**
 * THREAT-MODEL.md names living tests only: each exists in one of the modules, is a test, and is not
 * disabled. Runs in this module's folder, beside which the others lie.
 */
class ThreatModelTest {
  private static final Path PAGE = Path.of("../common/THREAT-MODEL.md");
  private static final List<String> MODULES = List.of("../common", "../relay-server", ".");
  private static final Pattern NAMED = Pattern.compile("`([A-Za-z0-9]+)#([A-Za-z0-9]+)`");
  private static final String NONE = "no test yet";

  @Test
  void everyNamedTestExists() throws IOException {
    everyTestNamedExists(PAGE, 40);
  }

  @Test
  void everyTestNamedOnDurabilityExists() throws IOException {
    everyTestNamedExists(Path.of("../relay-server/DURABILITY.md"), 20);
  }

  private static void everyTestNamedExists(Path page, int least) throws IOException {
    Map<String, String> sources = sources();
    List<String> missing = new ArrayList<>();
    Matcher named = NAMED.matcher(Files.readString(page));
    int count = 0;
    while (named.find()) {
      count++;
      if (!isTest(sources.getOrDefault(named.group(1), ""), named.group(2))) {
        missing.add(named.group());
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(count > least, count + " tests named");
  }

  @Test
  void everyCannotNamesATestOrSaysThatThereIsNone() throws IOException {
    List<String> bare = new ArrayList<>();
    boolean ofCannots = false;
    for (String line : Files.readAllLines(PAGE)) {
      if (!line.startsWith("|")) {
        ofCannots = false;
      } else if (line.startsWith("| cannot |")) {
        ofCannots = true;
      } else if (ofCannots && !line.startsWith("|---")) {
        String last = line.substring(line.lastIndexOf('|', line.length() - 2) + 1);
        if (!NAMED.matcher(last).find() && !last.contains(NONE)) {
          bare.add(line);
        }
      }
    }
    assertEquals(List.of(), bare);
  }

  @Test
  void methodThatIsMissingRenamedOrDisabledIsNoTest() {
    String source =
        "  @Test\n  void here() {}\n\n  @Disabled\n  @Test\n  void off() {}\n\n  void no() {}";
    assertTrue(isTest(source, "here"));
    assertTrue(!isTest(source, "her") && !isTest(source, "off") && !isTest(source, "no"));
  }

  /** Whether the method follows an annotation of JUnit's, with nothing but annotations between. */
  private static boolean isTest(String source, String method) {
    Matcher declared = Pattern.compile("\\n *(?:default )?void " + method + "\\(").matcher(source);
    if (!declared.find()) {
      return false;
    }
    int from = Math.max(source.lastIndexOf("}\n", declared.start()), 0);
    String before = source.substring(from, declared.start());
    return before.matches("(?s).*@(Test|ParameterizedTest|RepeatedTest|TestFactory|Property)\\b.*")
        && !before.contains("@Disabled");
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
