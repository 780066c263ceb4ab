package dev.waxwing.peer.cli;

import picocli.CommandLine.Mixin;

/** One command: its fields are filled from the command line, then it runs once. */
abstract class Task {
  @Mixin Globals globals = new Globals();

  /**
   * Does it.
   *
   * @return the exit code
   * @throws dev.waxwing.wire.Fault what ends it otherwise
   */
  abstract int run(Session session);
}
