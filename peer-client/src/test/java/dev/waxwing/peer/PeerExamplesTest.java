package dev.waxwing.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import org.junit.jupiter.api.Test;

/** The examples of PROTOCOL.md whose code is the peer's; the others are checked in common. */
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
