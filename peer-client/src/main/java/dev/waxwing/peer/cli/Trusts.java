package dev.waxwing.peer.cli;

import dev.waxwing.peer.session.Trust;
import org.jspecify.annotations.Nullable;

/** The words for trust: only exceptions are marked. */
final class Trusts {
  private Trusts() {}

  /** The mark beside a name; nothing for the normal state. */
  static Safe mark(@Nullable Trust trust) {
    if (trust == null) {
      return Safe.of("");
    }
    return switch (trust) {
      case NEW -> Safe.of("");
      case VERIFIED -> new Safe("✓ verified", Ink.GREEN);
      case CHANGED -> new Safe("! key changed", Ink.RED);
    };
  }
}
