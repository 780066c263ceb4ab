package dev.waxwing.peer.age;

import dev.waxwing.crypto.Aead;
import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stanza that wraps a file key for an X25519 recipient (age.md, "X25519 recipient stanza").
 *
 * @param share the writer's ephemeral public key, 32 bytes
 * @param wrapped the file key under the wrap key, 32 bytes
 */
record X25519Stanza(Bytes share, Bytes wrapped) {
  static final String TYPE = "X25519";
  private static final byte[] INFO =
      "age-encryption.org/v1/X25519".getBytes(StandardCharsets.US_ASCII);

  /** One key, one message: the wrap key is used once, so its nonce is fixed. */
  private static final byte[] NONCE = new byte[Aead.NONCE];

  private static final byte[] NO_AAD = {};

  static X25519Stanza wrap(Suite suite, Bytes recipient, AgeKeys keys) {
    KeyAgreement.Pair ephemeral = suite.agreement().pair(keys.ephemeral());
    try (Secret wrapKey =
            wrapKey(suite, keys.ephemeral(), recipient, ephemeral.publicKey(), recipient);
        Aead.Keyed aead = suite.aead().keyed(wrapKey)) {
      byte[] wrapped = keys.fileKey().use(key -> aead.seal(NONCE, NO_AAD, key));
      return new X25519Stanza(ephemeral.publicKey(), Bytes.of(wrapped));
    }
  }

  /**
   * Reads a stanza of this type.
   *
   * @throws Fault AGE_HEADER_INVALID when it has not exactly a share of 32 bytes and a body of 32
   */
  static X25519Stanza of(Stanza stanza) {
    List<String> arguments = stanza.arguments();
    if (arguments.size() != 2) {
      throw HeaderText.invalid("an X25519 stanza has not exactly one share");
    }
    Bytes share = HeaderText.base64(arguments.get(1));
    if (share.length() != KeyAgreement.KEY) {
      throw HeaderText.invalid("an X25519 share is not 32 bytes");
    }
    if (stanza.body().length() != AgeKeys.FILE_KEY + Aead.TAG) {
      throw HeaderText.invalid("an X25519 stanza does not hold a file key of 16 bytes");
    }
    return new X25519Stanza(share, stanza.body());
  }

  /**
   * The file key, or null when the stanza is for someone else.
   *
   * @throws Fault AGE_HEADER_INVALID when the share is of low order
   */
  @Nullable Secret unwrap(Suite suite, AgeIdentity identity) {
    try (Secret wrapKey = wrapKeyOfReader(suite, identity);
        Aead.Keyed aead = suite.aead().keyed(wrapKey)) {
      byte[] fileKey = aead.open(NONCE, NO_AAD, wrapped.toArray());
      return fileKey == null ? null : Secret.take(fileKey);
    }
  }

  /** The two lines. */
  String text() {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "-> "
        + TYPE
        + " "
        + base64.encodeToString(share.toArray())
        + "\n"
        + base64.encodeToString(wrapped.toArray())
        + "\n";
  }

  private Secret wrapKeyOfReader(Suite suite, AgeIdentity identity) {
    try {
      return wrapKey(suite, identity.secret(), share, share, identity.recipient());
    } catch (Fault e) {
      throw HeaderText.invalid("an X25519 share is of low order");
    }
  }

  private static Secret wrapKey(
      Suite suite, Secret ours, Bytes theirs, Bytes share, Bytes recipient) {
    try (Secret shared = suite.agreement().agree(ours, theirs)) {
      return suite.kdf().hkdf(share.concat(recipient).toArray(), shared, INFO, Aead.KEY);
    }
  }
}
