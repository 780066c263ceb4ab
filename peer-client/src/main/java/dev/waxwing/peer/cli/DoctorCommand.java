package dev.waxwing.peer.cli;

import dev.waxwing.peer.api.Link;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waxwing doctor}. */
@Command(
    header = {"waxwing doctor", ""},
    description = {
      "%nChecks what usually goes wrong: a line each, and what to do below it. Exit code 0 all is"
          + " well, 8 something to look at, 1 something is broken.%n"
    })
final class DoctorCommand extends Task {
  private static final long PLENTY = 1_000_000_000L;
  private static final long LITTLE = 50_000_000L;
  private static final long SKEW = 120_000;

  @Option(names = "--timeout", paramLabel = "D", description = "how long to try the relay: 15s")
  @Nullable Span timeout;

  private final List<Check> checks = new ArrayList<>();

  /** How a check ended. */
  enum Mark {
    OK("✓", Ink.GREEN),
    LOOK("!", Ink.YELLOW),
    BROKEN("✗", Ink.RED);

    private final Safe sign;

    Mark(String sign, Ink ink) {
      this.sign = new Safe(sign, ink);
    }
  }

  /**
   * One check.
   *
   * @param mark how it ended
   * @param name what was looked at
   * @param found what was found
   * @param fix what to do; empty where nothing is to be done
   */
  record Check(Mark mark, String name, String found, String fix) {}

  @Override
  int run(Session session) {
    engines(session);
    folder(session);
    space("disk", session.door().folder());
    if (session.door().joined()) {
      relay(session);
    } else {
      add(Mark.LOOK, "profile", "no relay joined", FaultCode.NOT_JOINED.advice());
    }
    return tell(session.voice());
  }

  private void engines(Session session) {
    ok("java", System.getProperty("java.version") + ", " + System.getProperty("os.name"));
    try {
      session.door().engines().forEach(engine -> ok("engine", engine));
    } catch (Fault fault) {
      broken("engine", fault);
    }
  }

  private void folder(Session session) {
    Path folder = session.door().folder();
    if (!Files.exists(folder)) {
      ok("folder", folder + " will be made");
      return;
    }
    try {
      boolean open =
          Files.getPosixFilePermissions(folder).stream().anyMatch(DoctorCommand::forOthers);
      if (open) {
        add(
            Mark.BROKEN,
            "folder",
            "others on this machine can look into " + folder,
            "chmod -R go= " + folder);
      } else {
        ok("folder", folder + " is yours alone");
      }
    } catch (UnsupportedOperationException e) {
      ok("folder", folder.toString());
    } catch (IOException e) {
      add(Mark.BROKEN, "folder", folder + " cannot be looked at", "check its owner");
    }
  }

  private static boolean forOthers(PosixFilePermission permission) {
    return switch (permission) {
      case OWNER_READ, OWNER_WRITE, OWNER_EXECUTE -> false;
      case GROUP_READ, GROUP_WRITE, GROUP_EXECUTE, OTHERS_READ, OTHERS_WRITE, OTHERS_EXECUTE ->
          true;
    };
  }

  private void space(String name, Path wanted) {
    Path there = wanted.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    try {
      long free = Files.getFileStore(there).getUsableSpace();
      Mark mark = free >= PLENTY ? Mark.OK : free >= LITTLE ? Mark.LOOK : Mark.BROKEN;
      String fix = mark == Mark.OK ? "" : "free some space";
      add(mark, name, Human.size(free) + " free for " + wanted, fix);
    } catch (IOException e) {
      add(Mark.LOOK, name, "free space is not known", "look with: df " + there);
    }
  }

  private void relay(Session session) {
    Peer peer;
    try {
      peer = session.peer();
      ok("profile", peer.self().user() + " on " + peer.self().relayName());
    } catch (Fault fault) {
      broken("profile", fault);
      return;
    }
    String address = peer.self().relayAddress();
    try {
      peer.awaitOnline((timeout == null ? Session.REACH : timeout).millis());
      ok("relay", address + " answers and knows you");
      ok("identity", "the relay is the one in your invite, its certificate belongs to it");
    } catch (Fault fault) {
      boolean trust = fault.code().kind() == FaultCode.Kind.TRUST;
      broken(trust ? "identity" : "relay", fault);
      add(Mark.LOOK, "clock", "not compared: the relay was not reached", "");
      return;
    }
    Link link = peer.link();
    long skew = Math.abs(link.clockSkewMillis());
    if (skew > SKEW) {
      String way = link.clockSkewMillis() > 0 ? "behind" : "ahead of";
      String found = Human.duration(skew) + " " + way + " the relay's";
      add(Mark.LOOK, "clock", found, "set this device's clock, or tell the operator");
    } else {
      ok("clock", "agrees with the relay's");
    }
    if (link.waiting() > 0) {
      String found = Human.count(link.waiting(), "message waits", "messages wait");
      add(Mark.LOOK, "outbox", found + " for the relay", "they go out while any command runs");
    }
    peer.contacts().stream()
        .filter(contact -> contact.trust() == dev.waxwing.peer.session.Trust.CHANGED)
        .forEach(
            contact ->
                add(
                    Mark.LOOK,
                    "trust",
                    "the key of " + contact.user() + " changed",
                    "compare: waxwing verify " + contact.user()));
  }

  private int tell(Voice voice) {
    Mark worst =
        checks.stream().map(Check::mark).max(java.util.Comparator.naturalOrder()).orElse(Mark.OK);
    if (voice.json()) {
      List<Json> list = new ArrayList<>();
      for (Check check : checks) {
        list.add(
            Json.object()
                .put("check", check.name())
                .put("result", Json.name(check.mark()))
                .put("found", check.found())
                .put("fix", check.fix().isEmpty() ? null : check.fix()));
      }
      voice.document(Json.document().put("result", Json.name(worst)).put("checks", list));
    } else {
      for (Check check : checks) {
        String name = String.format("%-8s", check.name());
        voice.result("%s %s  %s", check.mark().sign, name, check.found());
        if (!check.fix().isEmpty()) {
          voice.result("            %s", check.fix());
        }
      }
    }
    return switch (worst) {
      case OK -> 0;
      case LOOK -> 8;
      case BROKEN -> 1;
    };
  }

  private void ok(String name, String found) {
    add(Mark.OK, name, found, "");
  }

  private void broken(String name, Fault fault) {
    add(Mark.BROKEN, name, fault.what() + " (" + fault.code() + ")", fault.advice());
  }

  private void add(Mark mark, String name, String found, String fix) {
    checks.add(new Check(mark, name, found, fix));
  }
}
