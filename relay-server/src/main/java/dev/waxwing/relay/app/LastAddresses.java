package dev.waxwing.relay.app;

import dev.waxwing.local.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the relay was reached when it ran last, for invites made while it does not run. */
final class LastAddresses {
  private static final String NAME = "addresses";

  private LastAddresses() {}

  static void write(RelayConfig config, List<String> addresses) {
    PrivateFiles.write(
        file(config), (String.join("\n", addresses) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Empty when it never ran, or when the addresses are configured. */
  static Optional<List<String>> read(RelayConfig config) {
    try {
      return config.listen().addresses().isEmpty() && Files.exists(file(config))
          ? Optional.of(Files.readAllLines(file(config)))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Path file(RelayConfig config) {
    return config.places().data().resolve(NAME);
  }
}
