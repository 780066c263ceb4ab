package dev.waxwing.identity;

import dev.waxwing.crypto.Labels;
import dev.waxwing.crypto.Signing;
import dev.waxwing.message.Address;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fields;

/**
 * What a login signs, both ways, so that no signature can be used on another connection, towards
 * another relay or behind another certificate (PROTOCOL.md, "Login").
 *
 * @param relay the relay's identity key, 32 bytes
 * @param nonce the client's 32 bytes from {@code Hello}
 * @param challenge the relay's 32 bytes from {@code RelayHello}
 * @param binding SHA-256 of the served certificate's public key (its SubjectPublicKeyInfo), or the
 *     public host name in UTF-8 where a proxy ends TLS
 */
public record LoginTranscript(Bytes relay, Bytes nonce, Bytes challenge, Bytes binding) {

  /** The relay's signature, type {@code relay-hello}. */
  public Bytes signAsRelay(Signing signing, Signing.Pair relayKey) {
    return signing.sign(relayKey, relayBytes());
  }

  /** Whether the relay named in this transcript signed it. */
  public boolean verifyRelay(Signing signing, Bytes signature) {
    return signing.verify(relay, relayBytes(), signature);
  }

  /** The device's signature, type {@code relay-auth}. */
  public Bytes signAsDevice(Signing signing, Signing.Pair deviceKey, Address who) {
    return signing.sign(deviceKey, peerBytes("relay-auth", who, Bytes.EMPTY));
  }

  /** Whether {@code deviceKey} signed as {@code who}. */
  public boolean verifyDevice(Signing signing, Bytes deviceKey, Address who, Bytes signature) {
    return signing.verify(deviceKey, peerBytes("relay-auth", who, Bytes.EMPTY), signature);
  }

  /**
   * The account's signature when registering, type {@code register}, over the record too.
   *
   * @param record the signed user record as sent
   */
  public Bytes signRegistration(
      Signing signing, Signing.Pair accountKey, Address who, Bytes record) {
    return signing.sign(accountKey, peerBytes("register", who, record));
  }

  /** Whether {@code accountKey} signed this registration. */
  public boolean verifyRegistration(
      Signing signing, Bytes accountKey, Address who, Bytes record, Bytes signature) {
    return signing.verify(accountKey, peerBytes("register", who, record), signature);
  }

  private byte[] relayBytes() {
    return Labels.signed(
        "relay-hello",
        new Fields.Writer().bytes(relay).bytes(nonce).bytes(challenge).bytes(binding).toArray());
  }

  private byte[] peerBytes(String type, Address who, Bytes record) {
    return Labels.signed(
        type,
        new Fields.Writer()
            .bytes(relay)
            .bytes(challenge)
            .bytes(binding)
            .bytes(nonce)
            .text(who.user().name())
            .bytes(who.device().value())
            .bytes(record)
            .toArray());
  }
}
