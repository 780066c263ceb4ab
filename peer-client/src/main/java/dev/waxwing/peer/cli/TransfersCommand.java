package dev.waxwing.peer.cli;

import dev.waxwing.message.BlobId;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.Transfer.Direction;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waxwing transfers …}. */
final class TransfersCommand {
  private TransfersCommand() {}

  private static List<BlobId> ids(Peer peer, List<String> words) {
    return words.stream().map(peer::resolveTransfer).distinct().toList();
  }

  private static int documentOf(Session session, List<Transfer> transfers) {
    session
        .voice()
        .document(
            Json.document().put("transfers", transfers.stream().map(Shapes::transfer).toList()));
    return 0;
  }

  private static List<Safe> row(Transfer transfer) {
    Ink ink =
        switch (transfer.state()) {
          case DONE -> Ink.GREEN;
          case FAILED, DECLINED -> Ink.RED;
          case OFFERED, WAITING, ACTIVE, PAUSED, AT_RELAY, CANCELLED -> Ink.PLAIN;
        };
    Transfer.Progress progress = transfer.progress();
    return List.of(
        Safe.of(transfer.id().toString().substring(0, 8)),
        Safe.of(Stage.of(transfer)).in(ink),
        Safe.of(Stage.people(transfer)),
        Safe.of(Human.amount(progress.done(), progress.size())),
        Safe.of(transfer.name()));
  }

  /** Follows transfers: to the relay when sending, to the disk when receiving. */
  private static List<Transfer> follow(Session session, List<BlobId> ids, Deadline deadline) {
    Peer peer = session.peer();
    List<BlobId> sending = new ArrayList<>();
    List<BlobId> receiving = new ArrayList<>();
    for (BlobId id : ids) {
      boolean out = peer.transfer(id).direction() == Direction.SENDING;
      (out ? sending : receiving).add(id);
    }
    Follow follow = new Follow(session);
    List<Transfer> ends = new ArrayList<>();
    ends.addAll(follow.until(receiving, TransferState.DONE, deadline, t -> told(session, t)));
    ends.addAll(follow.until(sending, TransferState.AT_RELAY, deadline, t -> told(session, t)));
    return ends;
  }

  private static void told(Session session, Transfer transfer) {
    if (Problems.failed(transfer)) {
      session.voice().warn("%s: %s", transfer.name(), Stage.of(transfer));
    } else {
      session.voice().done("%s: %s", transfer.name(), Stage.of(transfer));
    }
  }

  private static int exit(List<Transfer> ends) {
    List<Transfer> failed = ends.stream().filter(Problems::failed).toList();
    if (failed.isEmpty()) {
      boolean open =
          ends.stream().anyMatch(t -> !t.state().ended() && t.state() != TransferState.AT_RELAY);
      return open ? 7 : 0;
    }
    if (failed.size() == ends.size() && failed.size() == 1) {
      throw Problems.of(failed.get(0));
    }
    return 8;
  }

  /** All of them. */
  @Command(
      header = {"waxwing transfers", ""},
      description = "%nAll transfers, oldest first.%n")
  static final class Ls extends Task {
    @Option(names = "--active", description = "only those that have not ended")
    boolean active;

    @Override
    int run(Session session) {
      List<Transfer> transfers =
          session.peer().transfers().stream().filter(t -> !active || !t.state().ended()).toList();
      if (session.voice().json()) {
        return documentOf(session, transfers);
      }
      session.voice().table(transfers.stream().map(TransfersCommand::row).toList());
      if (transfers.isEmpty()) {
        session.voice().note("No transfers.");
        session.voice().next("waxwing send USER FILE");
      }
      return 0;
    }
  }

  /** One of them. */
  @Command(
      header = {
        "waxwing transfers show 3f9a",
        "waxwing transfers show 3f9a --reveal-key > key && age -d -i key blob.age",
        ""
      },
      description = "%nOne transfer, or the age identity that opens its copy at the relay.%n")
  static final class Show extends Task {
    @Parameters(paramLabel = "ID", description = "its ID or the beginning of it")
    String id = "";

    @Option(names = "--reveal-key", description = "print the identity and nothing else")
    boolean revealKey;

    @Override
    int run(Session session) {
      Peer peer = session.peer();
      Transfer transfer = peer.transfer(peer.resolveTransfer(id));
      String key = revealKey ? peer.revealKey(transfer.id()) : null;
      Voice voice = session.voice();
      if (voice.json()) {
        Json document = Json.document().put("transfer", Shapes.transfer(transfer));
        voice.document(key == null ? document : document.put("identity", key));
        return 0;
      }
      if (key != null) {
        voice.result("%s", key);
        voice.warn("whoever has this key can open that file");
        return 0;
      }
      details(session, voice, transfer);
      return 0;
    }

    private static void details(Session session, Voice voice, Transfer transfer) {
      Transfer.Progress progress = transfer.progress();
      voice.result("%s", new Safe(Safe.of(transfer.name()).text(), Ink.BOLD));
      voice.result("  id       %s", transfer.id());
      voice.result("  state    %s", Stage.of(transfer));
      voice.result("  amount   %s", Human.amount(progress.done(), progress.size()));
      if (progress.resent() > 0) {
        voice.result("  resent   %s", Human.size(progress.resent()));
      }
      voice.result("  started  %s", Human.time(transfer.started(), session.clock().getZone()));
      if (transfer.path() != null) {
        voice.result("  path     %s", transfer.path());
      }
      boolean out = transfer.direction() == Direction.SENDING;
      for (Transfer.Party party : transfer.people()) {
        String state = Json.name(party.state()).replace('_', ' ');
        voice.result(
            "  %s %s%s", out ? "to      " : "from    ", party.user(), out ? ", " + state : "");
      }
      Transfer.Problem problem = transfer.problem();
      if (problem != null) {
        voice.result("  problem  %s: %s", problem.code(), problem.detail());
        voice.result("           %s", problem.code().advice());
      }
    }
  }

  /** Follows them. */
  @Command(
      header = {"waxwing transfers watch", ""},
      description =
          "%nShows progress until what was sent is at the relay and what comes is saved.%n")
  static final class Watch extends Task {
    @Parameters(arity = "0..*", paramLabel = "ID", description = "only these")
    List<String> words = new ArrayList<>();

    @Option(names = "--timeout", paramLabel = "D", description = "give up after this: 30s, 10m")
    @Nullable Span timeout;

    @Override
    int run(Session session) {
      Peer peer = session.peer();
      List<BlobId> ids =
          words.isEmpty()
              ? peer.transfers().stream().filter(Watch::moving).map(Transfer::id).toList()
              : ids(peer, words);
      List<Transfer> ends = follow(session, ids, Deadline.after(session.clock(), timeout));
      if (session.voice().json()) {
        documentOf(session, ends);
      } else if (ids.isEmpty()) {
        session.voice().note("Nothing is under way.");
      }
      return exit(ends);
    }

    private static boolean moving(Transfer transfer) {
      return switch (transfer.state()) {
        case WAITING, ACTIVE -> true;
        case OFFERED, PAUSED, AT_RELAY, DONE, DECLINED, CANCELLED, FAILED -> false;
      };
    }
  }

  /** Stops them for now. */
  @Command(
      header = {"waxwing transfers pause 3f9a", ""},
      description = "%nStops transfers until they are resumed.%n")
  static final class Pause extends Task {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "which")
    List<String> words = new ArrayList<>();

    @Override
    int run(Session session) {
      return each(session, words, Peer::pause);
    }
  }

  /** Ends them. */
  @Command(
      header = {"waxwing transfers cancel 3f9a", ""},
      description = {
        "%nEnds transfers for good: what you sent is withdrawn, what you were offered is declined.%n"
      })
  static final class Cancel extends Task {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "which")
    List<String> words = new ArrayList<>();

    @Override
    int run(Session session) {
      return each(session, words, Peer::cancel);
    }
  }

  private static int each(
      Session session, List<String> words, BiFunction<Peer, BlobId, Transfer> change) {
    Peer peer = session.peer();
    List<Transfer> changed = new ArrayList<>();
    for (BlobId id : ids(peer, words)) {
      changed.add(change.apply(peer, id));
    }
    if (session.voice().json()) {
      return documentOf(session, changed);
    }
    changed.forEach(t -> session.voice().done("%s: %s", t.name(), Stage.of(t)));
    return 0;
  }

  /** Goes on. */
  @Command(
      header = {"waxwing transfers resume 3f9a", ""},
      description = "%nGoes on with paused transfers and follows them.%n")
  static final class Resume extends Task {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "which")
    List<String> words = new ArrayList<>();

    @Option(names = "--timeout", paramLabel = "D", description = "follow no longer than this")
    @Nullable Span timeout;

    @Override
    int run(Session session) {
      Peer peer = session.online(timeout);
      return again(session, ids(peer, words), Peer::resume, timeout);
    }
  }

  /** Tries again. */
  @Command(
      header = {"waxwing transfers retry --failed", ""},
      description = "%nTries failed transfers again and follows them.%n")
  static final class Retry extends Task {
    @Parameters(arity = "0..*", paramLabel = "ID", description = "which")
    List<String> words = new ArrayList<>();

    @Option(names = "--failed", description = "all that failed")
    boolean failed;

    @Option(names = "--timeout", paramLabel = "D", description = "follow no longer than this")
    @Nullable Span timeout;

    @Override
    int run(Session session) {
      if (words.isEmpty() && !failed) {
        throw new Fault(FaultCode.USAGE, "no transfer is named", "give ID or --failed");
      }
      Peer peer = session.online(timeout);
      List<BlobId> ids = new ArrayList<>(ids(peer, words));
      if (failed) {
        peer.transfers().stream()
            .filter(t -> t.state() == TransferState.FAILED && !ids.contains(t.id()))
            .forEach(t -> ids.add(t.id()));
      }
      return again(session, ids, Peer::retry, timeout);
    }
  }

  private static int again(
      Session session,
      List<BlobId> ids,
      BiFunction<Peer, BlobId, Transfer> change,
      @Nullable Span timeout) {
    List<BlobId> begun = new ArrayList<>();
    // A retry may be a transfer of its own.
    ids.forEach(id -> begun.add(change.apply(session.peer(), id).id()));
    List<Transfer> ends = follow(session, begun, Deadline.after(session.clock(), timeout));
    if (session.voice().json()) {
      documentOf(session, ends);
    }
    return exit(ends);
  }
}
