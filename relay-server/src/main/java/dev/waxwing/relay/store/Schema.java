package dev.waxwing.relay.store;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The steps from one version of the schema to the next: resource files {@code schema-N.sql}, the
 * version in {@code PRAGMA user_version}, all in the transaction of the store's opening. A
 * migration tool would bring a table of its own and a megabyte of code for what is one dialect and
 * one loop.
 */
final class Schema {
  /** The version this program reads and writes. */
  static final int VERSION = 1;

  private Schema() {}

  /**
   * Brings the schema up to {@link #VERSION}.
   *
   * @throws Fault STORE_CORRUPT when a newer program made it
   */
  static void migrate(Sql sql) {
    int version = (int) sql.number("PRAGMA user_version");
    if (version > VERSION) {
      throw new Fault(
          FaultCode.STORE_CORRUPT,
          "the store was made by a newer version of the relay",
          "update the relay");
    }
    for (int step = version + 1; step <= VERSION; step++) {
      for (String statement : text(step).replaceAll("(?m)^--.*$", "").split(";\\s*\\n")) {
        if (!statement.isBlank()) {
          sql.run(statement);
        }
      }
      sql.run("PRAGMA user_version = " + step);
    }
  }

  private static String text(int step) {
    try (InputStream in = Schema.class.getResourceAsStream("schema-" + step + ".sql")) {
      if (in == null) {
        throw new Fault(FaultCode.INTERNAL, "schema " + step + " is missing from the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new Fault(FaultCode.INTERNAL, "schema " + step + " cannot be read", e);
    }
  }
}
