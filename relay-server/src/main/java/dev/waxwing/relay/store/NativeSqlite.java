package dev.waxwing.relay.store;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite's native library, which the driver unpacks before use. It is unpacked into a folder of the
 * store's own, since a shared temporary folder may forbid execution and lets other users plant
 * files; only where that fails is the shared one tried.
 */
final class NativeSqlite {
  private static final String FOLDER = "org.sqlite.tmpdir";
  private static final Logger LOG = LoggerFactory.getLogger(NativeSqlite.class);

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

  /**
   * Loads it for something that is only looked at, where nothing may be unpacked beside it.
   *
   * @throws Fault UNAVAILABLE
   */
  static synchronized void loadAside() {
    if (System.getProperty(FOLDER) != null) {
      load(Path.of(""));
      return;
    }
    Path own;
    try {
      own = Files.createTempDirectory("waxwing-relay");
    } catch (IOException e) {
      throw unavailable(String.valueOf(System.getProperty("java.io.tmpdir")), e);
    }
    load(own);
    // A library that is loaded needs no name any more, but on Windows.
    try (Stream<Path> all = Files.walk(own)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("left {}", own);
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
