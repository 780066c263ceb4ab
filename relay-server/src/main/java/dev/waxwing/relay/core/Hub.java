package dev.waxwing.relay.core;

import dev.waxwing.crypto.Signing;
import java.util.List;

/**
 * The relay's state machine. One owner thread; it neither blocks nor throws for what a peer did.
 */
public final class Hub {
  /**
   * A hub without sessions.
   *
   * @param identity the relay's long-term key
   */
  public Hub(Policy policy, Signing signing, Signing.Pair identity, Randomness randomness) {}

  /**
   * Takes one event.
   *
   * @param nowMillis milliseconds since 1970; never goes back
   * @return what to do, in order
   */
  public List<HubEffect> on(HubEvent event, long nowMillis) {
    return List.of();
  }

  /** How it is now. */
  public HubStatus status() {
    return new HubStatus(
        HubStatus.State.RUNNING,
        new HubStatus.Connections(0, 0, 0),
        0,
        new HubStatus.Blobs(0, 0, 0),
        java.util.Map.of());
  }
}
