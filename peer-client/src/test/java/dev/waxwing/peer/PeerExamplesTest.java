package dev.waxwing.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.age.AgeKeys;
import dev.waxwing.peer.ratchet.SafetyNumber;
import dev.waxwing.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The examples of PROTOCOL.md whose code is the peer's (the others are checked in common), and the
 * sections that any code names. Runs in this module's folder, beside which the others lie.
 */
class PeerExamplesTest {
  private static final Path PAGE = Path.of("../common/PROTOCOL.md");

  @Test
  void safetyNumberIsTheOneOfThePage() throws IOException {
    Map<String, String> example = example("safety");
    SafetyNumber number =
        SafetyNumber.of(record(example.get("first")), record(example.get("second")));
    assertEquals(example.get("number"), number.grouped());
  }

  @Test
  void keysOfAFileAreTheOnesOfThePage() throws IOException {
    Map<String, String> example = example("agekeys");
    assertEquals("32 bytes 77", example.get("seed"));
    Secret seed = Secret.take(Bytes.fromHex("77".repeat(32)).toArray());
    Bytes recipient = Bytes.fromHex(example.get("recipient"));
    try (AgeKeys keys = AgeKeys.derive(Suite.wx1().kdf(), seed, recipient)) {
      assertEquals(example.get("file key"), Bytes.of(keys.fileKey().exposeCopy()).toHex());
      assertEquals(example.get("nonce"), keys.nonce().toHex());
      assertEquals(example.get("ephemeral"), Bytes.of(keys.ephemeral().exposeCopy()).toHex());
    }
  }

  @Test
  void everySectionThatTheCodeNamesExists() throws IOException {
    Pattern named = Pattern.compile("PROTOCOL\\.md(?:,|'s)[\\s*]*\"([^\"]+)\"");
    List<String> headings =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.startsWith("#"))
            .map(line -> line.replaceFirst("#+ ", ""))
            .toList();
    Set<String> unknown = new TreeSet<>();
    int count = 0;
    for (String module : List.of("../common", "../relay-server", ".")) {
      try (Stream<Path> files = Files.walk(Path.of(module, "src/main/java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          Matcher matcher = named.matcher(Files.readString(file));
          while (matcher.find()) {
            count++;
            String section = matcher.group(1).replaceAll("[\\s*]+", " ");
            if (!headings.contains(section)) {
              unknown.add(file + ": " + section);
            }
          }
        }
      }
    }
    assertEquals(Set.of(), unknown);
    assertTrue(count > 10, count + " sections named");
  }

  /** A record of which only name and account key count. */
  private static UserRecord record(String nameAndKey) {
    String[] words = nameAndKey.split(" ");
    Bytes filler = Bytes.of(new byte[32]);
    return new UserRecord(
        new UserId(words[0]),
        0,
        Bytes.EMPTY,
        Bytes.fromHex(words[1]),
        Bytes.of(new byte[UserRecord.VAULT_KEY]),
        List.of(new UserRecord.Device(DeviceId.parse("0011223344556677"), filler, filler)),
        0);
  }

  private static Map<String, String> example(String name) throws IOException {
    List<String> lines = Files.readAllLines(PAGE);
    Map<String, String> entries = new HashMap<>();
    for (int i = lines.indexOf("```example " + name) + 1; !lines.get(i).equals("```"); i++) {
      int colon = lines.get(i).indexOf(':');
      entries.put(lines.get(i).substring(0, colon), lines.get(i).substring(colon + 1).strip());
    }
    return entries;
  }
}
