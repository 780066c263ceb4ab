package dev.waxwing.peer.cli;

import dev.waxwing.Version;
import picocli.CommandLine.Command;

/** {@code waxwing version}. */
@Command(
    header = {"waxwing version", ""},
    description = "%nThe version of this program.%n")
final class VersionCommand extends Task {
  @Override
  int run(Session session) {
    if (session.voice().json()) {
      session.voice().document(Json.document().put("version", Version.current()));
    } else {
      session.voice().result("waxwing %s", Version.current());
    }
    return 0;
  }
}
