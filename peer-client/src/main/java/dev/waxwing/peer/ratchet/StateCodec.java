package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Secret;
import dev.waxwing.peer.ratchet.RatchetState.Chain;
import dev.waxwing.peer.ratchet.RatchetState.Receiving;
import dev.waxwing.peer.ratchet.RatchetState.Sending;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A ratchet state on disk.
 *
 * <pre>
 * version u8 = 1 ‖ flags u8 (1 sending, 2 receiving) ‖ ad[32] ‖ root[32] ‖ ourSecret[32] ‖ ourPublic[32]
 * [ chainKey[32] ‖ Ns u32be ‖ PN u32be ]              when sending
 * [ theirPublic[32] ‖ chainKey[32] ‖ Nr u32be ]       when receiving
 * count u32be ‖ ( theirPublic[32] ‖ N u32be ‖ keptAt u64be ‖ messageKey[32] )*    skipped, oldest first
 * </pre>
 */
final class StateCodec {
  private static final byte VERSION = 1;
  private static final int SENDING = 1;
  private static final int RECEIVING = 2;
  private static final int KEY = 32;
  private static final int FIXED = 2 + 4 * KEY + 4;
  private static final int SENDING_SIZE = KEY + 8;
  private static final int RECEIVING_SIZE = 2 * KEY + 4;
  private static final int SKIPPED_SIZE = 2 * KEY + 12;

  /** Longest encoded state. */
  static final int MAX =
      FIXED + SENDING_SIZE + RECEIVING_SIZE + RatchetLimits.MAX_KEPT * SKIPPED_SIZE;

  private StateCodec() {}

  static Secret encode(RatchetState state) {
    int flags =
        (state.sending().isPresent() ? SENDING : 0)
            | (state.receiving().isPresent() ? RECEIVING : 0);
    int size =
        FIXED
            + (state.sending().isPresent() ? SENDING_SIZE : 0)
            + (state.receiving().isPresent() ? RECEIVING_SIZE : 0)
            + state.skipped().size() * SKIPPED_SIZE;
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(VERSION).put((byte) flags).put(state.ad().toArray());
    put(out, state.root());
    put(out, state.ours().secret());
    out.put(state.ours().publicKey().toArray());
    state
        .sending()
        .ifPresent(
            sending -> {
              put(out, sending.chain().key());
              out.putInt(sending.chain().next()).putInt(sending.previous());
            });
    state
        .receiving()
        .ifPresent(
            receiving -> {
              out.put(receiving.ratchetKey().toArray());
              put(out, receiving.chain().key());
              out.putInt(receiving.chain().next());
            });
    out.putInt(state.skipped().size());
    for (SkippedKeys.Entry entry : state.skipped().entries()) {
      out.put(entry.ratchetKey().toArray()).putInt(entry.number()).putLong(entry.keptAt());
      put(out, entry.key());
    }
    return Secret.take(out.array());
  }

  static RatchetState decode(byte[] encoded) {
    try {
      return read(ByteBuffer.wrap(encoded));
    } catch (BufferUnderflowException e) {
      throw damaged();
    }
  }

  private static RatchetState read(ByteBuffer in) {
    if (in.get() != VERSION) {
      throw new Fault(FaultCode.PROFILE_FOREIGN, "a session of an unknown form");
    }
    int flags = in.get();
    if ((flags & ~(SENDING | RECEIVING)) != 0) {
      throw damaged();
    }
    Bytes ad = bytes(in);
    Secret root = secret(in);
    KeyAgreement.Pair ours = new KeyAgreement.Pair(secret(in), bytes(in));
    Optional<Sending> sending = Optional.empty();
    if ((flags & SENDING) != 0) {
      sending = Optional.of(new Sending(new Chain(secret(in), number(in)), number(in)));
    }
    Optional<Receiving> receiving = Optional.empty();
    if ((flags & RECEIVING) != 0) {
      receiving = Optional.of(new Receiving(bytes(in), new Chain(secret(in), number(in))));
    }
    int count = number(in);
    if (count > RatchetLimits.MAX_KEPT || in.remaining() != count * SKIPPED_SIZE) {
      throw damaged();
    }
    List<SkippedKeys.Entry> skipped = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      skipped.add(new SkippedKeys.Entry(bytes(in), number(in), in.getLong(), secret(in)));
    }
    return new RatchetState(ad, root, ours, sending, receiving, new SkippedKeys(skipped));
  }

  private static void put(ByteBuffer out, Secret secret) {
    secret.use(out::put);
  }

  private static Bytes bytes(ByteBuffer in) {
    byte[] value = new byte[KEY];
    in.get(value);
    return Bytes.of(value);
  }

  private static Secret secret(ByteBuffer in) {
    byte[] value = new byte[KEY];
    in.get(value);
    return Secret.take(value);
  }

  private static int number(ByteBuffer in) {
    int number = in.getInt();
    if (number < 0) {
      throw damaged();
    }
    return number;
  }

  private static Fault damaged() {
    return new Fault(FaultCode.PROFILE_CORRUPT, "a stored session is damaged");
  }
}
