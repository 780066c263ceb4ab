package dev.waxwing.peer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Words to commands, failures to exit codes, help, completion. */
class ProgramTest {
  @TempDir Path disk;
  private final MemoryHub hub = new MemoryHub();

  private Run run() {
    return new Run(hub.doors(disk));
  }

  private static Run failing(RuntimeException failure) {
    return new Run(
        (home, passphrase) -> {
          throw failure;
        });
  }

  @ParameterizedTest
  @EnumSource(FaultCode.class)
  void everyFailureEndsWithTheExitCodeOfItsKindAndThreeParts(FaultCode code) {
    Run.Done done = failing(new Fault(code, "it happened")).run("id");
    assertEquals(code.kind().exitCode(), done.exit());
    assertEquals("", done.out());
    assertEquals(
        "waxwing: it happened\n  why: " + code + "\n  do:  " + code.advice() + "\n", done.err());
    JsonNode error = failing(new Fault(code, "it happened")).run("--json", "id").error();
    assertEquals(code.name(), error.get("code").textValue());
    assertEquals("it happened", error.get("message").textValue());
    assertEquals(code.advice(), error.get("hint").textValue());
    assertEquals(Failure.retryable(code), error.get("retryable").booleanValue());
  }

  @Test
  void exitCodesAreTheOnesPromised() {
    int[] codes =
        java.util.Arrays.stream(FaultCode.Kind.values()).mapToInt(k -> k.exitCode()).toArray();
    assertEquals("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", java.util.Arrays.toString(codes));
    assertTrue(Failure.retryable(FaultCode.NETWORK_UNREACHABLE));
    assertTrue(Failure.retryable(FaultCode.RATE_LIMITED));
    assertFalse(Failure.retryable(FaultCode.KEY_CHANGED));
    assertFalse(Failure.retryable(FaultCode.MESSAGE_TOO_LARGE));
  }

  @Test
  void aMistakeInTheProgramHasNoStackTraceUnlessAskedFor() {
    Run.Done done = failing(new IllegalStateException("oops")).run("id");
    assertEquals(1, done.exit());
    assertTrue(done.err().contains("INTERNAL"), done.err());
    assertFalse(done.err().contains("\tat ") || done.err().contains("    at "), done.err());
    Run asked = failing(new IllegalStateException("oops"));
    asked.env.put("WAXWING_DEBUG", "1");
    assertTrue(asked.run("id").err().contains("    at dev.waxwing"));
  }

  @Test
  void typosAreAnsweredWithWhatWasMeant() {
    Run.Done command = run().run("recieve");
    assertEquals(2, command.exit());
    assertTrue(command.err().contains("did you mean receive?"), command.err());
    assertTrue(run().run("contacts", "lst").err().contains("did you mean ls?"));
    Run.Done flag = run().run("msg", "bob", "--tiemout", "3s", "x");
    assertEquals(2, flag.exit());
    assertTrue(flag.err().contains("did you mean --timeout?"), flag.err());
    assertTrue(run().run("help", "exit-cods").err().contains("did you mean exit-codes?"));
    assertEquals(2, run().run("msg").exit());
    assertEquals(2, run().run("msg", "bob", "x", "--timeout", "soon").exit());
    assertEquals("USAGE", run().run("nothing", "--json").error().get("code").textValue());
  }

  @Test
  void flagsMayStandAnywhereAndInTheEnvironment() {
    hub.add("alice");
    assertEquals(0, run().run("--home", "alice", "id").exit());
    assertEquals(0, run().run("id", "--home", "alice").exit());
    assertEquals(0, run().run("--home=alice", "--json", "contacts", "ls").exit());
    assertEquals(0, run().run("contacts", "--home", "alice").exit());
    Run run = run();
    run.env.put("WAXWING_HOME", "alice");
    run.env.put("WAXWING_JSON", "1");
    assertEquals("alice", run.run("id").json().get("user").textValue());
    run.env.put("WAXWING_JSON", "off");
    assertTrue(run.run("id").out().startsWith("alice on"));
    run.env.put("WAXWING_JSON", "perhaps");
    assertEquals(2, run.run("id").exit());
    assertEquals("WAXWING_ON_CONFLICT", Usage.variable("--on-conflict"));
  }

  @Test
  void coloursAreUsedOnATerminalUnlessForbidden() {
    hub.add("alice");
    assertTrue(run().atTerminal().run("--home", "alice", "id").out().contains("\u001b[1m"));
    assertFalse(run().run("--home", "alice", "id").out().contains("\u001b"));
    assertFalse(
        run().atTerminal().run("--home", "alice", "id", "--color=never").out().contains("\u001b"));
    Run plain = run().atTerminal();
    plain.env.put("NO_COLOR", "1");
    assertFalse(plain.run("--home", "alice", "id").out().contains("\u001b"));
    assertTrue(run().run("--home", "alice", "id", "--color=always").out().contains("\u001b[1m"));
    Run dumb = run().atTerminal();
    dumb.env.put("TERM", "dumb");
    assertFalse(dumb.run("--home", "alice", "id").out().contains("\u001b"));
  }

  private static List<String[]> everyCommand() {
    List<String[]> all = new ArrayList<>();
    for (Catalog.Entry entry : Catalog.ENTRIES) {
      if (entry.inner().isEmpty()) {
        all.add(new String[] {entry.name()});
      }
      entry.inner().forEach(inner -> all.add(new String[] {entry.name(), inner.name()}));
    }
    return all;
  }

  @Test
  void everyCommandHasHelpWithAnExampleFirstAndNoLongerThanAScreen() {
    for (String[] words : everyCommand()) {
      String name = String.join(" ", words);
      List<String> help = new ArrayList<>(List.of(words));
      help.add("--help");
      Run.Done full = run().run(help.toArray(new String[0]));
      assertEquals(0, full.exit(), name);
      assertTrue(
          full.out().lines().findFirst().orElse("").contains("waxwing " + words[0]), full.out());
      assertTrue(full.out().contains("Everywhere:"), name);
      assertTrue(full.out().lines().count() <= 44, name + " " + full.out().lines().count());
      help.set(words.length, "-h");
      Run.Done brief = run().run(help.toArray(new String[0]));
      assertEquals(0, brief.exit(), name);
      assertTrue(brief.out().contains("Usage: waxwing " + name), brief.out());
      assertFalse(brief.out().contains("Everywhere:"), name);
      assertTrue(brief.out().lines().count() <= 32, name + " " + brief.out().lines().count());
      assertTrue(brief.out().lines().allMatch(line -> line.length() <= 80), brief.out());
    }
    assertTrue(run().run("--help").out().lines().count() <= 40);
    assertEquals(0, run().run("contacts", "--help").exit());
    assertEquals(0, run().run("help", "transfers", "show").exit());
    for (String topic : HelpText.TOPICS.keySet()) {
      assertEquals(0, run().run("help", topic).exit());
      assertTrue(HelpText.TOPICS.get(topic).lines().allMatch(line -> line.length() <= 98), topic);
    }
    assertTrue(run().run("help", "--json").json().get("text").textValue().contains("TALK"));
  }

  @Test
  void theHelpOnExitCodesNamesThemAll() {
    for (FaultCode.Kind kind : FaultCode.Kind.values()) {
      String line = "\n  " + kind.exitCode() + " ";
      assertTrue(HelpText.TOPICS.get("exit-codes").contains(line), line);
    }
  }

  @Test
  void versionIsADocumentToo() {
    assertEquals(1, run().run("version", "--json").json().get("v").intValue());
    assertEquals(0, run().run("--version").exit());
  }

  @Test
  void onlyTheVoiceAndAFewNamedClassesPrint() {
    JavaClasses cli =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.waxwing.peer.cli");
    ArchRuleDefinition.noClasses()
        .that()
        .haveNameNotMatching(
            ".*\\.(Voice|Program|Asker|Progress|WaxwingMain|HelpCommand|CompletionCommand)")
        .should()
        .callMethodWhere(
            com.tngtech.archunit.base.DescribedPredicate.describe(
                "a print stream", call -> call.getTargetOwner().isEquivalentTo(PrintStream.class)))
        .check(cli);
    ArchRuleDefinition.noClasses()
        .that()
        .doNotHaveSimpleName("OnDisk")
        .and()
        .doNotHaveSimpleName("ProfileDoors")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.waxwing.crypto..",
            "dev.waxwing.peer.net..",
            "dev.waxwing.peer.store..",
            "dev.waxwing.peer.transfer..",
            "dev.waxwing.peer.ratchet..",
            "dev.waxwing.peer.files..",
            "io.vertx..",
            "io.netty..")
        .check(cli);
  }
}
