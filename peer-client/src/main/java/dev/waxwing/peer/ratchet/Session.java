package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One session of a conversation. Immutable.
 *
 * @param state its ratchet
 * @param accepted {@link Opening#identity} of the opening it came from, when the peer started it
 * @param unanswered the opening to repeat, when we started it and nothing came back yet
 * @param touched when it was made, last received on or replaced as current; milliseconds since 1970
 */
record Session(
    RatchetState state, Optional<Bytes> accepted, Optional<Opening> unanswered, long touched) {
  private static final int HASH = 32;
  private static final int ACCEPTED = 1;
  private static final int UNANSWERED = 2;

  Session withState(RatchetState next) {
    return new Session(next, accepted, unanswered, touched);
  }

  Session received(RatchetState next, long now) {
    return new Session(next, accepted, Optional.empty(), now);
  }

  Session retired(long now) {
    return new Session(state, accepted, unanswered, Math.max(touched, now));
  }

  /**
   * {@code flags u8 (1 accepted, 2 unanswered) ‖ touched u64be ‖ [hash[32]] ‖ [opening] ‖ state}.
   */
  Secret encode() {
    try (Secret encoded = state.encode()) {
      ByteBuffer out =
          ByteBuffer.allocate(
              1
                  + Long.BYTES
                  + (accepted.isPresent() ? HASH : 0)
                  + (unanswered.isPresent() ? Opening.LENGTH : 0)
                  + encoded.length());
      int flags = (accepted.isPresent() ? ACCEPTED : 0) | (unanswered.isPresent() ? UNANSWERED : 0);
      out.put((byte) flags).putLong(touched);
      accepted.ifPresent(hash -> out.put(hash.toArray()));
      unanswered.ifPresent(opening -> out.put(opening.encode()));
      encoded.use(out::put);
      return Secret.take(out.array());
    }
  }

  static Session decode(byte[] encoded) {
    try {
      ByteBuffer in = ByteBuffer.wrap(encoded);
      int flags = in.get();
      if ((flags & ~(ACCEPTED | UNANSWERED)) != 0) {
        throw damaged(null);
      }
      long touched = in.getLong();
      Optional<Bytes> accepted = Optional.empty();
      if ((flags & ACCEPTED) != 0) {
        byte[] hash = new byte[HASH];
        in.get(hash);
        accepted = Optional.of(Bytes.of(hash));
      }
      Optional<Opening> unanswered =
          (flags & UNANSWERED) == 0 ? Optional.empty() : Optional.of(opening(in));
      byte[] state = new byte[in.remaining()];
      in.get(state);
      try (Secret secret = Secret.take(state)) {
        return new Session(RatchetState.decode(secret), accepted, unanswered, touched);
      }
    } catch (BufferUnderflowException e) {
      throw damaged(e);
    }
  }

  private static Opening opening(ByteBuffer in) {
    try {
      return Opening.decode(in);
    } catch (Fault e) {
      throw damaged(e);
    }
  }

  private static Fault damaged(@Nullable Throwable cause) {
    return new Fault(FaultCode.PROFILE_CORRUPT, "a stored session is damaged", cause);
  }
}
