package dev.waxwing.peer.cli;

import dev.waxwing.peer.api.JoinRequest;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.Self;
import java.nio.file.Path;
import java.util.List;

/** The way to one profile. */
interface PeerOpener {
  /** The profile's folder, whether or not it exists. */
  Path folder();

  /** Where received files go when nothing else is said. */
  Path downloads();

  /** Whether it has an identity. Reads the disk only. */
  boolean joined();

  /**
   * Opens the profile, here or through the process that holds it.
   *
   * @throws dev.waxwing.wire.Fault NOT_JOINED, PASSPHRASE_WRONG, PROFILE_CORRUPT, HOLDER_SILENT …
   */
  Peer open();

  /** Makes the profile's identity and registers it with a relay. */
  Self join(JoinRequest request);

  /** Which engines do the work here, a line each; for {@code doctor}. */
  List<String> engines();
}
