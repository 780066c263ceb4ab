package dev.waxwing.relay.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.local.LocalClient;
import dev.waxwing.local.ProfileLock;
import dev.waxwing.relay.backup.BackupCheck;
import dev.waxwing.relay.backup.BackupRestore;
import dev.waxwing.relay.net.Json;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands about backups. */
final class BackupCommands {
  private BackupCommands() {}

  /** Makes a backup. */
  @Command(
      name = "create",
      description = "Copy everything into a new folder, while the relay runs or not.",
      footer = {
        "",
        "The folder has its name only when all of it is on the disk and was read again.",
        "It holds the relay's keys: keep it as safe as the relay."
      })
  static final class Create implements Callable<Integer> {
    private final RelayCli cli;

    @Parameters(paramLabel = "BACKUP", description = "a folder that is not there yet")
    private String backup = "";

    Create(RelayCli cli) {
      this.cli = cli;
    }

    @Override
    public Integer call() {
      ObjectNode args =
          LocalClient.args().put("to", Path.of(backup).toAbsolutePath().normalize().toString());
      JsonNode made = cli.ask("backup.create", args, Backups.LONGEST);
      if (cli.json()) {
        cli.console().json(made);
      } else {
        cli.console().print(made.path("backup").asText());
        cli.console().note(counted(made));
      }
      int problems = tell(cli, made);
      if (problems > 0) {
        throw new Fault(
            FaultCode.PARTLY,
            "the backup is made, and the relay it is of is damaged",
            "see the list above, and keep older backups");
      }
      return 0;
    }
  }

  /** Looks at a backup. */
  @Command(
      name = "verify",
      description = "Read a whole backup and say what is wrong with it.",
      footer = {"", "Exit code 0 when it is good, 1 when it is damaged, 5 when it is none."})
  static final class Verify implements Callable<Integer> {
    private final RelayCli cli;

    @Parameters(paramLabel = "BACKUP", description = "the folder")
    private String backup = "";

    Verify(RelayCli cli) {
      this.cli = cli;
    }

    @Override
    public Integer call() {
      Path folder = Path.of(backup).toAbsolutePath().normalize();
      BackupCheck.Found found = BackupCheck.of(folder);
      ObjectNode node = Backups.describe(Json.object().put("backup", folder.toString()), found);
      if (cli.json()) {
        cli.console().json(node);
      }
      int problems = tell(cli, node);
      if (problems > 0) {
        throw new Fault(
            FaultCode.STORE_CORRUPT, "the backup is damaged: " + folder, "use another backup");
      }
      if (!cli.json()) {
        cli.console().note("the backup is good: " + counted(node));
      }
      return 0;
    }
  }

  /** Restores a backup. */
  @Command(
      name = "restore",
      description = "Put a backup in the place of a relay that does not run.",
      footer = {
        "",
        "Everybody's program then sends again what may be lost; nothing is shown twice.",
        "Who joined after the backup joins again, with a new invite and the name they had."
      })
  static final class Restore implements Callable<Integer> {
    private final RelayCli cli;

    @Parameters(paramLabel = "BACKUP", description = "the folder")
    private String backup = "";

    @Option(
        names = "--replace",
        description = "put a relay that is there aside, in a folder replaced-TIME beside it")
    private boolean replace;

    Restore(RelayCli cli) {
      this.cli = cli;
    }

    @Override
    public Integer call() {
      Path folder = Path.of(backup).toAbsolutePath().normalize();
      RelayConfig config = cli.config();
      try (ProfileLock lock = stopped(config)) {
        BackupRestore.Restored restored =
            BackupRestore.restore(
                folder,
                config.places().forBackups(),
                Relay.storeOptions(config),
                replace ? Optional.of(Instant.now()) : Optional.empty());
        show(folder, lock.directory(), restored);
      }
      return 0;
    }

    private static ProfileLock stopped(RelayConfig config) {
      return ProfileLock.tryAcquire(config.places().data())
          .orElseThrow(
              () ->
                  new Fault(
                      FaultCode.STORE_IN_USE,
                      "a relay runs in " + config.places().data(),
                      "end it first, or name another folder with --dir"));
    }

    private void show(Path folder, Path data, BackupRestore.Restored restored) {
      ObjectNode node =
          Backups.describe(
              Json.object().put("backup", folder.toString()).put("dir", data.toString()),
              restored.found());
      restored.aside().ifPresent(aside -> node.put("replaced", aside.toString()));
      Console console = cli.console();
      if (cli.json()) {
        console.json(node);
        return;
      }
      console.print(data.toString());
      console.note("restored: " + counted(node));
      restored
          .found()
          .problems()
          .forEach(
              problem ->
                  console.note("damaged when the backup was made, and left out: " + problem));
      restored.aside().ifPresent(aside -> console.note("what was there is in " + aside));
      console.note("People removed and invites revoked since the backup are back: look at");
      console.note("  waxwing-relay users ls, waxwing-relay invite ls");
      console.note("Next: waxwing-relay serve");
    }
  }

  /** Says what is wrong; how much it is. */
  private static int tell(RelayCli cli, JsonNode node) {
    JsonNode problems = node.path("problems");
    if (!cli.json()) {
      problems.forEach(problem -> cli.console().print(problem.asText()));
    }
    return problems.size();
  }

  private static String counted(JsonNode node) {
    return "%d people, %d messages, %d files"
        .formatted(
            node.path("users").asLong(), node.path("mail").asLong(), node.path("blobs").asLong());
  }
}
