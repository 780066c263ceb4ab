package dev.waxwing.peer.api;

import dev.waxwing.wire.FaultCode;
import org.jspecify.annotations.Nullable;

/**
 * How the link to the relay stands.
 *
 * @param state where it is
 * @param fault why it is not online, when known
 * @param detail for people; empty when online
 * @param clockSkewMillis the relay's clock minus this device's, when last online
 * @param waiting messages not yet accepted by the relay
 */
public record Link(
    State state, @Nullable FaultCode fault, String detail, long clockSkewMillis, int waiting) {
  /** Where a link is. */
  public enum State {
    OFFLINE,
    CONNECTING,
    ONLINE
  }
}
