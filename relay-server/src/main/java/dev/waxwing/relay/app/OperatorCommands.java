package dev.waxwing.relay.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.local.LocalClient;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that ask a relay, running or not: status, invite, users, clients. */
final class OperatorCommands {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})([smhdw])");

  private OperatorCommands() {}

  /** Shows how the relay is. */
  @Command(name = "status", description = "How the relay is.")
  record Status(RelayCli cli) implements Callable<Integer> {
    @Override
    public Integer call() {
      JsonNode status = cli.ask("status", LocalClient.args());
      if (cli.json()) {
        cli.console().json(status);
      } else {
        Table.pairs(cli.console(), status);
      }
      return 0;
    }
  }

  /** Makes an invite. */
  @Command(name = "create", description = "Make an invite and print it.")
  static final class InviteCreate implements Callable<Integer> {
    private final RelayCli cli;

    @Option(names = "--uses", paramLabel = "N", description = "how many people; default 1")
    private int uses = 1;

    @Option(names = "--expires", paramLabel = "TIME", description = "such as 12h or 7d; default 7d")
    private String expires = "7d";

    @Option(names = "--note", paramLabel = "TEXT", description = "a note for yourself")
    private String note = "";

    @Option(names = "--qr", description = "show a QR code on standard error too")
    private boolean qr;

    InviteCreate(RelayCli cli) {
      this.cli = cli;
    }

    @Override
    public Integer call() {
      ObjectNode args =
          LocalClient.args()
              .put("uses", uses)
              .put("expiresMillis", duration(expires).toMillis())
              .put("note", note);
      JsonNode made = cli.ask("invite.create", args);
      String text = made.path("invite").asText();
      if (qr) {
        cli.console().qr(text);
      }
      if (cli.json()) {
        cli.console().json(made);
      } else {
        cli.console().print(text);
      }
      return 0;
    }

    private static Duration duration(String text) {
      Matcher match = DURATION.matcher(text);
      if (!match.matches()) {
        throw new Fault(FaultCode.USAGE, "--expires must be a time such as 30m, 12h, 7d or 4w");
      }
      long count = Long.parseLong(match.group(1));
      return switch (match.group(2)) {
        case "s" -> Duration.ofSeconds(count);
        case "m" -> Duration.ofMinutes(count);
        case "h" -> Duration.ofHours(count);
        case "d" -> Duration.ofDays(count);
        default -> Duration.ofDays(7 * count);
      };
    }
  }

  /** Lists invites. */
  @Command(name = "ls", description = "List invites, newest first.")
  record InviteList(RelayCli cli) implements Callable<Integer> {
    @Override
    public Integer call() {
      return list(cli, "invite.ls", "id", "state", "used", "uses", "expires", "note");
    }
  }

  /** Takes an invite back. */
  @Command(name = "revoke", description = "Take an invite back.")
  static final class InviteRevoke implements Callable<Integer> {
    private final RelayCli cli;

    @Parameters(paramLabel = "ID", description = "its id, or how it begins, from: invite ls")
    private String id = "";

    InviteRevoke(RelayCli cli) {
      this.cli = cli;
    }

    @Override
    public Integer call() {
      return done(cli, cli.ask("invite.revoke", LocalClient.args().put("id", id)), "revoked");
    }
  }

  /** Lists users. */
  @Command(name = "ls", description = "List the people registered.")
  record UserList(RelayCli cli) implements Callable<Integer> {
    @Override
    public Integer call() {
      return list(cli, "users.ls", "user", "devices", "registered", "seen");
    }
  }

  /** Shows a user. */
  @Command(name = "show", description = "Show what the relay knows of a person.")
  static final class UserShow implements Callable<Integer> {
    private final RelayCli cli;

    @Parameters(paramLabel = "USER", description = "the user ID")
    private String user = "";

    UserShow(RelayCli cli) {
      this.cli = cli;
    }

    @Override
    public Integer call() {
      JsonNode shown = cli.ask("users.show", LocalClient.args().put("user", user));
      if (cli.json()) {
        cli.console().json(shown);
      } else {
        Table.pairs(cli.console(), shown);
      }
      return 0;
    }
  }

  /** Removes a user. */
  @Command(
      name = "remove",
      description = "Remove a person with their mail; the name is free again.")
  static final class UserRemove implements Callable<Integer> {
    private final RelayCli cli;

    @Parameters(paramLabel = "USER", description = "the user ID")
    private String user = "";

    @Option(names = "--yes", description = "do not ask")
    private boolean yes;

    UserRemove(RelayCli cli) {
      this.cli = cli;
    }

    @Override
    public Integer call() {
      if (!yes) {
        confirm();
      }
      return done(cli, cli.ask("users.remove", LocalClient.args().put("user", user)), "removed");
    }

    private void confirm() {
      java.io.Console terminal = System.console();
      if (!cli.console().interactive() || cli.json() || terminal == null) {
        throw new Fault(
            FaultCode.INPUT_NEEDED, "removing somebody wants a yes", "give --yes to mean it");
      }
      String answer = terminal.readLine("Remove %s and all their mail? [y/N] ", user);
      if (answer == null || !answer.strip().equalsIgnoreCase("y")) {
        throw new Fault(FaultCode.CANCELLED, "nobody was removed");
      }
    }
  }

  /** Lists connections. */
  @Command(name = "ls", description = "List who is connected.")
  record ClientList(RelayCli cli) implements Callable<Integer> {
    @Override
    public Integer call() {
      return list(cli, "clients.ls", "connection", "user", "device", "address", "since");
    }
  }

  /** Ends a user's connections. */
  @Command(name = "kick", description = "End a person's connections.")
  static final class ClientKick implements Callable<Integer> {
    private final RelayCli cli;

    @Parameters(paramLabel = "USER", description = "the user ID")
    private String user = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "shown to the person")
    private String reason = "the operator ended it";

    ClientKick(RelayCli cli) {
      this.cli = cli;
    }

    @Override
    public Integer call() {
      ObjectNode args = LocalClient.args().put("user", user).put("reason", reason);
      return done(cli, cli.ask("clients.kick", args), "kicked");
    }
  }

  private static int list(RelayCli cli, String call, String... columns) {
    JsonNode rows = cli.ask(call, LocalClient.args());
    if (cli.json()) {
      cli.console().json(rows);
    } else {
      Table.rows(cli.console(), rows, columns);
    }
    return 0;
  }

  private static int done(RelayCli cli, JsonNode answer, String word) {
    if (cli.json()) {
      cli.console().json(answer);
    } else {
      cli.console().note(word + " " + answer.path(answer.has("user") ? "user" : "id").asText());
    }
    return 0;
  }
}
