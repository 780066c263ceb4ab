package dev.waxwing.peer.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waxwing demo}. */
@Command(
    header = {"waxwing demo", "waxwing demo holiday.mp4", ""},
    description = {
      "%nStarts a relay and two people on this machine, lets them talk and send, and shows what the"
          + " relay saw of it. Leaves nothing behind.%n"
    })
final class DemoCommand extends Task {
  @Parameters(arity = "0..1", paramLabel = "FILE", description = "what is sent; else one is made")
  @Nullable Path file;

  @Option(names = "--relay-jar", paramLabel = "JAR", description = "the relay, if not found beside")
  @Nullable Path relayJar;

  @Override
  int run(Session session) {
    return new Demo(session.voice(), session.stop()).run(new Demo.Request(file, relayJar));
  }
}
