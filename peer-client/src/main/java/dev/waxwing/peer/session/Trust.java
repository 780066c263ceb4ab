package dev.waxwing.peer.session;

/** How far a person's key is known; the only three states people see. */
public enum Trust {
  /** Pinned when first seen. */
  NEW,
  /** Compared by the two people. */
  VERIFIED,
  /** The relay shows a key the pinned one did not sign; sending is held. */
  CHANGED
}
