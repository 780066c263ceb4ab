package dev.waxwing.relay.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.identity.Invite;
import dev.waxwing.message.EpochId;
import dev.waxwing.relay.net.Json;
import dev.waxwing.relay.store.SqliteStore;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.wire.Bytes;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The jar as a process of its own, as people run it. */
@Timeout(120)
class RelayProcessIT {
  @TempDir Path temp;

  /** What a command ended with. */
  private record Ended(int code, String out, String err) {}

  @Test
  void aRelayServesMakesInvitesBesideItAndEndsWellWhenTold() throws Exception {
    String dir = temp.resolve("relay").toString();
    Process relay =
        new ProcessBuilder(
                command("serve", "--json", "--dir", dir, "--host", "127.0.0.1", "--port", "0"))
            .redirectError(temp.resolve("serve.err").toFile())
            .start();
    try {
      BufferedReader out = new BufferedReader(new InputStreamReader(relay.getInputStream(), UTF_8));
      JsonNode ready = Json.MAPPER.readTree(out.readLine()).path("result");
      Ended made = run("invite", "create", "--dir", dir, "--uses", "2");
      assertEquals(0, made.code(), made.err());
      Invite invite = Invite.parse(made.out().strip());
      assertEquals(1, made.out().lines().count());
      assertEquals(List.of("127.0.0.1:" + ready.path("port").asInt()), invite.addresses());
      assertEquals(ready.path("identity").asText(), invite.relay().toBase64());
      Ended status = run("status", "--json", "--dir", dir);
      assertTrue(status.out().contains("\"running\":true"), status.out());
      Ended second = run("serve", "--dir", dir, "--port", "0");
      assertEquals(1, second.code());
      assertTrue(second.err().contains("already runs"), second.err());
      long before = System.nanoTime();
      relay.destroy();
      assertTrue(relay.waitFor(10, TimeUnit.SECONDS));
      assertEquals(0, relay.exitValue(), Files.readString(temp.resolve("serve.err")));
      assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(10));
    } finally {
      relay.destroyForcibly();
    }
    Ended after = run("status", "--json", "--dir", dir);
    assertEquals(0, after.code(), after.err());
    assertTrue(after.out().contains("\"running\":false"), after.out());
    String log = Files.readString(temp.resolve("serve.err"));
    assertFalse(log.contains("WARNING:") || log.contains("\tat "), log);
  }

  @Test
  void howLongRelaysRanAddsUpOverTheirStarts() throws Exception {
    Path dir = temp.resolve("relay");
    long before = 0;
    for (int i = 0; i < 2; i++) {
      Process relay =
          new ProcessBuilder(
                  command(
                      "serve",
                      "--json",
                      "--dir",
                      dir.toString(),
                      "--host",
                      "127.0.0.1",
                      "--port",
                      "0"))
              .redirectError(temp.resolve("serve.err").toFile())
              .start();
      long started = System.nanoTime();
      BufferedReader out = new BufferedReader(new InputStreamReader(relay.getInputStream(), UTF_8));
      assertTrue(out.readLine().contains("\"port\""), Files.readString(temp.resolve("serve.err")));
      relay.destroy();
      assertTrue(relay.waitFor(10, TimeUnit.SECONDS));
      long most = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
      long ran = ran(dir);
      assertTrue(ran > before && ran <= before + most, before + " then " + ran + ", " + most);
      before = ran;
    }
  }

  private static long ran(Path dir) {
    EpochId any = new EpochId(Bytes.of(new byte[EpochId.LENGTH]));
    try (SqliteStore store = SqliteStore.open(dir, new StoreOptions(1 << 20, any))) {
      store.begin();
      return store.mailbox().ran();
    }
  }

  @Test
  void aRelayKilledLeavesNothingInTheWayOfTheNext() throws Exception {
    String dir = temp.resolve("relay").toString();
    for (int i = 0; i < 2; i++) {
      Process relay =
          new ProcessBuilder(
                  command("serve", "--json", "--dir", dir, "--host", "127.0.0.1", "--port", "0"))
              .redirectError(temp.resolve("serve.err").toFile())
              .start();
      BufferedReader out = new BufferedReader(new InputStreamReader(relay.getInputStream(), UTF_8));
      assertTrue(out.readLine().contains("\"port\""), Files.readString(temp.resolve("serve.err")));
      relay.destroyForcibly().waitFor();
      Ended status = run("status", "--dir", dir);
      assertEquals(0, status.code(), status.err());
      assertTrue(status.out().contains("running: false"), status.out());
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theSecondServeTakesTheArchiveOfTheFirst() throws Exception {
    Path cache = temp.resolve("cache/waxwing");
    for (String name : List.of("-serve\\.jsa\\.\\d+", "-serve\\.jsa")) {
      ProcessBuilder serve = new ProcessBuilder(command("serve", "--json", "--port", "0"));
      serve.command().subList(0, 3).clear();
      serve
          .command()
          .add(0, Path.of(System.getProperty("waxwing.target"), "waxwing-relay").toString());
      serve.command().addAll(List.of("--host", "127.0.0.1", "--dir", temp.resolve("r").toString()));
      serve.environment().keySet().removeIf(variable -> variable.startsWith("WAXWING"));
      serve.environment().put("JAVA_HOME", javaHome());
      serve.environment().put("XDG_CACHE_HOME", temp.resolve("cache").toString());
      Process relay = serve.redirectError(temp.resolve("serve.err").toFile()).start();
      try {
        BufferedReader out =
            new BufferedReader(new InputStreamReader(relay.getInputStream(), UTF_8));
        assertTrue(
            out.readLine().contains("\"port\""), Files.readString(temp.resolve("serve.err")));
        relay.destroy();
        assertTrue(relay.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, relay.exitValue());
      } finally {
        relay.destroyForcibly();
      }
      try (Stream<Path> made = Files.list(cache)) {
        List<String> names = made.map(file -> file.getFileName().toString()).toList();
        assertEquals(1, names.size(), names.toString());
        assertTrue(names.get(0).matches("waxwing-relay-.*" + name), names.toString());
      }
      String said = Files.readString(temp.resolve("serve.err"));
      assertFalse(said.contains("cds") || said.toLowerCase(Locale.ROOT).contains("warning"), said);
    }
  }

  private Ended run(String... args) throws Exception {
    Path out = Files.createTempFile(temp, "out", "");
    Path err = Files.createTempFile(temp, "err", "");
    Process process =
        new ProcessBuilder(command(args))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static List<String> command(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(javaHome(), "bin", "java").toString());
    command.add("-jar");
    command.add(Path.of(System.getProperty("waxwing.target"), "waxwing-relay.jar").toString());
    command.addAll(List.of(args));
    return command;
  }

  private static String javaHome() {
    String home = System.getProperty("test.java", "");
    return home.isBlank() ? System.getProperty("java.home") : home;
  }
}
