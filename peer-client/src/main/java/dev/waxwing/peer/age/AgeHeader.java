package dev.waxwing.peer.age;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The textual header of an age file and the nonce after it (age.md, "Header"). Written for exactly
 * one X25519 recipient; read with any number of stanzas, of which unknown types are passed over.
 */
public final class AgeHeader {
  private static final byte[] HEADER_INFO = "header".getBytes(StandardCharsets.US_ASCII);

  /** Extracting with an absent salt is extracting with 32 zeros (RFC 5869 section 2.2). */
  private static final byte[] NO_SALT = new byte[32];

  private final List<Stanza> stanzas;
  private final Bytes authenticated;
  private final Bytes mac;
  private final Bytes nonce;

  private AgeHeader(List<Stanza> stanzas, Bytes authenticated, Bytes mac, Bytes nonce) {
    this.stanzas = stanzas;
    this.authenticated = authenticated;
    this.mac = mac;
    this.nonce = nonce;
  }

  /**
   * Header and nonce, always {@link WireLimits#AGE_PREFIX} bytes.
   *
   * @param recipient public key, 32 bytes
   */
  public static Bytes write(Suite suite, Bytes recipient, AgeKeys keys) {
    String upToMark =
        HeaderText.VERSION
            + "\n"
            + X25519Stanza.wrap(suite, recipient, keys).text()
            + HeaderText.MARK;
    byte[] authenticated = upToMark.getBytes(StandardCharsets.US_ASCII);
    byte[] mac = mac(suite, keys.fileKey(), authenticated);
    String macLine = " " + Base64.getEncoder().withoutPadding().encodeToString(mac) + "\n";
    return Bytes.of(authenticated)
        .concat(Bytes.of(macLine.getBytes(StandardCharsets.US_ASCII)))
        .concat(keys.nonce());
  }

  /**
   * Reads a header and the nonce after it; moves {@code in} to the payload. Nothing is decrypted or
   * verified yet.
   *
   * @param in the start of an age file, with the whole header in it
   * @throws Fault AGE_HEADER_INVALID, or AGE_UNSUPPORTED for armor, passphrases and other versions
   */
  public static AgeHeader parse(ByteBuffer in) {
    int start = in.position();
    ByteBuffer bounded = in.duplicate();
    bounded.limit(Math.min(in.limit(), start + HeaderText.LIMIT));
    HeaderText text = new HeaderText(bounded);
    text.version();
    List<Stanza> stanzas = new ArrayList<>();
    while (text.atStanza()) {
      stanzas.add(text.stanza());
    }
    int mark = bounded.position();
    Bytes mac = text.mac();
    if (stanzas.isEmpty()) {
      throw HeaderText.invalid("it has no stanza");
    }
    if (stanzas.stream().anyMatch(stanza -> stanza.type().equals("scrypt"))) {
      throw new Fault(FaultCode.AGE_UNSUPPORTED, "an age file under a passphrase");
    }
    byte[] authenticated = new byte[mark + HeaderText.MARK.length() - start];
    in.get(start, authenticated);
    in.position(bounded.position());
    if (in.remaining() < AgeKeys.NONCE) {
      throw HeaderText.invalid("the nonce after it is cut short");
    }
    byte[] nonce = new byte[AgeKeys.NONCE];
    in.get(nonce);
    return new AgeHeader(stanzas, Bytes.of(authenticated), mac, Bytes.of(nonce));
  }

  /** The payload's nonce, 16 bytes. */
  Bytes nonce() {
    return nonce;
  }

  /**
   * The file key, after the MAC of the header was verified with it: this is what makes a file open
   * to one plaintext only.
   *
   * @throws Fault AGE_HEADER_INVALID, AGE_NO_MATCH, AGE_HEADER_MAC; AGE_UNSUPPORTED when there is
   *     none but a hybrid stanza
   */
  Secret unwrap(Suite suite, AgeIdentity identity) {
    List<X25519Stanza> ours =
        stanzas.stream()
            .filter(stanza -> stanza.type().equals(X25519Stanza.TYPE))
            .map(X25519Stanza::of)
            .toList();
    Secret fileKey = firstThatOpens(suite, identity, ours);
    if (fileKey == null) {
      boolean hybrid = stanzas.stream().anyMatch(s -> s.type().equals("mlkem768x25519"));
      throw hybrid && ours.isEmpty()
          ? new Fault(FaultCode.AGE_UNSUPPORTED, "an age file for a hybrid identity")
          : new Fault(FaultCode.AGE_NO_MATCH, "an age file for somebody else");
    }
    byte[] expected = mac(suite, fileKey, authenticated.toArray());
    if (!MessageDigest.isEqual(expected, mac.toArray())) {
      fileKey.destroy();
      throw new Fault(FaultCode.AGE_HEADER_MAC, "the header of an age file was changed");
    }
    return fileKey;
  }

  private static @Nullable Secret firstThatOpens(
      Suite suite, AgeIdentity identity, List<X25519Stanza> ours) {
    for (X25519Stanza stanza : ours) {
      Secret fileKey = stanza.unwrap(suite, identity);
      if (fileKey != null) {
        return fileKey;
      }
    }
    return null;
  }

  private static byte[] mac(Suite suite, Secret fileKey, byte[] authenticated) {
    try (Secret key = suite.kdf().hkdf(NO_SALT, fileKey, HEADER_INFO, 32)) {
      return suite.kdf().hmac(key, authenticated);
    }
  }
}
