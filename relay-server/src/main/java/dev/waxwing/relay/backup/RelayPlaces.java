package dev.waxwing.relay.backup;

import java.nio.file.Path;
import java.util.List;

/**
 * Where what a backup holds lies at a relay.
 *
 * @param data the data folder, with the database in it
 * @param keys identity, certificate and password hash
 * @param config the configuration file, which need not exist
 */
public record RelayPlaces(Path data, Path keys, Path config) {
  /** What a relay keeps in its keys folder. */
  static final List<String> KEYS =
      List.of("relay-identity", "tls-certificate.pem", "tls-key.pem", "hub-password");

  /** The blobs' folder. */
  Path blobs() {
    return data.resolve("blobs");
  }
}
