package dev.waxwing.peer.age;

import dev.waxwing.wire.Bytes;
import java.util.List;

/**
 * A recipient stanza of a header (age.md, "Recipient stanza").
 *
 * @param arguments at least one; the first is the type
 * @param body the decoded body
 */
record Stanza(List<String> arguments, Bytes body) {
  Stanza {
    arguments = List.copyOf(arguments);
  }

  String type() {
    return arguments.get(0);
  }
}
