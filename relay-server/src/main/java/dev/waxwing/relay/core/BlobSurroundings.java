package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.message.RelayMessage;

/** What a flow sees of the hub. */
interface BlobSurroundings {
  /** Whether a device has a connection that is logged in. */
  boolean online(Address device);

  /** Tells a device something on its control connection, if it has one. */
  void tell(Address device, RelayMessage message);

  /** There is room in memory or quota that others may wait for. */
  void roomFreed();

  /** Whether a flow may have room although others wait for it. */
  boolean mayOvertake(BlobFlow flow);

  /** Whether a flow waits for room. */
  void waits(BlobFlow flow, boolean waiting);

  /** Memory runs short: others let go of what is safe. */
  void reclaim();

  /** The blob is deleted. */
  void forget(BlobFlow flow);
}
