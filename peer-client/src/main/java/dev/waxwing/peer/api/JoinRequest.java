package dev.waxwing.peer.api;

import dev.waxwing.identity.Invite;
import dev.waxwing.message.UserId;
import org.jspecify.annotations.Nullable;

/**
 * Joining a relay.
 *
 * @param invite where and who the relay is
 * @param name the user ID wanted
 * @param hubPassword the hub's password, where the relay asks for one
 */
public record JoinRequest(Invite invite, UserId name, @Nullable String hubPassword) {
  /** Prints no password. */
  @Override
  public String toString() {
    return "JoinRequest[" + invite + ", " + name + "]";
  }
}
