package dev.waxwing.relay.store;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Path;
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
      if (!initialized()) {
        throw unavailable(chosen);
      }
      return;
    }
    Path own = folder.resolve("native").toAbsolutePath();
    try {
      StoreFiles.makeFolder(own);
      System.setProperty(FOLDER, own.toString());
      if (initialized()) {
        return;
      }
    } catch (IOException e) {
      // The store's folder takes no files; the store itself will say so, in its own words.
    }
    String shared = String.valueOf(System.getProperty("java.io.tmpdir"));
    System.setProperty(FOLDER, shared);
    if (!initialized()) {
      throw unavailable(shared);
    }
  }

  private static boolean initialized() {
    try {
      return SQLiteJDBCLoader.initialize();
    } catch (Exception | LinkageError e) {
      return false;
    }
  }

  private static Fault unavailable(String folder) {
    return new Fault(
        FaultCode.UNAVAILABLE,
        "SQLite's native library cannot be loaded from " + folder,
        "name a folder that allows execution: -D" + FOLDER + "=FOLDER");
  }
}
