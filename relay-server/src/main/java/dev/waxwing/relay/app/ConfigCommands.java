package dev.waxwing.relay.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.relay.net.Json;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The commands that look at the configuration alone. */
final class ConfigCommands {
  private ConfigCommands() {}

  /** Checks it. */
  @Command(name = "check", description = "Check the configuration; say what is set and where.")
  record Check(RelayCli cli) implements Callable<Integer> {
    @Override
    public Integer call() {
      Settings settings = cli.settings();
      RelayConfig config = cli.config();
      config.security().own().ifPresent(Certificates::load);
      ObjectNode set = Json.object();
      for (Setting setting : Setting.values()) {
        settings
            .get(setting)
            .ifPresent(
                value ->
                    set.putObject(setting.key())
                        .put("value", String.join(",", value.texts()))
                        .put("from", value.origin().name().toLowerCase(Locale.ROOT)));
      }
      if (cli.json()) {
        cli.console().json(set);
      } else {
        set.properties()
            .forEach(
                one ->
                    cli.console()
                        .print(
                            one.getKey()
                                + " = "
                                + one.getValue().path("value").asText()
                                + "  ("
                                + one.getValue().path("from").asText()
                                + ")"));
        cli.console().note("the configuration is good");
      }
      return 0;
    }
  }

  /** Shows where files lie. */
  @Command(name = "paths", description = "Show where the relay's files lie.")
  record Paths(RelayCli cli) implements Callable<Integer> {
    @Override
    public Integer call() {
      Places places = cli.settings().places();
      ObjectNode paths =
          Json.object()
              .put("config", places.config().toString())
              .put("data", places.data().toString())
              .put("blobs", places.blobs().toString())
              .put("keys", places.keys().toString());
      if (cli.json()) {
        cli.console().json(paths);
      } else {
        Table.pairs(cli.console(), paths);
      }
      return 0;
    }
  }
}
