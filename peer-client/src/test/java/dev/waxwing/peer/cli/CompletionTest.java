package dev.waxwing.peer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {
  @TempDir Path disk;

  private String script(String shell) {
    Run.Done done = new Run(new MemoryHub().doors(disk)).run("completion", shell);
    assertEquals(0, done.exit(), done.err());
    return done.out();
  }

  private String bash(String... words) throws Exception {
    Path bash = Path.of("/bin/bash");
    Assumptions.assumeTrue(Files.isExecutable(bash), "there is no bash here");
    String[] command = new String[words.length + 1];
    command[0] = bash.toString();
    System.arraycopy(words, 0, command, 1, words.length);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).directory(disk.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(10, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), out);
    return out;
  }

  @Test
  void bashReadsTheScriptAndCompletesCommandsAndFlags() throws Exception {
    Path file = Files.writeString(disk.resolve("c.sh"), script("bash"));
    assertEquals("", bash("-n", file.toString()));
    String function = "_complete_waxwing";
    String ask =
        "source "
            + file
            + "; COMP_WORDS=(waxwing rec); COMP_CWORD=1; COMP_LINE='waxwing rec';"
            + " COMP_POINT=11; "
            + function
            + "; echo \"${COMPREPLY[@]}\"";
    assertEquals("receive", bash("-c", ask).strip());
    String flag =
        "source "
            + file
            + "; COMP_WORDS=(waxwing receive --on); COMP_CWORD=2; COMP_LINE='waxwing"
            + " receive --on'; COMP_POINT=20; "
            + function
            + "; echo \"${COMPREPLY[@]}\"";
    assertTrue(bash("-c", flag).contains("--on-conflict"));
  }

  @Test
  void theOtherShellsKnowEveryCommand() {
    String fish = script("fish");
    String powershell = script("PowerShell");
    for (String name : Catalog.names()) {
      assertTrue(fish.contains("-a " + name + " -d '"), name);
      assertTrue(powershell.contains("'" + name + "' = @("), name);
    }
    assertTrue(fish.contains("-l on-conflict -r"));
    assertTrue(script("zsh").contains("bashcompinit"));
    assertEquals(2, new Run(new MemoryHub().doors(disk)).run("completion", "tcsh").exit());
  }
}
