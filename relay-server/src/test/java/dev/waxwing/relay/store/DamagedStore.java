package dev.waxwing.relay.store;

import dev.waxwing.wire.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Does to a closed store what rot and strangers do. */
final class DamagedStore {
  private DamagedStore() {}

  /** Runs statements behind the relay's back. */
  static void run(Path folder, String... statements) {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(SqliteStore.FILE));
        var statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Flips a bit of the one place in the file where these bytes stand. */
  static void flip(Path folder, Bytes where) {
    try {
      Path file = folder.resolve(SqliteStore.FILE);
      String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      int at = text.indexOf(new String(where.toArray(), StandardCharsets.ISO_8859_1));
      if (at < 0) {
        throw new IllegalStateException("those bytes are not in the file");
      }
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      bytes[at] ^= 1;
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
