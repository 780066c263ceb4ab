package dev.waxwing.relay.store;

import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import java.util.List;

/**
 * A registered user.
 *
 * @param user the name
 * @param accountKey the account identity key it is bound to
 * @param record the signed user record, as last stored
 * @param devices sorted; empty never
 * @param times when registered and last seen
 */
public record UserEntry(
    UserId user, Bytes accountKey, Bytes record, List<DeviceId> devices, Times times) {

  /** Copies the list. */
  public UserEntry {
    devices = List.copyOf(devices);
  }

  /**
   * Milliseconds since 1970.
   *
   * @param registered when the name was bound
   * @param seen when a device last logged in; the time of registration before that
   */
  public record Times(long registered, long seen) {}
}
