package dev.waxwing.peer.net;

import dev.waxwing.identity.Invite;
import dev.waxwing.wire.Bytes;
import java.util.List;

/**
 * Which relay to reach, and how it must prove itself.
 *
 * @param addresses {@code host:port}, tried in order
 * @param relay the pinned identity key
 * @param binding how a connection is tied to it
 */
public record RelayTarget(List<String> addresses, Bytes relay, Invite.Binding binding) {
  /** Copies the list. */
  public RelayTarget {
    addresses = List.copyOf(addresses);
  }
}
