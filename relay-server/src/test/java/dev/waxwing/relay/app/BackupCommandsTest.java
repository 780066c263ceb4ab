package dev.waxwing.relay.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.local.ProfileLock;
import dev.waxwing.relay.net.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands about backups, as an operator gives them. */
@Timeout(120)
class BackupCommandsTest {
  @TempDir Path temp;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String dir;
  private String backup;

  @BeforeEach
  void init() {
    dir = temp.resolve("relay").toString();
    backup = temp.resolve("backup").toString();
    assertEquals(0, run("init", "--dir", dir), err.toString(UTF_8));
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    return RelayMain.run(
        new Console(
            new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), Map.of(), false),
        args);
  }

  private JsonNode result() throws Exception {
    return Json.MAPPER.readTree(out.toString(UTF_8)).path("result");
  }

  private String error() throws Exception {
    return Json.MAPPER.readTree(err.toString(UTF_8)).at("/error/code").asText();
  }

  @Test
  void aRelayIsCopiedCheckedAndRestoredElsewhere() throws Exception {
    assertEquals(0, run("invite", "create", "--dir", dir, "--host", "127.0.0.1"));
    assertEquals(0, run("backup", "create", backup, "--dir", dir), err.toString(UTF_8));
    assertEquals(backup, out.toString(UTF_8).strip());
    assertEquals(0, run("backup", "verify", backup), err.toString(UTF_8));
    assertEquals("", out.toString(UTF_8));
    String other = temp.resolve("other").toString();
    assertEquals(0, run("backup", "restore", backup, "--dir", other), err.toString(UTF_8));
    assertEquals(other, out.toString(UTF_8).strip());
    assertEquals(0, run("invite", "ls", "--json", "--dir", other), err.toString(UTF_8));
    assertEquals("open", result().path(0).path("state").asText());
    assertEquals(
        Files.readString(temp.resolve("relay/keys/relay-identity")),
        Files.readString(temp.resolve("other/keys/relay-identity")));
  }

  @Test
  void besideARunningRelayItGoesThroughTheRelayAndARestoreIsRefused() throws Exception {
    RelayConfig config =
        RelayConfig.of(
            Settings.of(
                Map.of(
                    Setting.DIR, List.of(dir),
                    Setting.HOST, List.of("127.0.0.1"),
                    Setting.PORT, List.of("0")),
                Map.of()),
            "test");
    try (ProfileLock lock = ProfileLock.tryAcquire(config.places().data()).orElseThrow();
        Relay relay = Relay.start(config, lock)) {
      assertEquals(0, run("backup", "create", backup, "--json", "--dir", dir), err.toString(UTF_8));
      assertEquals(backup, result().path("backup").asText());
      assertTrue(result().path("problems").isEmpty(), out.toString(UTF_8));
      assertEquals(1, run("backup", "restore", backup, "--json", "--replace", "--dir", dir));
      assertEquals("STORE_IN_USE", error());
      assertTrue(relay.port() > 0);
    }
    assertEquals(0, run("backup", "verify", backup, "--json"), err.toString(UTF_8));
  }

  @Test
  void aDamagedBackupEndsWithOneAndSaysWhatIsWrong() throws Exception {
    assertEquals(0, run("backup", "create", backup, "--dir", dir));
    Path identity = Path.of(backup, "keys", "relay-identity");
    byte[] bytes = Files.readAllBytes(identity);
    bytes[40] ^= 1;
    Files.write(identity, bytes);
    assertEquals(1, run("backup", "verify", backup));
    assertEquals("keys/relay-identity is not what it was", out.toString(UTF_8).strip());
    assertTrue(err.toString(UTF_8).contains("STORE_CORRUPT"), err.toString(UTF_8));
    assertEquals(1, run("backup", "verify", "--json", backup));
    assertEquals(1, result().path("problems").size());
    assertEquals("STORE_CORRUPT", error());
    assertEquals(5, run("backup", "verify", "--json", temp.toString()));
    assertEquals("FILE_NOT_FOUND", error());
  }

  @Test
  void aUsedFolderIsRefusedUntilAskedToReplaceIt() throws Exception {
    assertEquals(0, run("backup", "create", backup, "--dir", dir));
    assertEquals(4, run("backup", "restore", backup, "--json", "--dir", dir));
    assertEquals("ALREADY_JOINED", error());
    assertEquals(0, run("backup", "restore", backup, "--json", "--replace", "--dir", dir));
    Path aside = Path.of(result().path("replaced").asText());
    assertTrue(Files.exists(aside.resolve("relay.db")), aside.toString());
    assertTrue(Files.exists(aside.resolve("keys/relay-identity")), aside.toString());
    assertEquals(0, run("status", "--dir", dir), err.toString(UTF_8));
  }

  @Test
  void noCommandUsesARelayThatIsHalfRestored() throws Exception {
    Files.createDirectory(Path.of(dir, "restoring"));
    for (String[] command :
        new String[][] {
          {"status", "--json", "--dir", dir},
          {"serve", "--json", "--dir", dir, "--host", "127.0.0.1", "--port", "0"},
          {"backup", "create", backup, "--json", "--dir", dir}
        }) {
      assertEquals(1, run(command), out.toString(UTF_8));
      assertEquals("STORE_CORRUPT", error());
    }
    assertFalse(Files.exists(Path.of(backup)));
  }
}
