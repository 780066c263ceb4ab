package dev.waxwing.relay.store;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;

/** Files and folders for the relay's user only, and names that survive a power cut. */
final class StoreFiles {
  private static final String FOLDER_MODE = "rwx------";
  private static final String FILE_MODE = "rw-------";

  private StoreFiles() {}

  /** Makes a folder, and those above it, mode 0700 where the system knows modes. */
  static void makeFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, mode(folder, FOLDER_MODE));
    }
  }

  /** Makes an empty file, mode 0600; an existing one is left as it is. */
  static void makeFile(Path file) throws IOException {
    try {
      Files.createFile(file, mode(file, FILE_MODE));
    } catch (FileAlreadyExistsException e) {
      // Made by an earlier start.
    }
  }

  /** Opens a file for reading and writing, making it with mode 0600. */
  static FileChannel openFile(Path file) throws IOException {
    makeFile(file);
    return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** Forces a file's content and length. */
  static void forceFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Forces a folder's entries. Windows keeps them itself and cannot open folders. */
  static void forceFolder(Path folder) throws IOException {
    if (posix(folder)) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Whether the system says that there is no room. Java has no type for that. */
  static boolean full(IOException e) {
    String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return text.contains("no space left")
        || text.contains("not enough space")
        || text.contains("quota exceeded");
  }

  /** DISK_FULL where the system says so, else STORE_STOPPED. */
  static Fault fault(String what, IOException e) {
    return full(e)
        ? new Fault(FaultCode.DISK_FULL, what + ": the disk is full", e)
        : new Fault(FaultCode.STORE_STOPPED, what + ": " + e.getMessage(), e);
  }

  private static FileAttribute<?>[] mode(Path path, String mode) {
    if (!posix(path)) {
      return new FileAttribute<?>[0];
    }
    FileAttribute<Set<PosixFilePermission>> attribute =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    return new FileAttribute<?>[] {attribute};
  }

  private static boolean posix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
