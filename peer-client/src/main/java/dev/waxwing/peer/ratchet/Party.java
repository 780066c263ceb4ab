package dev.waxwing.peer.ratchet;

import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.DeviceId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;

/**
 * One device of a user, as its record names it: one end of a session.
 *
 * @param record the record, its signature verified and its account key pinned by the caller
 * @param id the device
 */
public record Party(UserRecord record, DeviceId id) {
  /**
   * Checks that the device is one of the user's.
   *
   * @throws Fault RECORD_INVALID
   */
  public Party {
    if (record.device(id).isEmpty()) {
      throw new Fault(FaultCode.RECORD_INVALID, "a user record without the device it is used for");
    }
  }

  /** The device's public keys. */
  public UserRecord.Device keys() {
    return record.device(id).orElseThrow();
  }
}
