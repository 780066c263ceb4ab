package dev.waxwing.relay.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.local.LocalClient;
import dev.waxwing.local.ProfileLock;
import dev.waxwing.relay.backup.BackupRestore;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What every command shares: the flags of the settings, JSON or not, and the way to the relay,
 * which is its local socket when it runs and its store when it does not. One thread.
 */
final class RelayCli {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final Console console;
  private final Map<Setting, List<String>> flags = new EnumMap<>(Setting.class);
  private boolean json;

  RelayCli(Console console) {
    this.console = console;
  }

  Console console() {
    return console;
  }

  /** Whether results are JSON. */
  boolean json() {
    return json;
  }

  /** Gives a command {@code --json} and the flags of {@code settings}. */
  void addFlags(CommandLine command, List<Setting> settings) {
    CommandSpec spec = command.getCommandSpec();
    for (Setting setting : settings) {
      OptionSpec.Builder option =
          OptionSpec.builder(setting.flag()).paramLabel(setting.form()).description(setting.help());
      if (setting.repeatable()) {
        spec.addOption(
            option
                .type(List.class)
                .auxiliaryTypes(String.class)
                .setter(setter(value -> flags.put(setting, strings(value))))
                .build());
      } else {
        spec.addOption(
            option
                .type(String.class)
                .setter(setter(value -> flags.put(setting, List.of(String.valueOf(value)))))
                .build());
      }
    }
    spec.addOption(
        OptionSpec.builder("--json")
            .type(boolean.class)
            .description("results and errors as JSON")
            .setter(setter(value -> json = Boolean.TRUE.equals(value)))
            .build());
  }

  /** The configuration from flags, environment and file. */
  RelayConfig config() {
    return RelayConfig.of(settings(), HostAddresses.name());
  }

  /** The settings behind it. */
  Settings settings() {
    return Settings.of(flags, console.environment());
  }

  /** Asks the relay, running or not. */
  JsonNode ask(String call, ObjectNode args) {
    return ask(call, args, DEADLINE);
  }

  /** Asks for what may take longer. */
  JsonNode ask(String call, ObjectNode args, Duration limit) {
    RelayConfig config = config();
    BackupRestore.requireWhole(config.places().data());
    if (!RelayIdentity.exists(config.places().keys())
        || !Files.isDirectory(config.places().data())) {
      throw new Fault(
          FaultCode.FILE_NOT_FOUND,
          "no relay lives in " + config.places().data(),
          "make one: waxwing-relay init, or name its folder with --dir");
    }
    if (!config.listen().addresses().isEmpty() && flags.containsKey(Setting.ADDRESS)) {
      config.listen().addresses().forEach(args.withArray("addresses")::add);
    }
    Optional<LocalClient> running = LocalClient.connect(config.places().data(), DEADLINE);
    if (running.isPresent()) {
      try (LocalClient client = running.get()) {
        return client.call(call, args, limit);
      }
    }
    return askStore(config, call, args, limit);
  }

  private static JsonNode askStore(
      RelayConfig config, String call, ObjectNode args, Duration limit) {
    try (ProfileLock lock = lock(config)) {
      RelayKeys keys = RelayKeys.readOrMake(config, java.time.Instant.now());
      try (StoreThread store = Relay.openStore(config)) {
        InviteMaker invites =
            new InviteMaker(
                keys.identity().publicKey(),
                config.security().publicHost(),
                LastAddresses.read(config)
                    .orElseGet(() -> InviteMaker.addresses(config, config.listen().port())));
        return Relay.await(
            new OperatorDesk(
                    store,
                    invites,
                    System::currentTimeMillis,
                    new Backups(config.places(), store, System::currentTimeMillis),
                    Optional.empty())
                .handle(call, args),
            limit);
      }
    }
  }

  /** The right to the data folder. */
  static ProfileLock lock(RelayConfig config) {
    return ProfileLock.tryAcquire(config.places().data())
        .orElseThrow(
            () ->
                new Fault(
                    FaultCode.HOLDER_SILENT,
                    "another program holds " + config.places().data(),
                    "a relay that starts or ends: try again in a moment"));
  }

  private static List<String> strings(Object value) {
    List<String> all = new ArrayList<>();
    ((List<?>) value).forEach(one -> all.add(String.valueOf(one)));
    return all;
  }

  private static ISetter setter(java.util.function.Consumer<Object> take) {
    return new ISetter() {
      @Override
      @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
      public <T> T set(T value) {
        if (value != null) {
          take.accept(value);
        }
        return value;
      }
    };
  }
}
