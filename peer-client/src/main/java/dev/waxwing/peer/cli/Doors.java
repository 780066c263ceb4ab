package dev.waxwing.peer.cli;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the way to a profile. */
@FunctionalInterface
interface Doors {
  /**
   * The way to a profile.
   *
   * @param home what {@code --home} or {@code WAXWING_HOME} names; null for the usual places
   * @param passphrase asked when the profile's key needs one
   */
  PeerOpener at(@Nullable String home, Supplier<String> passphrase);
}
