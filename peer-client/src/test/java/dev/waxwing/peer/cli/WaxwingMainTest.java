package dev.waxwing.peer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.waxwing.Version;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaxwingMainTest {
  @TempDir Path disk;

  @Test
  void versionGoesToStandardOutput() {
    Run.Done done = new Run(new MemoryHub().doors(disk)).run("version");
    assertEquals(0, done.exit());
    assertEquals("waxwing " + Version.current(), done.out().strip());
    assertEquals("", done.err());
  }
}
