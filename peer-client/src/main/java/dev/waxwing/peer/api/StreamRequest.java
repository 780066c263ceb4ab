package dev.waxwing.peer.api;

import dev.waxwing.message.UserId;
import java.util.List;

/**
 * A file whose bytes come piece by piece.
 *
 * @param to 1 to 256 people
 * @param name what it is called for the receiver
 */
public record StreamRequest(List<UserId> to, String name) {
  /** Copies the list. */
  public StreamRequest {
    to = List.copyOf(to);
  }
}
