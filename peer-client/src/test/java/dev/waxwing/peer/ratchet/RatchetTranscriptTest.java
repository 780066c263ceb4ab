package dev.waxwing.peer.ratchet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.wire.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The transcript of an independent implementation; its first lines say what the others mean. */
class RatchetTranscriptTest {
  private static final Suite SUITE = Suite.wx1();
  private static final Secret UNUSED = Secret.copyOf(new byte[32]);

  private final Ratchet ratchet = new Ratchet(SUITE);
  private final Map<String, RatchetState> states = new HashMap<>();
  private final List<RatchetMessage> messages = new ArrayList<>();
  private final List<byte[]> plaintexts = new ArrayList<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private List<String> init = List.of();

  @Test
  void everyMessageIsByteIdenticalAndEveryDeliveryDecrypts() throws IOException {
    for (String line : lines()) {
      List<String> words = List.of(line.split(" "));
      switch (words.get(0)) {
        case "INIT" -> init(words);
        case "ENC" -> encrypt(words);
        case "DEC" -> decrypt(words);
        default -> throw new IllegalArgumentException(line);
      }
    }
    assertEquals(
        Map.of("ENC A", 126, "ENC B", 104, "DEC A", 88, "DEC B", 63, "chains", 16), counts);
  }

  private void init(List<String> words) {
    init = words;
    KeyAgreement.Pair prekey = SUITE.agreement().pair(secret(words.get(2)));
    assertEquals(Bytes.fromHex(words.get(3)), prekey.publicKey());
    states.put("B", ratchet.responder(secret(words.get(1)), Bytes.fromHex(words.get(4)), prekey));
  }

  private void encrypt(List<String> words) {
    String who = words.get(1);
    if (!states.containsKey(who)) {
      states.put(
          who,
          ratchet.initiator(
              secret(init.get(1)),
              Bytes.fromHex(init.get(4)),
              Bytes.fromHex(init.get(3)),
              secret(words.get(2))));
    } else {
      assertEquals("-", words.get(2));
    }
    byte[] plaintext = words.get(6).equals("-") ? new byte[0] : hex(words.get(6));
    Bytes body = Bytes.fromHex(words.get(7));
    Ratchet.Encrypted step =
        ratchet.encrypt(states.get(who), plaintext, body.slice(0, RatchetLimits.SALT));
    RatchetMessage expected =
        new RatchetMessage(
            Bytes.fromHex(words.get(3)),
            Integer.parseInt(words.get(4)),
            Integer.parseInt(words.get(5)),
            body);
    assertEquals(expected, step.message());
    assertEquals(expected, RatchetMessage.decode(step.message().encode()));
    commit(who, step.state());
    messages.add(expected);
    plaintexts.add(plaintext);
    counts.merge("ENC " + who, 1, Integer::sum);
  }

  private void decrypt(List<String> words) {
    String who = words.get(1);
    int index = Integer.parseInt(words.get(2));
    boolean newChain = !words.get(3).equals("-");
    RatchetState before = states.get(who);
    Ratchet.Decrypted step =
        ratchet.decrypt(
            before, messages.get(index), newChain ? secret(words.get(3)) : UNUSED, index);
    assertArrayEquals(plaintexts.get(index), step.plaintext());
    if (newChain) {
      assertNotEquals(before.ours().publicKey(), step.state().ours().publicKey());
      counts.merge("chains", 1, Integer::sum);
    } else {
      assertEquals(before.ours().publicKey(), step.state().ours().publicKey());
    }
    commit(who, step.state());
    counts.merge("DEC " + who, 1, Integer::sum);
  }

  /** Every state goes through its stored form. */
  private void commit(String who, RatchetState state) {
    RatchetState restored = RatchetState.decode(state.encode());
    assertEquals(state, restored);
    states.put(who, restored);
  }

  private static List<String> lines() throws IOException {
    try (InputStream in =
        RatchetTranscriptTest.class.getResourceAsStream("/wx1-ratchet-transcript.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }

  private static Secret secret(String hex) {
    return Secret.take(hex(hex));
  }

  private static byte[] hex(String hex) {
    return Bytes.fromHex(hex).toArray();
  }
}
