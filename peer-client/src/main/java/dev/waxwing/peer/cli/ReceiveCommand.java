package dev.waxwing.peer.cli;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.ReceiveRequest.Conflict;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.cli.Receiving.Naming;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waxwing receive}. */
@Command(
    header = {
      "waxwing receive",
      "waxwing receive --all --to /srv/in --no-input",
      "waxwing receive --watch --from cam",
      ""
    },
    description = {
      "%nTakes files offered to you. Nothing waiting is no failure: exit code 0, and it says so. A"
          + " file has its name only once it is whole and verified.%n"
    })
final class ReceiveCommand extends Task {
  @Parameters(arity = "0..1", paramLabel = "OFFER", description = "its ID or the beginning of it")
  @Nullable String offer;

  @Option(names = "--list", description = "only list what waits")
  boolean list;

  @Option(names = "--all", description = "take all that waits")
  boolean all;

  @Option(names = "--watch", description = "take all that waits and all that comes")
  boolean watch;

  @Option(names = "--from", paramLabel = "USER", description = "only from them; may be repeated")
  List<String> from = new ArrayList<>();

  @Option(names = "--to", paramLabel = "DIR", description = "the folder they go to")
  @Nullable Path to;

  @Option(names = "--as", paramLabel = "NAME", description = "what to call it; for one file")
  @Nullable String as;

  @Option(
      names = "--name-pattern",
      paramLabel = "PATTERN",
      description = "what to call them: dated, or words like {date}_{time}_{from}_{name}")
  @Nullable String namePattern;

  @Option(
      names = "--on-conflict",
      paramLabel = "P",
      description = "when a name is taken: rename (the default), skip or overwrite")
  Conflict onConflict = Conflict.RENAME;

  @Option(names = "--timeout", paramLabel = "D", description = "give up after this: 30s, 10m, 2h")
  @Nullable Span timeout;

  @Override
  int run(Session session) {
    if (as != null && (all || watch)) {
      throw new Fault(
          FaultCode.USAGE, "--as names one file", "leave out --all and --watch, or --as");
    }
    if (as != null && namePattern != null) {
      throw new Fault(FaultCode.USAGE, "--as and --name-pattern both name it", "leave one out");
    }
    Naming naming = new Naming(as, namePattern == null ? null : NamePattern.parse(namePattern));
    Deadline deadline = Deadline.after(session.clock(), timeout);
    Peer peer = session.fetched(timeout);
    Set<UserId> senders = new LinkedHashSet<>();
    from.forEach(name -> senders.add(People.find(peer, name)));
    List<Transfer> waiting =
        peer.offers().stream()
            .filter(t -> senders.isEmpty() || senders.contains(t.people().get(0).user()))
            .toList();
    if (list) {
      return list(session, waiting);
    }
    Path folder = to != null ? to.toAbsolutePath().normalize() : session.door().downloads();
    Receiving receiving = new Receiving(session, folder.toString(), naming, onConflict);
    if (watch) {
      return receiving.watch(senders);
    }
    return receiving.take(chosen(session, waiting), deadline);
  }

  private List<Transfer> chosen(Session session, List<Transfer> waiting) {
    if (offer != null) {
      BlobId id = session.peer().resolveTransfer(offer);
      return List.of(session.peer().transfer(id));
    }
    if (waiting.isEmpty() || all) {
      return waiting;
    }
    if (waiting.size() == 1) {
      Transfer only = waiting.get(0);
      boolean yes =
          session.ask().confirm("Take " + Receiving.words(only) + "?", "--all, --yes or OFFER");
      return yes ? waiting : List.of();
    }
    if (globals.yes) {
      return waiting;
    }
    String question = "Which";
    if (session.ask().possible()) {
      for (int i = 0; i < waiting.size(); i++) {
        session.voice().say("  %s  %s", i + 1, Receiving.words(waiting.get(i)));
      }
      question = "Which, 1 to " + waiting.size() + ", or all";
    }
    String answer = session.ask().line(question, "all", "--all or OFFER");
    if (answer.equals("all")) {
      return waiting;
    }
    try {
      return List.of(waiting.get(Integer.parseInt(answer) - 1));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new Fault(FaultCode.OFFER_NONE, "there is no offer '" + answer + "'", e);
    }
  }

  private static int list(Session session, List<Transfer> waiting) {
    Voice voice = session.voice();
    if (voice.json()) {
      voice.document(
          Json.document().put("offers", waiting.stream().map(Shapes::transfer).toList()));
      return 0;
    }
    List<List<Safe>> rows = new ArrayList<>();
    for (Transfer transfer : waiting) {
      long size = transfer.progress().size();
      rows.add(
          List.of(
              Safe.of(transfer.id().toString().substring(0, 8)),
              Safe.of(transfer.people().get(0).user()).in(Ink.BOLD),
              Safe.of(size < 0 ? "?" : Human.size(size)),
              Safe.of(transfer.name())));
    }
    voice.table(rows);
    if (waiting.isEmpty()) {
      voice.note("Nothing waits for you.");
    } else {
      voice.next("waxwing receive --all");
    }
    return 0;
  }
}
