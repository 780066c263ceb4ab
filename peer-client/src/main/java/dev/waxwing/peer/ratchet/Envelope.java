package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Suite;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A sealed message for one device, as it stands in the body of {@code Send} and {@code Deliver}:
 * {@code suite u8 ‖ kind u8 ‖ …}. The suite comes first, since another suite may change all that
 * follows it.
 *
 * <pre>
 * 0x01 ‖ 0x01 ‖ opening[1154] ‖ ratchet message     first message; repeated until the first answer
 * 0x01 ‖ 0x02 ‖ ratchet message
 * ratchet message = 0x01 ‖ dhPub[32] ‖ PN u32be ‖ N u32be ‖ salt[16] ‖ ciphertext ‖ tag[16]
 * </pre>
 */
public sealed interface Envelope {
  /** The ratchet message in it. */
  RatchetMessage message();

  /** What opens a session, in a first message. */
  Optional<Opening> opening();

  /** The bytes on the wire. */
  byte[] encode();

  /** A message that carries what opens its session. */
  record First(Opening start, RatchetMessage message) implements Envelope {
    private static final byte KIND = 1;

    @Override
    public Optional<Opening> opening() {
      return Optional.of(start);
    }

    @Override
    public byte[] encode() {
      byte[] inner = message.encode();
      return ByteBuffer.allocate(2 + Opening.LENGTH + inner.length)
          .put(Suite.WX1)
          .put(KIND)
          .put(start.encode())
          .put(inner)
          .array();
    }
  }

  /** A message of a session both sides have. */
  record Plain(RatchetMessage message) implements Envelope {
    private static final byte KIND = 2;

    @Override
    public Optional<Opening> opening() {
      return Optional.empty();
    }

    @Override
    public byte[] encode() {
      byte[] inner = message.encode();
      return ByteBuffer.allocate(2 + inner.length).put(Suite.WX1).put(KIND).put(inner).array();
    }
  }

  /**
   * Reads the bytes on the wire.
   *
   * @throws Fault SUITE_UNKNOWN, or UNDECRYPTABLE when malformed or longer than {@link
   *     WireLimits#MAX_SEALED_MESSAGE}
   */
  static Envelope decode(Bytes sealed) {
    if (sealed.length() > 0 && sealed.at(0) != Suite.WX1) {
      throw new Fault(FaultCode.SUITE_UNKNOWN, "a message of suite " + (sealed.at(0) & 0xff));
    }
    if (sealed.length() < 2 || sealed.length() > WireLimits.MAX_SEALED_MESSAGE) {
      throw malformed();
    }
    return switch (sealed.at(1)) {
      case First.KIND -> {
        if (sealed.length() < 2 + Opening.LENGTH) {
          throw malformed();
        }
        yield new First(
            Opening.decode(ByteBuffer.wrap(sealed.slice(2, 2 + Opening.LENGTH).toArray())),
            RatchetMessage.decode(sealed.slice(2 + Opening.LENGTH, sealed.length()).toArray()));
      }
      case Plain.KIND ->
          new Plain(RatchetMessage.decode(sealed.slice(2, sealed.length()).toArray()));
      default -> throw malformed();
    };
  }

  private static Fault malformed() {
    return new Fault(FaultCode.UNDECRYPTABLE, "a malformed sealed message");
  }
}
