package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Kem;
import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.identity.Prekeys.Kind;
import dev.waxwing.message.DeviceId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a responder needs to arrive at the initiator's session; in front of every message until the
 * first answer.
 *
 * @param sender the initiator's device
 * @param ephemeral EK_A, 32 bytes
 * @param signed id of the responder's signed prekey
 * @param kem the ML-KEM prekey encapsulated to, one-time or last-resort
 * @param oneTime the one-time X25519 prekey, if one was handed out
 * @param ciphertext the encapsulated secret, 1088 bytes
 */
public record Opening(
    DeviceId sender,
    Bytes ephemeral,
    long signed,
    PrekeyRef kem,
    Optional<PrekeyRef> oneTime,
    Bytes ciphertext) {
  /** Length of the encoded form. */
  static final int LENGTH =
      DeviceId.LENGTH + KeyAgreement.KEY + Long.BYTES + 2 * (1 + Long.BYTES) + Kem.CIPHERTEXT;

  private static final byte NONE = 0;
  private static final byte LAST_RESORT = 1;
  private static final byte ONE_TIME = 2;

  /**
   * Checks lengths and kinds.
   *
   * @throws Fault UNDECRYPTABLE
   */
  public Opening {
    if (ephemeral.length() != KeyAgreement.KEY
        || ciphertext.length() != Kem.CIPHERTEXT
        || signed < 0
        || kem.id() < 0
        || !PrekeySecret.isKem(kem.kind())
        || oneTime.filter(ref -> ref.kind() != Kind.ONE_TIME || ref.id() < 0).isPresent()) {
      throw malformed();
    }
  }

  /** SHA-256(EK ‖ KEM ciphertext): what is remembered so that it is not answered twice. */
  public Bytes hash() {
    return sha256(ephemeral.concat(ciphertext).toArray());
  }

  /**
   * SHA-256 over all of it: what a repeated opening must equal to belong to a session there is. The
   * ids are authenticated only by the keys they name, so {@link #hash} would let them be changed.
   */
  Bytes identity() {
    return sha256(encode());
  }

  private static Bytes sha256(byte[] input) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(input));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** The responder's prekeys this needs. */
  public List<PrekeyRef> wanted() {
    List<PrekeyRef> wanted = new ArrayList<>();
    wanted.add(new PrekeyRef(Kind.SIGNED, signed));
    wanted.add(kem);
    oneTime.ifPresent(wanted::add);
    return List.copyOf(wanted);
  }

  /** Those of {@link #wanted} that serve once and are deleted when the message opened. */
  List<PrekeyRef> spent() {
    return wanted().stream().filter(ref -> PrekeySecret.isOneTime(ref.kind())).toList();
  }

  /**
   * {@code device[8] ‖ EK[32] ‖ spkId u64be ‖ kemKind u8 (1 last resort, 2 one-time) ‖ kemId u64be
   * ‖ opk u8 (0 none, 2 one-time) ‖ opkId u64be (0 when none) ‖ ct[1088]}.
   */
  byte[] encode() {
    return ByteBuffer.allocate(LENGTH)
        .put(sender.value().toArray())
        .put(ephemeral.toArray())
        .putLong(signed)
        .put(kem.kind() == Kind.ONE_TIME_KEM ? ONE_TIME : LAST_RESORT)
        .putLong(kem.id())
        .put(oneTime.isPresent() ? ONE_TIME : NONE)
        .putLong(oneTime.map(PrekeyRef::id).orElse(0L))
        .put(ciphertext.toArray())
        .array();
  }

  /** Reads {@link #LENGTH} bytes. */
  static Opening decode(ByteBuffer in) {
    DeviceId sender = new DeviceId(take(in, DeviceId.LENGTH));
    Bytes ephemeral = take(in, KeyAgreement.KEY);
    long signed = in.getLong();
    Kind kemKind =
        switch (in.get()) {
          case LAST_RESORT -> Kind.LAST_RESORT_KEM;
          case ONE_TIME -> Kind.ONE_TIME_KEM;
          default -> throw malformed();
        };
    PrekeyRef kem = new PrekeyRef(kemKind, in.getLong());
    byte flag = in.get();
    long id = in.getLong();
    if (flag != ONE_TIME && (flag != NONE || id != 0)) {
      throw malformed();
    }
    Optional<PrekeyRef> oneTime =
        flag == NONE ? Optional.empty() : Optional.of(new PrekeyRef(Kind.ONE_TIME, id));
    return new Opening(sender, ephemeral, signed, kem, oneTime, take(in, Kem.CIPHERTEXT));
  }

  private static Bytes take(ByteBuffer in, int length) {
    byte[] value = new byte[length];
    in.get(value);
    return Bytes.of(value);
  }

  private static Fault malformed() {
    return new Fault(FaultCode.UNDECRYPTABLE, "a malformed first message");
  }
}
