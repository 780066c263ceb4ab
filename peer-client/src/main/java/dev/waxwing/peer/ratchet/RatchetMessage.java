package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Aead;
import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.ByteBuffer;

/**
 * One message of the Double Ratchet (PROTOCOL.md, "Double Ratchet"): {@code header = 0x01 ‖
 * dhPub[32] ‖ PN u32be ‖ N u32be}, then {@code body = salt16 ‖ ciphertext ‖ tag}.
 *
 * @param ratchetKey the sender's ratchet key, 32 bytes
 * @param previous PN, messages in the sender's chain before this one
 * @param number N, the message's place in its chain, from 0
 * @param body salt, ciphertext and tag
 */
public record RatchetMessage(Bytes ratchetKey, int previous, int number, Bytes body) {
  private static final byte VERSION = 0x01;

  /**
   * Checks the ranges: a chain never reaches 2³¹ messages.
   *
   * @throws Fault UNDECRYPTABLE
   */
  public RatchetMessage {
    if (ratchetKey.length() != KeyAgreement.KEY
        || previous < 0
        || number < 0
        || body.length() < RatchetLimits.SALT + Aead.TAG) {
      throw malformed();
    }
  }

  /** The exact header bytes, which are authenticated. */
  public byte[] header() {
    return header(ratchetKey, previous, number);
  }

  static byte[] header(Bytes ratchetKey, int previous, int number) {
    return ByteBuffer.allocate(RatchetLimits.HEADER)
        .put(VERSION)
        .put(ratchetKey.toArray())
        .putInt(previous)
        .putInt(number)
        .array();
  }

  /** Header and body. */
  public byte[] encode() {
    return ByteBuffer.allocate(RatchetLimits.HEADER + body.length())
        .put(header())
        .put(body.toArray())
        .array();
  }

  /**
   * Reads header and body.
   *
   * @throws Fault UNDECRYPTABLE
   */
  public static RatchetMessage decode(byte[] encoded) {
    ByteBuffer in = ByteBuffer.wrap(encoded);
    if (encoded.length < RatchetLimits.HEADER || in.get() != VERSION) {
      throw malformed();
    }
    byte[] ratchetKey = new byte[KeyAgreement.KEY];
    in.get(ratchetKey);
    int previous = in.getInt();
    int number = in.getInt();
    return new RatchetMessage(
        Bytes.of(ratchetKey),
        previous,
        number,
        Bytes.of(encoded, RatchetLimits.HEADER, encoded.length - RatchetLimits.HEADER));
  }

  private static Fault malformed() {
    return new Fault(FaultCode.UNDECRYPTABLE, "a malformed ratchet message");
  }
}
