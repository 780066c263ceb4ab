package dev.waxwing.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.identity.Invite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Known secrets go through everything, then every file of the relay and what every program said is
 * searched for them. The same search must find a copy put there on purpose.
 */
@EnabledOnOs(OS.LINUX)
class CanaryIT {
  private static final String TEXT = "canary-text-Quetzalcoatl-7731";
  private static final String FILE_NAME = "canary-file-Zugspitze-4242.txt";
  private static final String FOLDER = "canary-folder-Popocatepetl";
  private static final String CONTENT = "canary-content-Ouagadougou-9090";
  private static final String CAPTION = "canary-caption-Llanfairpwll";
  private static final String ALIAS = "canary-alias-Hrafnkell";
  private static final String HUB_PASSWORD = "canary-password-Xochimilco";
  private static final String PASSPHRASE = "canary-passphrase-Ljubljana-1";

  @TempDir Path scratch;

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void secretsAreNowhereAtTheRelayAndAPlantedOneIsFound(String format) throws Exception {
    Map<String, byte[]> secrets = new LinkedHashMap<>();
    for (String words : List.of(TEXT, FILE_NAME, FOLDER, CONTENT, CAPTION, ALIAS, PASSPHRASE)) {
      put(secrets, words, words.getBytes(UTF_8));
    }
    put(secrets, HUB_PASSWORD, HUB_PASSWORD.getBytes(UTF_8));
    Path password = secret("hub-password", HUB_PASSWORD);
    Path passphrase = secret("passphrase", PASSPHRASE);
    Set<String> seen = new TreeSet<>();
    try (Stage stage = new Stage(scratch.resolve("stage"))) {
      RelayProgram relay =
          RelayProgram.serve(
              stage,
              "relay",
              0,
              "--log-level",
              "debug",
              "--log-format",
              format,
              "--hub-password-file",
              password.toString());
      String invite = relay.invite();
      byte[] token = Invite.parse(invite).token().toArray();
      put(secrets, "invite token", token);
      Path alice = scratch.resolve("alice");
      Path bob = scratch.resolve("bob");
      for (Path home : List.of(alice, bob)) {
        List<String> words =
            new ArrayList<>(
                List.of("join", "-", "--name", home.getFileName().toString(), "--no-input"));
        words.addAll(List.of("--hub-password-file", password.toString()));
        if (home.equals(alice)) {
          words.addAll(List.of("--passphrase-file", passphrase.toString()));
        }
        stage.typing(invite + "\n", home, words.toArray(new String[0])).ok();
      }
      String[] open = {"--passphrase-file", passphrase.toString(), "--no-input"};
      as(stage, alice, open, "contacts", "add", "bob");
      as(stage, alice, open, "contacts", "rename", "bob", ALIAS);
      stage.typing(TEXT, alice, with(open, "msg", "bob", "-")).ok();
      Path folder = Files.createDirectories(scratch.resolve(FOLDER));
      Path file = Files.writeString(folder.resolve(FILE_NAME), (CONTENT + "\n").repeat(5000));
      as(stage, alice, open, "send", "bob", file.toString(), "-m", CAPTION);
      as(stage, alice, open, "send", "bob", folder.toString());
      seen.addAll(children());
      assertEquals(List.of(), found(relay.dir, secrets), "at the relay, with all of it waiting");
      Ran inbox = stage.at(bob, "inbox", "--no-input").ok();
      assertTrue(inbox.out().contains(TEXT), inbox::toString);
      Path out = scratch.resolve("out");
      stage.at(bob, "receive", "--all", "--to", out.toString(), "--no-input").ok();
      assertTrue(Files.readString(out.resolve(FILE_NAME)).startsWith(CONTENT));
      keys(alice, secrets);
      keys(bob, secrets);
      assertEquals(List.of(), found(relay.dir, secrets), "at the relay");
      assertEquals(List.of(), found(relay.running().err(), secrets), "in its log");
      assertEquals(0, relay.stop().exit());
    }
    assertFalse(seen.stream().anyMatch(line -> line.contains(HUB_PASSWORD)), seen::toString);
    sealedAtRest(secrets);
    Path leak = Files.write(scratch.resolve("stage/relay/blobs/leak"), padded(CONTENT));
    assertEquals(1, found(scratch.resolve("stage/relay"), secrets).size(), "a planted leak");
    Files.delete(leak);
  }

  @Test
  void searchFindsEverySecretWhereverItLies() throws IOException {
    Map<String, byte[]> secrets = new LinkedHashMap<>();
    put(secrets, TEXT, TEXT.getBytes(UTF_8));
    Path place = Files.createDirectories(scratch.resolve("a/b"));
    Files.write(place.resolve("plain"), padded(TEXT));
    Files.write(
        place.resolve("base64"),
        Base64.getUrlEncoder().withoutPadding().encode(TEXT.getBytes(UTF_8)));
    Files.write(place.resolve(TEXT), new byte[0]);
    assertEquals(3, found(scratch, secrets).size());
  }

  private static void as(Stage stage, Path home, String[] open, String... words)
      throws IOException, InterruptedException {
    Ran ran = stage.at(home, with(open, words)).ok();
    assertFalse((ran.out() + ran.err()).contains(PASSPHRASE), ran::toString);
  }

  private static String[] with(String[] open, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of(open));
    return all.toArray(new String[0]);
  }

  private Path secret(String name, String words) throws IOException {
    Path file = Files.writeString(scratch.resolve(name), words + "\n");
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  /** A secret in the forms it could appear in: bytes, hexadecimal, base64. */
  private static void put(Map<String, byte[]> secrets, String name, byte[] bytes) {
    secrets.put(name, bytes);
    secrets.put(name + " hex", java.util.HexFormat.of().formatHex(bytes).getBytes(UTF_8));
    secrets.put(
        name + " base64",
        Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).getBytes(UTF_8));
  }

  /** The key a profile's file protects, where it has no passphrase. */
  private static void keys(Path home, Map<String, byte[]> secrets) throws IOException {
    byte[] file = Files.readAllBytes(home.resolve("profile.key"));
    if (file.length >= 32) {
      put(
          secrets,
          home.getFileName() + "'s key file",
          java.util.Arrays.copyOfRange(file, file.length - 32, file.length));
    }
  }

  /** Bodies, names and passphrase are not readable in the profiles either. */
  private void sealedAtRest(Map<String, byte[]> secrets) throws IOException {
    Map<String, byte[]> words = new LinkedHashMap<>(secrets);
    words.keySet().removeIf(name -> !name.startsWith("canary"));
    assertEquals(List.of(), found(scratch.resolve("alice"), words), "at rest, sender");
    assertEquals(List.of(), found(scratch.resolve("bob"), words), "at rest, receiver");
  }

  /** Command lines of the programs this test started. */
  private static List<String> children() {
    return ProcessHandle.current()
        .descendants()
        .map(child -> child.info().commandLine().orElse(""))
        .toList();
  }

  private static byte[] padded(String words) {
    return ("\0\0\0" + words + "\0\0").getBytes(UTF_8);
  }

  /** Where which secret lies, in contents and names of all files. */
  private static List<String> found(Path place, Map<String, byte[]> secrets) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        String content =
            Files.isRegularFile(file)
                ? new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
                : "";
        secrets.forEach(
            (secret, bytes) -> {
              String wanted = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
              if (content.contains(wanted) || name.contains(wanted)) {
                found.add(secret + " in " + file);
              }
            });
      }
    }
    return found;
  }
}
