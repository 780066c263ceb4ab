package dev.waxwing.relay.store;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite's native library, which the driver unpacks before use. It is unpacked into a folder of the
 * store's own, since a shared temporary folder may forbid execution and lets other users plant
 * files; only where that fails is the shared one tried.
 */
final class NativeSqlite {
  private static final String FOLDER = "org.sqlite.tmpdir";

  private NativeSqlite() {}

  /**
   * Loads the library, once a process.
   *
   * @throws Fault UNAVAILABLE
   */
  static synchronized void load(Path folder) {
    String chosen = System.getProperty(FOLDER);
    if (chosen != null) {
      Throwable failure = failure();
      if (failure != null) {
        throw unavailable(chosen, failure);
      }
      return;
    }
    Path own = folder.resolve("native").toAbsolutePath();
    try {
      StoreFiles.makeFolder(own);
      System.setProperty(FOLDER, own.toString());
      if (failure() == null) {
        return;
      }
    } catch (IOException e) {
      // The store's folder takes no files; the store itself will say so, in its own words.
    }
    String shared = String.valueOf(System.getProperty("java.io.tmpdir"));
    System.setProperty(FOLDER, shared);
    Throwable failure = failure();
    if (failure != null) {
      throw unavailable(shared, failure);
    }
  }

  /** Tries; null when the library is loaded. */
  private static @Nullable Throwable failure() {
    try {
      return SQLiteJDBCLoader.initialize() ? null : new IOException("no reason was given");
    } catch (Exception | LinkageError e) {
      return e;
    }
  }

  private static Fault unavailable(String folder, Throwable cause) {
    return new Fault(
        FaultCode.UNAVAILABLE,
        "SQLite's native library cannot be loaded from "
            + folder
            + "; name one that allows execution: -D"
            + FOLDER
            + "=FOLDER",
        cause);
  }
}
