package dev.waxwing.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Every <em>cannot</em> of THREAT-MODEL.md names living tests: each exists in one of the modules,
 * is a test, and is not disabled. Those of this module are looked up as JUnit does, the others in
 * their source. Runs in this module's folder, beside which the others lie.
 */
class ThreatModelTest {
  private static final Path PAGE = Path.of("../common/THREAT-MODEL.md");
  private static final List<String> MODULES = List.of("../common", "../relay-server", ".");
  private static final Pattern NAMED = Pattern.compile("`([A-Za-z0-9]+)#([A-Za-z0-9]+)`");
  private static final Path OWN = Path.of("src/test/java");

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
  void everyCannotNamesATest() throws IOException {
    assertEquals(List.of(), bare(Files.readAllLines(PAGE)));
  }

  @Test
  void aCannotWithoutATestIsFound() {
    String row = "| do it | because | `%s` |";
    List<String> page = List.of("| cannot | because | test |", "|---|---|---|", row);
    assertEquals(List.of(row), bare(page));
    assertEquals(List.of(), bare(List.of(page.get(0), row.formatted("ThreatModelTest#aTest"))));
    assertEquals(List.of(), bare(List.of("| can | how |", "| do it | so |")));
  }

  /** Rows that say what somebody cannot and name no test. */
  private static List<String> bare(List<String> page) {
    List<String> bare = new ArrayList<>();
    boolean ofCannots = false;
    for (String line : page) {
      if (!line.startsWith("|")) {
        ofCannots = false;
      } else if (line.startsWith("| cannot |")) {
        ofCannots = true;
      } else if (ofCannots && !line.startsWith("|---")) {
        String last = line.substring(line.lastIndexOf('|', line.length() - 2) + 1);
        if (!NAMED.matcher(last).find()) {
          bare.add(line);
        }
      }
    }
    return bare;
  }

  @Test
  void everyNamedTestOfThisModuleIsOneThatJUnitRuns() throws Exception {
    Map<String, Class<?>> classes = ownClasses();
    List<String> dead = new ArrayList<>();
    int count = 0;
    Matcher named = NAMED.matcher(Files.readString(PAGE));
    while (named.find()) {
      Class<?> type = classes.get(named.group(1));
      if (type != null) {
        count++;
        if (!runs(type, named.group(2), classes.values())) {
          dead.add(named.group());
        }
      }
    }
    assertEquals(List.of(), dead);
    assertTrue(count > 40, count + " tests of this module named");
  }

  @Test
  void whatJUnitWouldNotRunIsFound() throws Exception {
    Class<?> here = ThreatModelTest.class;
    assertTrue(runs(here, "whatJUnitWouldNotRunIsFound", List.of()));
    assertTrue(!runs(here, "runs", List.of()) && !runs(here, "gone", List.of()));
    assertTrue(runs(Shared.class, "shared", List.of(Shared.class, Concrete.class)));
    assertTrue(!runs(Shared.class, "shared", List.of(Shared.class)));
  }

  /** Tests of a class that others must extend to run. */
  abstract static class Shared {
    @Test
    void shared() {}
  }

  /** One that does. */
  static class Concrete extends Shared {}

  /** Whether JUnit finds the method as a test in a class it can make: this one, or one below it. */
  private static boolean runs(Class<?> type, String method, Collection<Class<?>> all) {
    boolean test =
        Stream.of(type.getDeclaredMethods())
            .filter(one -> one.getName().equals(method))
            .anyMatch(
                one ->
                    AnnotationSupport.isAnnotated(one, Testable.class)
                        && !AnnotationSupport.isAnnotated(one, Disabled.class));
    boolean made =
        Stream.concat(Stream.of(type), all.stream())
            .anyMatch(
                one -> type.isAssignableFrom(one) && !Modifier.isAbstract(one.getModifiers()));
    return test && made && !AnnotationSupport.isAnnotated(type, Disabled.class);
  }

  private static Map<String, Class<?>> ownClasses() throws Exception {
    Map<String, Class<?>> classes = new HashMap<>();
    try (Stream<Path> files = Files.walk(OWN)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String path = OWN.relativize(file).toString().replaceAll("\\.java$", "");
        String name = path.replaceAll("[/\\\\]", ".");
        if (!name.endsWith("package-info")) {
          Class<?> type = Class.forName(name, false, ThreatModelTest.class.getClassLoader());
          classes.put(type.getSimpleName(), type);
        }
      }
    }
    return classes;
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
