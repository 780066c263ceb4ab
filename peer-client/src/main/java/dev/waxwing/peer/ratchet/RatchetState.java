package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Bytes;
import java.util.Optional;

/**
 * One side of a Double Ratchet session. Immutable: {@link Ratchet} returns the next state and
 * leaves this one as it was. An advanced state is to be stored before the ciphertext leaves, and
 * never to be restored from a backup.
 *
 * @param ad the session's associated data, 32 bytes, from PQXDH
 * @param root the root key, 32 bytes
 * @param ours our current ratchet key pair
 * @param sending our sending chain; none for a responder that has received nothing yet
 * @param receiving the peer's current chain; none before its first message
 * @param skipped keys of messages that have not come yet
 */
public record RatchetState(
    Bytes ad,
    Secret root,
    KeyAgreement.Pair ours,
    Optional<Sending> sending,
    Optional<Receiving> receiving,
    SkippedKeys skipped) {

  /**
   * A chain key and the number of the message it is for.
   *
   * @param key 32 bytes
   * @param next number of the next message
   */
  public record Chain(Secret key, int next) {}

  /**
   * The sending side.
   *
   * @param chain the chain
   * @param previous PN, messages sent on the chain before
   */
  public record Sending(Chain chain, int previous) {}

  /**
   * The receiving side.
   *
   * @param ratchetKey the peer's ratchet key
   * @param chain the chain
   */
  public record Receiving(Bytes ratchetKey, Chain chain) {}

  /** The form for storage, secret as a whole; see {@link StateCodec}. */
  public Secret encode() {
    return StateCodec.encode(this);
  }

  /**
   * Reads the form for storage.
   *
   * @throws dev.waxwing.wire.Fault PROFILE_CORRUPT, or PROFILE_FOREIGN for a newer form
   */
  public static RatchetState decode(Secret encoded) {
    return encoded.use(StateCodec::decode);
  }

  RatchetState withSending(Sending next) {
    return new RatchetState(ad, root, ours, Optional.of(next), receiving, skipped);
  }

  RatchetState withReceiving(Receiving next, SkippedKeys kept) {
    return new RatchetState(ad, root, ours, sending, Optional.of(next), kept);
  }

  RatchetState withSkipped(SkippedKeys kept) {
    return new RatchetState(ad, root, ours, sending, receiving, kept);
  }

  /** Whether a message under {@code ratchetKey} can only belong to this session. */
  boolean knows(Bytes ratchetKey) {
    return receiving.filter(chain -> chain.ratchetKey().equals(ratchetKey)).isPresent()
        || skipped.knows(ratchetKey);
  }
}
