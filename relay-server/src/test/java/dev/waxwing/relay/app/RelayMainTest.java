package dev.waxwing.relay.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.waxwing.Version;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class RelayMainTest {
  @Test
  void versionGoesToStandardOutput() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        RelayMain.run(
            new String[] {"version"},
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    assertEquals(0, exit);
    assertEquals("waxwing " + Version.current(), out.toString(UTF_8).strip());
    assertEquals("", err.toString(UTF_8));
  }
}
