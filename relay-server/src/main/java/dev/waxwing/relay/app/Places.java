package dev.waxwing.relay.app;

import dev.waxwing.relay.backup.RelayPlaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a relay's files lie.
 *
 * @param data database, blobs, lock and local socket
 * @param keys identity, certificate and password hash
 * @param config the configuration file, which need not exist
 */
record Places(Path data, Path keys, Path config) {

  /**
   * The directory given, with {@code keys} inside; without one, in a clone of the project, the
   * clone's {@code keys/} and {@code relay-server/data/}; else the user's data directory.
   */
  static Places find(Optional<Path> dir, Optional<Path> config) {
    Path here = Path.of("").toAbsolutePath();
    boolean clone =
        Files.isRegularFile(here.resolve("pom.xml"))
            && Files.isRegularFile(here.resolve("keys").resolve("README.md"));
    Path data;
    Path keys;
    if (dir.isPresent()) {
      data = dir.get().toAbsolutePath().normalize();
      keys = data.resolve("keys");
    } else if (clone) {
      data = here.resolve("relay-server").resolve("data");
      keys = here.resolve("keys");
    } else {
      data = userData(System.getProperty("os.name", ""), Path.of(System.getProperty("user.home")));
      keys = data.resolve("keys");
    }
    return new Places(
        data, keys, config.map(Path::toAbsolutePath).orElse(data.resolve("relay.json")));
  }

  /** The store's database. */
  Path database() {
    return data.resolve("relay.db");
  }

  /** What of them a backup holds. */
  RelayPlaces forBackups() {
    return new RelayPlaces(data, keys, config);
  }

  /** The blobs' folder. */
  Path blobs() {
    return data.resolve("blobs");
  }

  private static Path userData(String system, Path home) {
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("windows")) {
      return given("LOCALAPPDATA", home.resolve("AppData").resolve("Local"))
          .resolve("WaxwingRelay");
    }
    if (name.startsWith("mac")) {
      return home.resolve("Library").resolve("Application Support").resolve("WaxwingRelay");
    }
    return given("XDG_DATA_HOME", home.resolve(".local").resolve("share")).resolve("waxwing-relay");
  }

  private static Path given(String variable, Path otherwise) {
    String value = System.getenv(variable);
    return value == null || value.isEmpty() ? otherwise : Path.of(value);
  }
}
