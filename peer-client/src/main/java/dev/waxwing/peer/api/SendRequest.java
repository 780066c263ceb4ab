package dev.waxwing.peer.api;

import dev.waxwing.message.UserId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files or folders for people.
 *
 * @param to 1 to 256 people
 * @param paths absolute paths of this device; one file travels as itself, anything else as a folder
 * @param name what it is called for the receiver; null for the path's own name
 * @param caption a line beside it; empty for none
 */
public record SendRequest(
    List<UserId> to, List<String> paths, @Nullable String name, String caption) {
  /** Copies the lists. */
  public SendRequest {
    to = List.copyOf(to);
    paths = List.copyOf(paths);
  }
}
