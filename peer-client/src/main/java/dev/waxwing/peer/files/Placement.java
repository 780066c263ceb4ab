package dev.waxwing.peer.files;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Gives something whole its name, within one folder. Nothing is ever replaced unasked, not even
 * what appears at that moment; and whoever is interrupted may do it again.
 */
final class Placement {
  private static final int MOST_NUMBERS = 100_000;

  private final Path folder;
  private final String name;

  Placement(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  /**
   * Gives a file its name. It keeps the name it had as well where the file system has hard links,
   * so that a second call finds what the first has done.
   *
   * @return where it is; empty when the name was taken and is left alone
   */
  Optional<Path> file(Path part, OnClash onClash) throws IOException {
    return switch (onClash) {
      case OVERWRITE -> Optional.of(replace(part, SafeName.in(folder, name)));
      case SKIP -> tried(part, SafeName.in(folder, name));
      case RENAME -> Optional.of(numbered(part));
    };
  }

  /** Gives a folder its name; SKIP leaves what is there, everything else takes a free name. */
  Optional<Path> folder(Path part, OnClash onClash) throws IOException {
    for (int n = 1; n < MOST_NUMBERS; n++) {
      Path target = candidate(n);
      try {
        // Renaming a folder onto anything but an empty folder fails on every system.
        return Optional.of(Files.move(part, target));
      } catch (FileAlreadyExistsException e) {
        if (onClash == OnClash.SKIP) {
          return Optional.empty();
        }
      }
    }
    throw taken();
  }

  /** Makes the folder's entries survive a power cut, where the system can. */
  static void forceFolder(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private Path numbered(Path part) throws IOException {
    for (int n = 1; n < MOST_NUMBERS; n++) {
      Optional<Path> placed = tried(part, candidate(n));
      if (placed.isPresent()) {
        return placed.get();
      }
    }
    throw taken();
  }

  private Path candidate(int n) {
    return SafeName.in(folder, n == 1 ? name : SafeName.numbered(name, n));
  }

  private static Optional<Path> tried(Path part, Path target) throws IOException {
    try {
      link(part, target);
      return Optional.of(target);
    } catch (FileAlreadyExistsException e) {
      return isLink(target) || !Files.isSameFile(part, target)
          ? Optional.empty()
          : Optional.of(target);
    }
  }

  private static Path replace(Path part, Path target) throws IOException {
    if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    Path second = secondOf(part);
    Files.deleteIfExists(second);
    link(part, second);
    Files.move(second, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    // Renaming one name of a file onto another of the same file does nothing, says POSIX.
    Files.deleteIfExists(second);
    return target;
  }

  /** The name a file has for a moment before it takes that of another. */
  static Path secondOf(Path part) {
    return part.resolveSibling(part.getFileName() + ".new");
  }

  /** A second name for a file, made only if it is free; where there are no links, its only name. */
  private static void link(Path part, Path target) throws IOException {
    try {
      Files.createLink(target, part);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | IOException e) {
      Files.move(part, target);
    }
  }

  private static boolean isLink(Path target) {
    return Files.isSymbolicLink(target);
  }

  private Fault taken() {
    return new Fault(FaultCode.TARGET_UNWRITABLE, "every name in the folder is taken");
  }
}
