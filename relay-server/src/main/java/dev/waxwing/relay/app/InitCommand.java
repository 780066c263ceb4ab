package dev.waxwing.relay.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.local.ProfileLock;
import dev.waxwing.relay.backup.BackupRestore;
import dev.waxwing.relay.net.Json;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Makes a relay without starting it. */
@Command(name = "init", description = "Make identity, certificate and database, without starting.")
final class InitCommand implements Callable<Integer> {
  private final RelayCli cli;

  InitCommand(RelayCli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() {
    RelayConfig config = cli.config();
    if (RelayIdentity.exists(config.places().keys())) {
      throw new Fault(
          FaultCode.ALREADY_JOINED,
          "a relay lives in " + config.places().keys() + " already",
          "start it: waxwing-relay serve");
    }
    BackupRestore.requireWhole(config.places().data());
    try (ProfileLock lock = RelayCli.lock(config)) {
      RelayKeys keys = RelayKeys.readOrMake(config, Instant.now());
      Relay.openStore(config).close();
      ObjectNode made =
          Json.object()
              .put("identity", keys.identity().publicKey().toBase64())
              .put("data", lock.directory().toString())
              .put("keys", config.places().keys().toString());
      if (cli.json()) {
        cli.console().json(made);
      } else {
        cli.console().print("relay identity " + keys.identity().publicKey().toHex());
        cli.console().note("data in " + config.places().data());
        cli.console().note("keys in " + config.places().keys() + ": back them up");
        cli.console().note("Next: waxwing-relay serve");
      }
    }
    return 0;
  }
}
