package dev.waxwing.peer.store;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Files and folders for their owner alone: 0600 and 0700 on POSIX file systems; elsewhere what the
 * folder above them grants.
 */
final class OwnerOnly {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private OwnerOnly() {}

  /** Creates a folder, with what is missing above it; an existing one stays as it is. */
  static void createFolder(Path folder) {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder, mode(folder, "rwx------"));
      }
    } catch (IOException e) {
      throw new Fault(FaultCode.TARGET_UNWRITABLE, "a folder of the profile cannot be made", e);
    }
  }

  /**
   * Creates a file that must not exist, writes {@code content} and forces it to disk.
   *
   * @param content wiped by the caller
   */
  static void createFile(Path file, byte[] content) {
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel out = FileChannel.open(file, options, mode(file, "rw-------"))) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        out.write(rest);
      }
      out.force(true);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Overwrites a file with zeros, forces that to disk and deletes it; absent is fine. */
  static void wipe(Path file) {
    try {
      if (Files.exists(file)) {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
          ByteBuffer zeros = ByteBuffer.allocate((int) out.size());
          while (zeros.hasRemaining()) {
            out.write(zeros);
          }
          out.force(true);
        }
        Files.delete(file);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Forces the names in a file's folder to disk, where the system can open folders. */
  static void forceFolderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && posix(folder)) {
      try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
        entries.force(true);
      } catch (IOException e) {
        throw unwritable(e);
      }
    }
  }

  /**
   * Checks that others may neither read nor write.
   *
   * @throws Fault PERMISSIONS_OPEN
   */
  static void require(Path path) {
    if (posix(path)) {
      try {
        Set<PosixFilePermission> granted = Files.getPosixFilePermissions(path);
        granted.retainAll(OTHERS);
        if (!granted.isEmpty()) {
          throw new Fault(
              FaultCode.PERMISSIONS_OPEN, "others on this computer may read or write the profile");
        }
      } catch (IOException e) {
        throw new Fault(FaultCode.FILE_UNREADABLE, "the profile's permissions cannot be read", e);
      }
    }
  }

  static Fault unwritable(IOException e) {
    return new Fault(FaultCode.TARGET_UNWRITABLE, "a file of the profile cannot be written", e);
  }

  private static FileAttribute<?>[] mode(Path path, String permissions) {
    return posix(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean posix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
