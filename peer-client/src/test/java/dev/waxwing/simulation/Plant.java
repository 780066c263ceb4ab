package dev.waxwing.simulation;

import dev.waxwing.message.RelayMessage;
import dev.waxwing.peer.session.PeerEffect;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.relay.core.HubEvent;
import dev.waxwing.relay.core.StoreCall;
import dev.waxwing.relay.core.StoreReply;
import dev.waxwing.relay.store.MemoryStore;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A fault put between the cores and the world on purpose, to see that the checkers find it. Every
 * hook does what is right unless it is overridden; one plant is for one run.
 */
class Plant {
  /** The trouble without which it cannot show. */
  Set<Climate.Kind> needs() {
    return Set.of();
  }

  /** Around a peer's store. */
  PeerStore peerStore(PeerStore right) {
    return right;
  }

  /** Around the randomness of a session. */
  byte[] random(byte[] right) {
    return right;
  }

  /** Around what a session wants done. */
  List<PeerEffect> peerEffects(PeerInput input, List<PeerEffect> right) {
    return right;
  }

  /** Around what a session hears. */
  PeerInput toSession(PeerInput right) {
    return right;
  }

  /** What a peer does of its own accord before its session takes an input. */
  List<PeerEffect> beforeInput(PeerInput input) {
    return List.of();
  }

  /** Around what the relay says to a peer. */
  RelayMessage toPeer(RelayMessage right) {
    return right;
  }

  /** Around a call on the relay's store. */
  StoreReply storeCall(StoreCall call, MemoryStore store, Supplier<StoreReply> right) {
    return right.get();
  }

  /** Whether the relay's store answers a call before its transaction is forced. */
  boolean answersEarly(StoreCall call) {
    return false;
  }

  /** Whether the relay's store goes on after a force that failed. */
  boolean goesOnAfterFailedForce() {
    return false;
  }

  /** How long the relay has run, milliseconds. */
  long ran(long right) {
    return right;
  }

  /** Around what the blobs' disk tells the hub. */
  HubEvent spoolEvent(HubEvent right) {
    return right;
  }

  /** Whether a part counts as forced when it is only written. */
  boolean forcesNothing() {
    return false;
  }

  /** Whether parts are let go of as soon as they are forced. */
  boolean freesForced() {
    return false;
  }

  /** From where a reader says it goes on, or up to where it says it holds. */
  long readerHolds(long forced, long written) {
    return forced;
  }
}
