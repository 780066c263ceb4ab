package dev.waxwing.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Vectors printed in the RFCs. Those of one line each are also the self-test's (KnownAnswers). */
class RfcVectorsTest {
  static List<KeyAgreement> agreements() {
    return Providers.agreements();
  }

  static List<Signing> signings() {
    return Providers.signings();
  }

  static List<Kdf> kdfs() {
    return Providers.kdfs();
  }

  static List<PasswordHash> passwordHashes() {
    return Providers.passwordHashes();
  }

  @ParameterizedTest
  @MethodSource("agreements")
  void rfc7748Section52(KeyAgreement agreement) {
    assertEquals(
        secret("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"),
        agreement.agree(
            secret("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
            bytes("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")));
    assertEquals(
        secret("95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"),
        agreement.agree(
            secret("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d"),
            bytes("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493")));
  }

  @ParameterizedTest
  @MethodSource("agreements")
  void rfc7748Section52Iterated1000Times(KeyAgreement agreement) {
    Bytes point = bytes("0900000000000000000000000000000000000000000000000000000000000000");
    Secret scalar = Secret.take(point.toArray());
    for (int round = 1; round <= 1000; round++) {
      Secret next = agreement.agree(scalar, point);
      point = Bytes.of(scalar.exposeCopy());
      scalar = next;
      if (round == 1) {
        assertEquals(
            secret("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"), scalar);
      }
    }
    assertEquals(
        secret("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"), scalar);
  }

  @ParameterizedTest
  @MethodSource("agreements")
  void rfc7748Section61(KeyAgreement agreement) {
    KeyAgreement.Pair alice =
        agreement.pair(secret("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
    KeyAgreement.Pair bob =
        agreement.pair(secret("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
    Secret shared = secret("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    assertEquals(
        bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"),
        alice.publicKey());
    assertEquals(
        bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"), bob.publicKey());
    assertEquals(shared, agreement.agree(alice.secret(), bob.publicKey()));
    assertEquals(shared, agreement.agree(bob.secret(), alice.publicKey()));
  }

  @ParameterizedTest
  @MethodSource("agreements")
  void keysOfOtherLengthsAreRefusedBeforeTheProviderSeesThem(KeyAgreement agreement) {
    Secret ours = secret("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    for (int length : new int[] {0, 31, 33, 64}) {
      Bytes theirs = Bytes.of(new byte[length]);
      Fault fault = assertThrows(Fault.class, () -> agreement.agree(ours, theirs));
      assertEquals(FaultCode.PREKEY_INVALID, fault.code());
      Secret wrong = Secret.copyOf(new byte[length]);
      assertThrows(IllegalArgumentException.class, () -> agreement.pair(wrong));
      assertThrows(
          IllegalArgumentException.class,
          () -> agreement.agree(wrong, agreement.pair(ours).publicKey()));
    }
  }

  @ParameterizedTest
  @MethodSource("signings")
  void rfc8032Section71(Signing signing) {
    signs(
        signing,
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
            + "f9b46bd25bf5f0595bbe24655141438e7a100b");
    signs(
        signing,
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
            + "f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    signs(
        signing,
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76098"
            + "4dc6594a7c15e9716ed28dc027beceea1ec40a");
    signs(
        signing,
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3"
            + "feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c664"
            + "31e0303dca179c138ac17ad9bef1177331a704");
  }

  private static void signs(
      Signing signing, String seed, String publicKey, String message, String signature) {
    Signing.Pair pair = signing.pair(secret(seed));
    byte[] bytes = bytes(message).toArray();
    assertEquals(bytes(publicKey), pair.publicKey());
    assertEquals(bytes(signature), signing.sign(pair, bytes));
    assertTrue(signing.verify(pair.publicKey(), bytes, bytes(signature)));
  }

  @ParameterizedTest
  @MethodSource("signings")
  void signaturesAndKeysOfOtherLengthsAreFalse(Signing signing) {
    Signing.Pair pair = signing.pair(Secret.copyOf(new byte[32]));
    byte[] message = {1, 2, 3};
    byte[] signature = signing.sign(pair, message).toArray();
    byte[] key = pair.publicKey().toArray();
    assertTrue(signing.verify(Bytes.of(key), message, Bytes.of(signature)));
    for (int length : new int[] {0, 63, 65, 66, 128}) {
      Bytes other = Bytes.of(Arrays.copyOf(signature, length));
      assertFalse(signing.verify(Bytes.of(key), message, other), "signature of " + length);
    }
    for (int length : new int[] {0, 31, 33, 64}) {
      Bytes other = Bytes.of(Arrays.copyOf(key, length));
      assertFalse(signing.verify(other, message, Bytes.of(signature)), "key of " + length);
    }
  }

  @ParameterizedTest
  @MethodSource("signings")
  void foreignPublicHalfInAPairChangesNothingAboutTheSignature(Signing signing) {
    Signing.Pair pair = signing.pair(Secret.copyOf(new byte[32]));
    Signing.Pair mixed = new Signing.Pair(pair.seed(), Bytes.of(new byte[32]));
    assertEquals(signing.sign(pair, new byte[] {1}), signing.sign(mixed, new byte[] {1}));
  }

  @ParameterizedTest
  @MethodSource("kdfs")
  void rfc5869AppendixA(Kdf kdf) {
    KnownAnswers.kdf(kdf);
    assertEquals(
        secret(
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e"
                + "590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"),
        kdf.hkdf(counting(0x60, 80), Secret.take(counting(0x00, 80)), counting(0xb0, 80), 82));
    assertEquals(
        secret(
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
        kdf.hkdf(
            new byte[0], secret("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), new byte[0], 42));
  }

  /** The one Argon2id vector of the RFC has four lanes, a secret and data, which WX1 never uses. */
  @Test
  void rfc9106Section53OnTheEngineOfBouncyCastle() {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(32)
            .withIterations(3)
            .withParallelism(4)
            .withSalt(repeated(0x02, 16))
            .withSecret(repeated(0x03, 8))
            .withAdditional(repeated(0x04, 12))
            .build());
    byte[] out = new byte[32];
    generator.generateBytes(repeated(0x01, 32), out);
    assertEquals(
        bytes("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"), Bytes.of(out));
  }

  /** The answer is OpenSSL's. */
  @ParameterizedTest
  @MethodSource("passwordHashes")
  void argon2idAtTheFloor(PasswordHash passwordHash) {
    Secret derived =
        passwordHash.derive(
            Secret.copyOf(new byte[] {'w', 'a', 'x'}),
            counting(0, 16),
            PasswordHash.Cost.FLOOR,
            32);
    assertEquals(
        secret("d6243c525b804992c870737ac4c20ad9b214290d1cddef02961f78192bf8dabe"), derived);
  }

  @ParameterizedTest
  @MethodSource("passwordHashes")
  void argon2idSaltAndOutputOfOtherLengthsAreRefused(PasswordHash passwordHash) {
    Secret passphrase = Secret.copyOf(new byte[] {1});
    PasswordHash.Cost floor = PasswordHash.Cost.FLOOR;
    Class<IllegalArgumentException> illegal = IllegalArgumentException.class;
    assertThrows(illegal, () -> passwordHash.derive(passphrase, new byte[15], floor, 32));
    assertThrows(illegal, () -> passwordHash.derive(passphrase, new byte[17], floor, 32));
    assertThrows(illegal, () -> passwordHash.derive(passphrase, new byte[16], floor, 15));
    assertThrows(illegal, () -> passwordHash.derive(passphrase, new byte[16], floor, 1025));
  }

  @Test
  void argon2idBelowTheFloorIsRefused() {
    Class<IllegalArgumentException> illegal = IllegalArgumentException.class;
    assertThrows(illegal, () -> new PasswordHash.Cost(65_535, 3));
    assertThrows(illegal, () -> new PasswordHash.Cost(65_536, 2));
    assertThrows(illegal, () -> new PasswordHash.Cost((1 << 22) + 1, 3));
    assertThrows(illegal, () -> new PasswordHash.Cost(65_536, 65));
  }

  private static byte[] counting(int from, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (from + i);
    }
    return bytes;
  }

  private static byte[] repeated(int value, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static Bytes bytes(String hex) {
    return Bytes.fromHex(hex);
  }

  private static Secret secret(String hex) {
    return Secret.take(Bytes.fromHex(hex).toArray());
  }
}
