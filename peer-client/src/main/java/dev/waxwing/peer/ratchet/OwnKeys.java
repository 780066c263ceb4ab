package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Secret;
import java.util.List;
import java.util.Optional;

/**
 * What the store knows about a first message: read before it is opened, by {@link Opening#wanted}
 * and {@link Opening#hash}.
 *
 * @param found those private halves that exist, in any order
 * @param seen whether the opening's hash is remembered
 */
public record OwnKeys(List<PrekeySecret> found, Seen seen) {
  /** Enough for a message without an opening. */
  public static final OwnKeys NONE = new OwnKeys(List.of(), Seen.NO);

  /** Whether an opening without one-time key was answered before. */
  public enum Seen {
    /** Its hash is not remembered. */
    NO,
    /** Its hash is remembered: it is a replay. */
    YES
  }

  /** Copies the list. */
  public OwnKeys {
    found = List.copyOf(found);
  }

  Optional<Secret> secret(PrekeyRef ref) {
    return found.stream()
        .filter(key -> key.ref().equals(ref))
        .map(PrekeySecret::secret)
        .findFirst();
  }
}
