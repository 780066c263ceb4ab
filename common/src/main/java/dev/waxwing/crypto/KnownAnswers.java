package dev.waxwing.crypto;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * One published answer for each primitive, and one damaged input that must be refused: what a
 * provider has to get right before it is used. Each method throws {@link Fault} UNAVAILABLE
 * otherwise.
 */
final class KnownAnswers {
  private KnownAnswers() {}

  /** RFC 7748 section 6.1. */
  static void agreement(KeyAgreement agreement) {
    Secret alice = secret("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    Bytes bob = bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    Secret shared = secret("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    Bytes alicePublic = bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    require(agreement.pair(alice).publicKey().equals(alicePublic));
    require(agreement.agree(alice, bob).equals(shared));
    require(refuses(() -> agreement.agree(alice, Bytes.of(new byte[KeyAgreement.KEY]))));
  }

  /** RFC 8032 section 7.1, test 2. */
  static void signing(Signing signing) {
    Secret seed = secret("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    Bytes publicKey = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    Bytes signature =
        bytes(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    byte[] message = {0x72};
    Signing.Pair pair = signing.pair(seed);
    require(pair.publicKey().equals(publicKey));
    require(signing.sign(pair, message).equals(signature));
    require(signing.verify(publicKey, message, signature));
    require(!signing.verify(publicKey, new byte[] {0x73}, signature));
  }

  /** RFC 8439 section 2.8.2. */
  static void aead(Aead aead) {
    Secret key = secret("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    byte[] nonce = bytes("070000004041424344454647").toArray();
    byte[] aad = bytes("50515253c0c1c2c3c4c5c6c7").toArray();
    byte[] plain =
        ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future,"
                + " sunscreen would be it.")
            .getBytes(StandardCharsets.US_ASCII);
    Bytes answer =
        bytes(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
                + "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                + "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd060"
                + "0691");
    try (Aead.Keyed keyed = aead.keyed(key)) {
      byte[] sealed = keyed.seal(nonce, aad, plain);
      require(Bytes.of(sealed).equals(answer));
      byte[] opened = keyed.open(nonce, aad, sealed);
      require(opened != null && MessageDigest.isEqual(opened, plain));
      sealed[0] ^= 1;
      require(keyed.open(nonce, aad, sealed) == null);
    }
  }

  /** The first key of the round-3 vectors of ML-KEM, in FIPS 203's final form (Wycheproof). */
  static void kem(Kem kem) {
    Secret seed =
        secret(
            "7c9935a0b07694aa0c6d10e4db6b1add2fd81a25ccb148032dcd739936737f2d"
                + "8626ed79d451140800e03b59b956f8210e556067407d13dc90fa9e8b872bfb8f");
    Secret random = secret("147c03f7a5bebba406c8fae1874d7f13c80efe79a3a9a874cc09fe76f6997615");
    Secret shared = secret("e7184a0975ee3470878d2d159ec83129c8aec253d4ee17b4810311d198cd0368");
    Kem.Pair pair = kem.pair(seed);
    require(
        sha256(pair.publicKey())
            .equals(bytes("86adbca81f4fee893e2fb58fb98aa2fe188f501fed268d7f4056f8c05c4e53c4")));
    Kem.Encapsulated made = kem.encapsulate(pair.publicKey(), random);
    require(made.secret().equals(shared));
    require(
        sha256(made.ciphertext())
            .equals(bytes("36829a2f35cbf4deb62c0a12a15c22dae9f8d2c252566fc24f88abe805cb575e")));
    require(kem.decapsulate(pair, made.ciphertext()).equals(shared));
  }

  /** RFC 5869 appendix A.1. */
  static void kdf(Kdf kdf) {
    Secret input = secret("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
    byte[] salt = bytes("000102030405060708090a0b0c").toArray();
    byte[] info = bytes("f0f1f2f3f4f5f6f7f8f9").toArray();
    Secret answer =
        secret(
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                + "34007208d5b887185865");
    require(kdf.hkdf(salt, input, info, 42).equals(answer));
  }

  /**
   * Argon2id as OpenSSL computes it, with 64 KiB so that it takes no time; RFC 9106's own vector
   * has four lanes, which libsodium cannot do.
   */
  static void passwordHash(PasswordHash passwordHash) {
    Secret answer = secret("a3996bf29c8b08313dab38c2410db2271c99112bb64af8f092eed2f9d6c98272");
    Secret passphrase =
        Secret.copyOf("correct horse battery staple".getBytes(StandardCharsets.US_ASCII));
    byte[] salt = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    require(
        passwordHash instanceof RawArgon2id raw
            && raw.raw(passphrase, salt, new RawArgon2id.Work(64, 3), 32).equals(answer));
  }

  private static void require(boolean right) {
    if (!right) {
      throw new Fault(FaultCode.UNAVAILABLE, "it fails its known answer");
    }
  }

  private static boolean refuses(Runnable call) {
    try {
      call.run();
      return false;
    } catch (Fault e) {
      return e.code() == FaultCode.PREKEY_INVALID;
    }
  }

  private static Bytes bytes(String hex) {
    return Bytes.fromHex(hex);
  }

  private static Secret secret(String hex) {
    return Secret.take(Bytes.fromHex(hex).toArray());
  }

  private static Bytes sha256(Bytes value) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(value.toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new Fault(FaultCode.UNAVAILABLE, "the JDK has no SHA-256", e);
    }
  }
}
