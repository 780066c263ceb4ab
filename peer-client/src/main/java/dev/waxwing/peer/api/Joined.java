package dev.waxwing.peer.api;

import dev.waxwing.crypto.Suite;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Optional;

/**
 * Who a profile is, and where: what it keeps of having joined a relay.
 *
 * @param identity its person and device
 * @param membership the relay
 */
record Joined(Identity identity, Membership membership) {
  static final String IDENTITY = "identity";
  private static final String RELAY = "relay";

  /** Nothing when no relay was joined. */
  static Optional<Joined> find(PeerStore.Tx tx, Suite suite) {
    return tx.value(IDENTITY)
        .map(encoded -> Identity.decode(suite, encoded))
        .flatMap(
            identity ->
                tx.value(RELAY)
                    .map(Membership::decode)
                    .map(membership -> new Joined(identity, membership)));
  }

  /**
   * What is kept.
   *
   * @throws Fault NOT_JOINED
   */
  static Joined read(PeerStore.Tx tx, Suite suite) {
    return find(tx, suite)
        .orElseThrow(() -> new Fault(FaultCode.NOT_JOINED, "this profile has joined no relay"));
  }

  void write(PeerStore.Tx tx) {
    tx.putValue(IDENTITY, identity.encode());
    tx.putValue(RELAY, membership.encode());
  }

  Self self() {
    return new Self(
        identity.user(),
        identity.address().device(),
        identity.account().publicKey().toHex(),
        membership.name(),
        membership.target().addresses().get(0),
        membership.target().relay().toHex());
  }
}
