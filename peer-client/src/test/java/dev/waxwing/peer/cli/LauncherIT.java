package dev.waxwing.peer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The built launcher and jar, started as a user starts them, on the Java named by -Dtest.java. */
@DisabledOnOs(OS.WINDOWS)
class LauncherIT {
  private static final String EXPECTED = "waxwing " + System.getProperty("waxwing.version");

  @TempDir Path scratch;

  private Path launcher;

  @BeforeEach
  void findLauncher() {
    launcher = Path.of(System.getProperty("waxwing.target"), "waxwing");
  }

  @Test
  void aLinkFindsTheJar() throws Exception {
    Path link = Files.createSymbolicLink(scratch.resolve("ww"), launcher);
    Path relative = Files.createSymbolicLink(scratch.resolve("ww2"), Path.of("ww"));
    assertPrintsVersion(link);
    assertPrintsVersion(relative);
    Files.delete(relative);
    Files.delete(link);
  }

  @Test
  void theSecondRunTakesTheArchiveOfTheFirst() throws Exception {
    assertPrintsVersion(launcher);
    assertPrintsVersion(launcher);
    try (Stream<Path> made = Files.list(scratch.resolve("cache/waxwing"))) {
      assertEquals(1, made.filter(file -> file.toString().endsWith("-quick.jsa")).count());
    }
  }

  @Test
  void theCommandIsFoundBehindFlagsForAllCommands() throws Exception {
    String home = scratch.resolve("home").toString();
    Path cache = scratch.resolve("cache/waxwing");
    run(launcher, "--home", home, "receive", "--watch", "--no-input").waitFor();
    try (Stream<Path> made = Files.list(cache)) {
      assertEquals(0, made.count(), "nobody waits for an archive at the end of a watch");
    }
    run(launcher, "--home", home, "--color", "never", "receive", "--list").waitFor();
    run(launcher, "--no-input", "who", "--home", home).waitFor();
    try (Stream<Path> made = Files.list(cache)) {
      List<String> kinds =
          made.map(file -> file.toString().replaceAll(".*-([a-z]+)\\.jsa.*", "$1"))
              .sorted()
              .toList();
      assertEquals(List.of("files", "work"), kinds);
    }
  }

  @Test
  void anArchiveOfACommandThatEndedAtOnceIsMadeAgain() throws Exception {
    Path cache = scratch.resolve("cache/waxwing");
    for (int i = 0; i < 3; i++) {
      run(launcher, "--home", scratch.resolve("home").toString(), "who", "--no-input").waitFor();
    }
    try (Stream<Path> made = Files.list(cache)) {
      assertEquals(0, made.filter(file -> file.toString().endsWith(".jsa")).count());
    }
  }

  @Test
  void halfAnArchiveIsThrownAway() throws Exception {
    assertPrintsVersion(launcher);
    Path cache = scratch.resolve("cache/waxwing");
    try (Stream<Path> made = Files.list(cache)) {
      Files.write(made.findFirst().orElseThrow(), new byte[8192]);
    }
    assertPrintsVersion(launcher);
    assertPrintsVersion(launcher);
    try (Stream<Path> made = Files.list(cache)) {
      assertTrue(Files.size(made.findFirst().orElseThrow()) > 8192, "a whole archive replaced it");
    }
  }

  @Test
  void aCacheThatCannotBeMadeIsSkipped() throws Exception {
    Files.writeString(scratch.resolve("cache"), "a file, not a folder");
    assertPrintsVersion(launcher);
  }

  private void assertPrintsVersion(Path command) throws IOException, InterruptedException {
    int exit = run(command, "version").waitFor();
    assertEquals("", Files.readString(scratch.resolve("err"), UTF_8));
    assertEquals(EXPECTED, Files.readString(scratch.resolve("out"), UTF_8).strip());
    assertEquals(0, exit);
  }

  private Process run(Path command, String... words) throws IOException {
    String java = System.getProperty("test.java", "");
    List<String> line = new ArrayList<>(List.of(command.toString()));
    line.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().remove("WAXWING_CDS");
    builder.environment().remove("WAXWING_JAVA_OPTS");
    builder.environment().put("JAVA_HOME", java.isEmpty() ? System.getProperty("java.home") : java);
    builder.environment().put("XDG_CACHE_HOME", scratch.resolve("cache").toString());
    return builder
        .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
        .redirectOutput(scratch.resolve("out").toFile())
        .redirectError(scratch.resolve("err").toFile())
        .start();
  }
}
