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
 * @param passphrase what a new profile's keys are protected with; null for a key file only its
 *     owner may read
 */
public record JoinRequest(
    Invite invite, UserId name, @Nullable String hubPassword, @Nullable String passphrase) {
  /** Joining with a profile whose keys a key file protects. */
  public JoinRequest(Invite invite, UserId name, @Nullable String hubPassword) {
    this(invite, name, hubPassword, null);
  }

  /** Prints no password. */
  @Override
  public String toString() {
    return "JoinRequest[" + invite + ", " + name + "]";
  }
}
