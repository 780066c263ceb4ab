package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.SendRequest;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.wire.Fault;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waxwing send}. */
@Command(
    header = {
      "waxwing send ali photo.jpg",
      "waxwing send ali sara notes/ -m \"the minutes\"",
      "pg_dump app | waxwing send backup - --name app.sql",
      ""
    },
    customSynopsis = {
      "waxwing send USER… PATH…|- [--name N] [-m TEXT] [--wait] [--timeout D]",
      "                   [--to USER]… [--accept-new-key]"
    },
    description = {
      "%nSends files or folders. Exit code 0 once all of it is at the relay: who is away gets it when"
          + " they come, and this device need not be there. See: waxwing help paths.%n"
    })
final class SendCommand extends Task {
  @Parameters(arity = "0..*", paramLabel = "USER… PATH…", description = "people, then paths")
  List<String> words = new ArrayList<>();

  @Option(names = "--to", paramLabel = "USER", description = "a person; may be repeated")
  List<String> to = new ArrayList<>();

  @Option(names = "--name", paramLabel = "N", description = "what it is called for them")
  @Nullable String name;

  @Option(
      names = {"-m", "--message"},
      paramLabel = "TEXT",
      description = "a line beside it")
  String message = "";

  @Option(names = "--wait", description = "until it is received; 7 if --timeout passes first")
  boolean wait;

  @Option(names = "--timeout", paramLabel = "D", description = "give up after this: 30s, 10m, 2h")
  @Nullable Span timeout;

  @Option(names = "--accept-new-key", description = "send even though a person's key changed")
  boolean acceptNewKey;

  @Override
  int run(Session session) {
    Deadline deadline = Deadline.after(session.clock(), timeout);
    Peer peer = session.peer();
    SendTargets targets =
        SendTargets.split(words, to, People.names(peer), path -> exists(Path.of(path)));
    session.online(timeout);
    List<UserId> people = new ArrayList<>();
    for (String person : targets.people()) {
      UserId user = People.find(peer, person);
      if (!people.contains(user)) {
        People.requireKey(peer, user, acceptNewKey);
        people.add(user);
      }
    }
    boolean stream = targets.paths().equals(List.of("-"));
    Transfer transfer;
    try {
      transfer =
          stream
              ? new SendStream(session).send(people, name == null ? "stdin" : name, message)
              : peer.send(new SendRequest(people, absolute(targets.paths()), name, message));
    } catch (Fault fault) {
      throw People.meant(peer, targets.people().get(targets.people().size() - 1), fault);
    }
    return new SendFollow(session, wait, timeout).end(transfer.id(), deadline);
  }

  private static List<String> absolute(List<String> paths) {
    return paths.stream()
        .map(path -> Path.of(path).toAbsolutePath().normalize().toString())
        .toList();
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}
