package dev.waxwing.relay.store;

/** What the relay counts for each user, for the operator; sums since registration. */
public enum Counter {
  MESSAGES_SENT,
  MESSAGE_BYTES_SENT,
  BLOBS_SENT,
  BLOB_BYTES_SENT,
  BLOB_BYTES_RECEIVED,
  REFUSALS
}
