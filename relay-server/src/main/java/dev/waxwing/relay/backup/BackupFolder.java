package dev.waxwing.relay.backup;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What lies where in a backup.
 *
 * <pre>
 *   backup.json   when it was made, of which relay, how much of everything
 *   relay.db      the database, whole, without a log
 *   blobs/ID/     segments and their sums
 *   keys/         identity, certificate and password hash
 *   relay.json    the configuration, where there is one
 *   SHA256SUMS    a line for each of these files; sha256sum -c reads it
 * </pre>
 *
 * <p>While it is made it is called {@code NAME.part} and holds {@code UNFINISHED}.
 *
 * @param path the folder
 */
record BackupFolder(Path path) {
  /** The folder somebody named, which may be by a link; links inside it are no part of a backup. */
  static BackupFolder named(Path folder) {
    try {
      return new BackupFolder(folder.toRealPath());
    } catch (IOException e) {
      // Nothing is there, or nothing that can be read: whoever looks into it says so.
      return new BackupFolder(folder);
    }
  }

  static final String SUMS = "SHA256SUMS";
  static final String UNFINISHED = "UNFINISHED";

  Path about() {
    return path.resolve("backup.json");
  }

  Path database() {
    return path.resolve("relay.db");
  }

  Path blobs() {
    return path.resolve("blobs");
  }

  Path keys() {
    return path.resolve("keys");
  }

  Path config() {
    return path.resolve("relay.json");
  }

  Path sums() {
    return path.resolve(SUMS);
  }

  Path unfinished() {
    return path.resolve(UNFINISHED);
  }
}
