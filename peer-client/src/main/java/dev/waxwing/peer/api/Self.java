package dev.waxwing.peer.api;

import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;

/**
 * Who a profile is.
 *
 * @param user the user ID on the relay
 * @param device this device
 * @param accountKey the account identity key, 64 hexadecimal digits
 * @param relayName what the operator calls the relay
 * @param relayAddress where it was last reached, {@code host:port}
 * @param relayKey the relay's pinned identity, 64 hexadecimal digits
 */
public record Self(
    UserId user,
    DeviceId device,
    String accountKey,
    String relayName,
    String relayAddress,
    String relayKey) {}
