package dev.waxwing.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.Vectors;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wycheproof's vectors through the facade, on every provider. What became of each is counted, and
 * the counts are part of the rule: a vector that is silently passed over fails the test.
 */
class WycheproofTest {
  private final Map<String, Integer> ended = new TreeMap<>();

  static List<Aead> aeads() {
    return Providers.aeads();
  }

  static List<KeyAgreement> agreements() {
    return Providers.agreements();
  }

  static List<Signing> signings() {
    return Providers.signings();
  }

  static List<Kem> kems() {
    return Providers.kems();
  }

  static List<Kdf> kdfs() {
    return Providers.kdfs();
  }

  /** Nonces that are not 12 bytes do not exist in WX1: the nine vectors with one are refused. */
  @ParameterizedTest
  @MethodSource("aeads")
  void chaCha20Poly1305(Aead aead) {
    int all =
        Vectors.wycheproof(
            "chacha20_poly1305_test.json",
            (group, test) -> {
              byte[] nonce = hex(test, "iv");
              byte[] aad = hex(test, "aad");
              byte[] plain = hex(test, "msg");
              byte[] sealed = join(hex(test, "ct"), hex(test, "tag"));
              try (Aead.Keyed keyed = aead.keyed(secret(test, "key"))) {
                if (nonce.length != Aead.NONCE) {
                  assertThrows(IllegalArgumentException.class, () -> keyed.seal(nonce, aad, plain));
                  assertThrows(
                      IllegalArgumentException.class, () -> keyed.open(nonce, aad, new byte[16]));
                  count("nonce refused");
                } else if (valid(test)) {
                  assertArrayEquals(sealed, keyed.seal(nonce, aad, plain), name(test));
                  assertArrayEquals(plain, keyed.open(nonce, aad, sealed), name(test));
                  count("sealed and opened");
                } else {
                  assertNull(keyed.open(nonce, aad, sealed), name(test));
                  count("tag refused");
                }
              }
            });
    assertEquals(325, all);
    assertEquals(Map.of("sealed and opened", 256, "tag refused", 60, "nonce refused", 9), ended);
  }

  /** The vectors call an all-zero result acceptable; WX1 does not. */
  @ParameterizedTest
  @MethodSource("agreements")
  void x25519(KeyAgreement agreement) {
    int all =
        Vectors.wycheproof(
            "x25519_test.json",
            (group, test) -> {
              Secret ours = secret(test, "private");
              Bytes theirs = Bytes.of(hex(test, "public"));
              if (flagged(test, "ZeroSharedSecret")) {
                Fault fault =
                    assertThrows(Fault.class, () -> agreement.agree(ours, theirs), name(test));
                assertEquals(FaultCode.PREKEY_INVALID, fault.code());
                count("zero refused");
              } else {
                assertEquals(secret(test, "shared"), agreement.agree(ours, theirs), name(test));
                count("agreed");
              }
            });
    assertEquals(518, all);
    assertEquals(Map.of("agreed", 487, "zero refused", 31), ended);
  }

  @ParameterizedTest
  @MethodSource("signings")
  void ed25519(Signing signing) {
    int all =
        Vectors.wycheproof(
            "ed25519_test.json",
            (group, test) -> {
              Bytes key = Bytes.of(hex(group.get("publicKey"), "pk"));
              boolean verified = signing.verify(key, hex(test, "msg"), Bytes.of(hex(test, "sig")));
              assertEquals(valid(test), verified, name(test));
              count(verified ? "verified" : "refused");
            });
    assertEquals(151, all);
    assertEquals(Map.of("verified", 88, "refused", 63), ended);
  }

  @ParameterizedTest
  @MethodSource("kdfs")
  void hkdf(Kdf kdf) {
    int all =
        Vectors.wycheproof(
            "hkdf_sha256_test.json",
            (group, test) -> {
              byte[] salt = hex(test, "salt");
              byte[] info = hex(test, "info");
              int size = test.get("size").asInt();
              if (valid(test)) {
                assertEquals(
                    secret(test, "okm"),
                    kdf.hkdf(salt, secret(test, "ikm"), info, size),
                    name(test));
                count("derived");
              } else {
                assertThrows(
                    IllegalArgumentException.class,
                    () -> kdf.hkdf(salt, secret(test, "ikm"), info, size),
                    name(test));
                count("size refused");
              }
            });
    assertEquals(86, all);
    assertEquals(Map.of("derived", 83, "size refused", 3), ended);
  }

  /** Half of the tags are cut to 16 bytes: those are compared with the start of ours. */
  @ParameterizedTest
  @MethodSource("kdfs")
  void hmac(Kdf kdf) {
    int all =
        Vectors.wycheproof(
            "hmac_sha256_test.json",
            (group, test) -> {
              byte[] tag = hex(test, "tag");
              byte[] ours =
                  Arrays.copyOf(kdf.hmac(secret(test, "key"), hex(test, "msg")), tag.length);
              assertEquals(valid(test), Arrays.equals(tag, ours), name(test));
              count(valid(test) ? "equal" : "differs");
            });
    assertEquals(174, all);
    assertEquals(Map.of("equal", 66, "differs", 108), ended);
  }

  @ParameterizedTest
  @MethodSource("kems")
  void mlKemKeysFromSeeds(Kem kem) {
    int all =
        Vectors.wycheproof(
            "mlkem_768_keygen_seed_test.json",
            (group, test) -> {
              Kem.Pair pair = kem.pair(secret(test, "seed"));
              assertEquals(Bytes.of(hex(test, "ek")), pair.publicKey(), name(test));
              count("made");
            });
    assertEquals(100, all);
    assertEquals(Map.of("made", 100), ended);
  }

  @ParameterizedTest
  @MethodSource("kems")
  void mlKemEncapsulation(Kem kem) {
    int all =
        Vectors.wycheproof(
            "mlkem_768_encaps_test.json",
            (group, test) -> {
              Bytes key = Bytes.of(hex(test, "ek"));
              Secret random = secret(test, "m");
              if (valid(test)) {
                Kem.Encapsulated made = kem.encapsulate(key, random);
                assertEquals(Bytes.of(hex(test, "c")), made.ciphertext(), name(test));
                assertEquals(secret(test, "K"), made.secret(), name(test));
                count("encapsulated");
              } else {
                Fault fault =
                    assertThrows(Fault.class, () -> kem.encapsulate(key, random), name(test));
                assertEquals(FaultCode.PREKEY_INVALID, fault.code());
                count("key refused");
              }
            });
    assertEquals(265, all);
    assertEquals(Map.of("encapsulated", 133, "key refused", 132), ended);
  }

  @ParameterizedTest
  @MethodSource("kems")
  void mlKemDecapsulation(Kem kem) {
    int all =
        Vectors.wycheproof(
            "mlkem_768_test.json",
            (group, test) -> {
              Secret seed = secret(test, "seed");
              Bytes ciphertext = Bytes.of(hex(test, "c"));
              if (seed.length() != Kem.SEED) {
                assertThrows(IllegalArgumentException.class, () -> kem.pair(seed), name(test));
                count("seed refused");
              } else if (valid(test)) {
                Kem.Pair pair = kem.pair(seed);
                assertEquals(Bytes.of(hex(test, "ek")), pair.publicKey(), name(test));
                assertEquals(secret(test, "K"), kem.decapsulate(pair, ciphertext), name(test));
                count("decapsulated");
              } else {
                Kem.Pair pair = kem.pair(seed);
                Fault fault =
                    assertThrows(Fault.class, () -> kem.decapsulate(pair, ciphertext), name(test));
                assertEquals(FaultCode.PREKEY_INVALID, fault.code());
                count("ciphertext refused");
              }
            });
    assertEquals(193, all);
    assertEquals(Map.of("decapsulated", 153, "seed refused", 20, "ciphertext refused", 20), ended);
  }

  private void count(String how) {
    ended.merge(how, 1, Integer::sum);
  }

  private static boolean valid(JsonNode test) {
    return switch (test.get("result").asText()) {
      case "valid" -> true;
      case "invalid" -> false;
      default -> fail("a result to decide on: " + test.get("result"));
    };
  }

  private static boolean flagged(JsonNode test, String flag) {
    for (JsonNode each : test.get("flags")) {
      if (each.asText().equals(flag)) {
        return true;
      }
    }
    return false;
  }

  private static String name(JsonNode test) {
    return "tcId " + test.get("tcId").asInt();
  }

  private static byte[] hex(JsonNode node, String field) {
    return Bytes.fromHex(node.get(field).asText()).toArray();
  }

  private static Secret secret(JsonNode node, String field) {
    return Secret.take(hex(node, field));
  }

  private static byte[] join(byte[] first, byte[] second) {
    return Bytes.of(first).concat(Bytes.of(second)).toArray();
  }
}
