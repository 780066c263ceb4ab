package dev.waxwing.relay.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.Version;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayMainTest {
  @TempDir Path temp;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void versionGoesToStandardOutput() {
    assertEquals(0, run("version"));
    assertEquals("waxwing " + Version.current(), out.toString(UTF_8).strip());
    assertEquals("", err.toString(UTF_8));
  }

  @Test
  void anUnknownFlagNamesTheNearOneAndExitsAsUsage() {
    assertEquals(2, run("serve", "--prot", "7"));
    assertTrue(err.toString(UTF_8).contains("--port"), err.toString(UTF_8));
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void aFolderWithoutARelayIsNotFound() {
    assertEquals(5, run("invite", "create", "--dir", temp.resolve("none").toString()));
    assertTrue(err.toString(UTF_8).contains("FILE_NOT_FOUND"));
  }

  @Test
  void errorsAreJsonWhenAskedFor() {
    assertEquals(5, run("status", "--json", "--dir", temp.resolve("none").toString()));
    assertTrue(err.toString(UTF_8).startsWith("{\"v\":1,\"error\":{\"code\":\"FILE_NOT_FOUND\""));
  }

  @Test
  void aGroupWithoutItsCommandIsUsage() {
    assertEquals(2, run("invite"));
  }

  @Test
  void initMakesTheRelayOnceAndInvitesWorkWithoutItRunning() {
    String dir = temp.resolve("relay").toString();
    assertEquals(0, run("init", "--dir", dir), err.toString(UTF_8));
    out.reset();
    assertEquals(
        0, run("invite", "create", "--dir", dir, "--host", "127.0.0.1"), err.toString(UTF_8));
    String text = out.toString(UTF_8).strip();
    assertEquals(
        java.util.List.of("127.0.0.1:7380"), dev.waxwing.identity.Invite.parse(text).addresses());
    assertEquals(4, run("init", "--dir", dir));
    out.reset();
    assertEquals(0, run("invite", "ls", "--dir", dir, "--json"));
    assertTrue(out.toString(UTF_8).contains("\"state\":\"open\""), out.toString(UTF_8));
  }

  private int run(String... args) {
    err.reset();
    return RelayMain.run(
        new Console(
            new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), Map.of(), false),
        args);
  }
}
