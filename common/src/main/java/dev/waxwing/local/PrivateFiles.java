package dev.waxwing.local;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Directories and files that only their owner may use. Where the file system knows no POSIX modes
 * (Windows) the user's own folder already has that meaning and nothing is set. Stateless.
 */
public final class PrivateFiles {
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

  private PrivateFiles() {}

  /**
   * Makes the directory, 0700, unless it is there; one that is there must not be writable by
   * others.
   *
   * @throws Fault PERMISSIONS_OPEN, or TARGET_UNWRITABLE when it cannot be made
   */
  public static Path directory(Path directory) {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory, attributes(directory, DIRECTORY));
      }
    } catch (IOException e) {
      throw new Fault(FaultCode.TARGET_UNWRITABLE, "cannot make the folder " + directory, e);
    }
    if (posix(directory)) {
      Set<PosixFilePermission> modes = modes(directory);
      if (modes.contains(PosixFilePermission.GROUP_WRITE)
          || modes.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw open(directory, "others may write to the folder ");
      }
    }
    return directory;
  }

  /**
   * Makes the directory, or takes others' access to it away. Same failures as {@link #directory}.
   */
  public static Path closedDirectory(Path directory) {
    try {
      if (Files.isSymbolicLink(directory)) {
        throw open(directory, "a link where a private folder belongs: ");
      }
      directory(directory);
      if (posix(directory)) {
        Files.setPosixFilePermissions(directory, DIRECTORY);
      }
      return directory;
    } catch (IOException e) {
      throw new Fault(FaultCode.PERMISSIONS_OPEN, "cannot close the folder " + directory, e);
    }
  }

  /**
   * Checks that only the owner may read or write {@code file}.
   *
   * @throws Fault PERMISSIONS_OPEN
   */
  public static void requirePrivate(Path file) {
    if (posix(file) && !FILE.containsAll(modes(file))) {
      throw open(file, "others may use the file ");
    }
  }

  /**
   * Writes a whole file, 0600, so that after a crash it is the old one or the new one.
   *
   * @throws Fault TARGET_UNWRITABLE
   */
  public static void write(Path file, byte[] content) {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(beside);
      Files.createFile(beside, attributes(file, FILE));
      try (FileChannel out = FileChannel.open(beside, StandardOpenOption.WRITE)) {
        for (ByteBuffer rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
          out.write(rest);
        }
        out.force(true);
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new Fault(FaultCode.TARGET_UNWRITABLE, "cannot write " + file, e);
    }
  }

  /** Opens the file for reading and writing, making it 0600 where it is not there. */
  static FileChannel openOrCreate(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
        attributes(file, FILE));
  }

  /** Takes others' access to an existing file or socket away. */
  static void close(Path file) throws IOException {
    if (posix(file)) {
      Files.setPosixFilePermissions(file, FILE);
    }
  }

  private static Fault open(Path path, String what) {
    return new Fault(
        FaultCode.PERMISSIONS_OPEN, what + path, "take away the others' access: chmod go= " + path);
  }

  private static Set<PosixFilePermission> modes(Path path) {
    try {
      return Files.getPosixFilePermissions(path);
    } catch (IOException e) {
      throw new Fault(FaultCode.FILE_UNREADABLE, "cannot look at " + path, e);
    }
  }

  private static FileAttribute<?>[] attributes(Path near, Set<PosixFilePermission> modes) {
    return posix(near)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(modes)}
        : new FileAttribute<?>[0];
  }

  private static boolean posix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
