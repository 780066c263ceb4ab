package dev.waxwing.relay.store;

import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A wish to register, its signatures already verified.
 *
 * @param user the name wanted
 * @param accountKey the account identity key (AIK), bound to the name for good by the first to come
 * @param device the first device
 * @param record the signed user record, kept byte for byte
 * @param token the invite's hash; null where registration is open
 */
public record Registration(
    UserId user, Bytes accountKey, DeviceId device, Bytes record, @Nullable TokenHash token) {

  /** What became of it; the store changed for {@link #REGISTERED} only. */
  public enum Outcome {
    REGISTERED,
    /** The same user, keys, record and token again: succeeds, uses up nothing. */
    REPEATED,
    /** The name belongs to another key. */
    USER_TAKEN,
    INVITE_UNKNOWN,
    INVITE_EXPIRED,
    INVITE_USED,
    INVITE_REVOKED
  }
}
