package dev.waxwing.peer.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.zip.CRC32;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * SQLite's native library, kept between starts: the driver would unpack it from the jar each time,
 * which is most of what loading it costs. The copy lies in a folder for the owner alone, which
 * keeps other people from changing it, and is named {@code VERSION-CRC32-LIBRARY}, which tells
 * damage. Whatever goes wrong here leaves the driver to its own way.
 */
final class NativeLibrary {
  static final String PATH = "org.sqlite.lib.path";
  static final String NAME = "org.sqlite.lib.name";

  private NativeLibrary() {}

  /**
   * Points the driver at the copy in {@code folder}, made when it is missing or damaged. Without
   * effect once the driver has loaded its library, or when somebody else chose one.
   */
  static void keepIn(Path folder) {
    if (System.getProperty(PATH) != null) {
      return;
    }
    try {
      Optional<Path> copy = sound(folder);
      if (copy.isEmpty()) {
        copy = unpacked(folder);
      }
      copy.ifPresent(
          file -> {
            System.setProperty(NAME, String.valueOf(file.getFileName()));
            System.setProperty(PATH, folder.toString());
          });
    } catch (IOException | RuntimeException e) {
      // The driver unpacks its library where it always does.
    }
  }

  /** The copy for this driver, when there is one and it is whole. */
  static Optional<Path> sound(Path folder) throws IOException {
    OwnerOnly.createFolder(folder);
    OwnerOnly.require(folder);
    try (DirectoryStream<Path> copies = Files.newDirectoryStream(folder)) {
      for (Path copy : copies) {
        if (copy.endsWith(name(Files.readAllBytes(copy)))) {
          return Optional.of(copy);
        }
      }
    }
    return Optional.empty();
  }

  /** Copies of other versions go; one that is in use on Windows makes this fail, harmlessly. */
  private static Optional<Path> unpacked(Path folder) throws IOException {
    try (DirectoryStream<Path> others = Files.newDirectoryStream(folder)) {
      for (Path other : others) {
        Files.delete(other);
      }
    }
    String resource =
        LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
    try (InputStream in = LibraryLoaderUtil.class.getResourceAsStream(resource)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] library = in.readAllBytes();
      Path copy = folder.resolve(name(library));
      Path unfinished = folder.resolve("unfinished");
      OwnerOnly.createFile(unfinished, library);
      Files.move(unfinished, copy, StandardCopyOption.ATOMIC_MOVE);
      return Optional.of(copy);
    }
  }

  private static String name(byte[] library) {
    CRC32 crc = new CRC32();
    crc.update(library);
    return SQLiteJDBCLoader.getVersion()
        + "-"
        + Long.toHexString(crc.getValue())
        + "-"
        + LibraryLoaderUtil.getNativeLibName();
  }
}
