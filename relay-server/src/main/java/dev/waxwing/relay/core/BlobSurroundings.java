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

  /** Whether a flow may have room although others wait for it: owners take turns. */
  boolean mayOvertake(BlobFlow flow);

  /** What a flow waits for. */
  void waits(BlobFlow flow, Wait wait);

  /** What an uploader waits for. */
  enum Wait {
    NONE,
    /** Its own blob's window, or its owner's share or quota: no reason to hold up anybody else. */
    OWN_ROOM,
    /** The memory that all share, and nothing else. */
    SHARED_MEMORY
  }

  /** Memory runs short: others let go of what is safe. */
  void reclaim();

  /** Who is connected for a blob, or what it has in memory, may be another than before. */
  void changed(BlobFlow flow);

  /** The blob is deleted. */
  void forget(BlobFlow flow);
}
