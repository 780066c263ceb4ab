package dev.waxwing.relay.backup;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Files that are on the disk when a method returns, for their owner alone. Bytes are copied, never
 * shared by a link: rot in the original must not be in the copy too.
 */
final class SureFiles {
  private static final int BLOCK = 1 << 20;

  private SureFiles() {}

  /** Makes a folder that is not there, 0700. */
  static void makeFolder(Path folder) throws IOException {
    Files.createDirectory(folder, mode(folder, "rwx------"));
  }

  /** Copies a file, 0600, where none is. */
  static void copy(Path from, Path to) throws IOException {
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out = create(to)) {
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      while (in.read(block.clear()) >= 0) {
        block.flip();
        while (block.hasRemaining()) {
          out.write(block);
        }
      }
      out.force(true);
    }
  }

  /** Writes a file, 0600, where none is. */
  static void write(Path to, byte[] content) throws IOException {
    try (FileChannel out = create(to)) {
      for (ByteBuffer rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
        out.write(rest);
      }
      out.force(true);
    }
  }

  private static FileChannel create(Path to) throws IOException {
    return FileChannel.open(
        to, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode(to, "rw-------"));
  }

  /** Copies a folder with all in it; links and whatever else is no file stay behind. */
  static void copyTree(Path from, Path to) throws IOException {
    makeFolder(to);
    copyAllIn(from, to);
  }

  /** Copies what is in a folder into one that is there. */
  static void copyAllIn(Path from, Path to) throws IOException {
    for (Path path : list(from)) {
      Path target = to.resolve(String.valueOf(path.getFileName()));
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        copyTree(path, target);
      } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        copy(path, target);
      }
    }
    forceFolder(to);
  }

  /** Deletes a folder with all in it, if it is there; follows no link. */
  static void deleteTree(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(folder);
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Deletes what is in a folder, which itself stays. */
  static void deleteAllIn(Path folder) throws IOException {
    for (Path path : list(folder)) {
      deleteTree(path);
    }
  }

  /** Regular files below a folder, sorted. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    }
  }

  /** What is in a folder, sorted. */
  static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }

  /** Forces a folder's entries, where the system can. */
  static void forceFolder(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** DISK_FULL or TARGET_UNWRITABLE. */
  static Fault writing(Path path, IOException e) {
    String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    boolean full =
        text.contains("no space left")
            || text.contains("not enough space")
            || text.contains("quota exceeded");
    return full
        ? new Fault(FaultCode.DISK_FULL, "no room for " + path, e)
        : new Fault(FaultCode.TARGET_UNWRITABLE, "cannot write " + path + ": " + e, e);
  }

  private static FileAttribute<?>[] mode(Path path, String mode) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }
}
