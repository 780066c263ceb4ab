package dev.waxwing.relay.store;

/** Why mail or a blob was removed although nobody had said it arrived, or how a blob ended. */
public enum RemovedReason {
  /** It lay longer than the operator's limit. */
  EXPIRED,
  /** The device it was for was removed. */
  DEVICE_REMOVED,
  /** The user it was for was removed. */
  USER_REMOVED,
  /** Its sender took it back. */
  CANCELLED,
  /** The operator removed it. */
  PURGED,
  /** Its checksum did not agree; what is left of it lies in quarantine. */
  DAMAGED,
  /** Blobs only: every recipient has it or has declined. */
  FINISHED
}
