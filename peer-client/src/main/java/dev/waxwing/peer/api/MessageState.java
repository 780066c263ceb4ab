package dev.waxwing.peer.api;

/** What became of a message, in the words people see. */
public enum MessageState {
  /** Written here, not yet at the relay. */
  QUEUED,
  /** Held here: the other's key changed. */
  HELD,
  /** On the relay's disk. */
  ACCEPTED,
  /** Stored by the other's device. */
  DELIVERED,
  /** Given up. */
  FAILED,
  /** A note to oneself. */
  NOTE,
  /** Received, unread. */
  UNREAD,
  /** Received, read. */
  READ
}
