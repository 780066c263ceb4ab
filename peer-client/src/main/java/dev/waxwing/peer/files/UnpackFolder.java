package dev.waxwing.peer.files;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder an {@link Unpacker} writes to. Every directory on the way is looked at before it is
 * entered, so a link never leads out; a name that differs only in case from one that is there is
 * numbered, so the result is the same on every file system.
 */
final class UnpackFolder {
  /** Directories whose names are remembered; a sorted tar needs as many as it is deep. */
  private static final int REMEMBERED = 256;

  private static final int MOST_NUMBERS = 100_000;

  private final Path root;

  /** Of each directory lately used, what is in it: twin key to real name. */
  private final Map<Path, Map<String, String>> names =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Map<String, String>> eldest) {
          return size() > REMEMBERED;
        }
      };

  private UnpackFolder(Path root) {
    this.root = root;
  }

  /** Makes the folder, or empties the one an interrupted attempt left. */
  static UnpackFolder empty(Path root) {
    try {
      delete(root);
      Files.createDirectory(root);
      return new UnpackFolder(root.toRealPath());
    } catch (IOException e) {
      throw DiskFault.writing(root, e);
    }
  }

  /** Makes a directory and those above it. */
  Path directory(List<String> segments) {
    Path at = root;
    try {
      for (String segment : segments) {
        at = enter(at, segment);
      }
      return at;
    } catch (IOException e) {
      throw DiskFault.writing(at, e);
    }
  }

  /** Makes a new file under a free name; {@code modified} in seconds since 1970. */
  Out file(List<String> segments, boolean executable, long modified) {
    Path parent = directory(segments.subList(0, segments.size() - 1));
    String wanted = segments.get(segments.size() - 1);
    try {
      Map<String, String> there = names(parent);
      for (int n = 1; n < MOST_NUMBERS; n++) {
        String name = n == 1 ? wanted : SafeName.numbered(wanted, n);
        if (there.putIfAbsent(SafeName.twinKey(name), name) == null) {
          return create(SafeName.in(parent, name), executable, modified);
        }
      }
      throw full();
    } catch (IOException e) {
      throw DiskFault.writing(parent, e);
    }
  }

  /** Forces the directories and gives the folder its name. */
  Optional<Path> complete(String name, OnClash onClash) {
    try {
      forceAll();
      Path parent = root.getParent();
      if (parent == null) {
        throw full();
      }
      Optional<Path> placed = new Placement(parent, name).folder(root, onClash);
      Placement.forceFolder(parent);
      return placed;
    } catch (IOException e) {
      throw DiskFault.writing(root, e);
    }
  }

  /** Deletes a tree; links in it are removed, not followed. */
  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** A file being written. */
  static final class Out implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final boolean executable;
    private final long modified;

    private Out(Path path, FileChannel channel, boolean executable, long modified) {
      this.path = path;
      this.channel = channel;
      this.executable = executable;
      this.modified = modified;
    }

    void write(ByteBuffer bytes) {
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        throw DiskFault.writing(path, e);
      }
    }

    /** Forces and closes it, and sets its time and whether it may be executed. */
    @Override
    public void close() {
      try (channel) {
        if (executable && path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
          Set<PosixFilePermission> permissions =
              Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
          permissions.add(PosixFilePermission.OWNER_EXECUTE);
          Files.setPosixFilePermissions(path, permissions);
        }
        Files.setLastModifiedTime(path, FileTime.from(modified, TimeUnit.SECONDS));
        channel.force(true);
      } catch (IOException e) {
        throw DiskFault.writing(path, e);
      }
    }
  }

  private static Out create(Path path, boolean executable, long modified) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    return new Out(path, channel, executable, modified);
  }

  /** The directory for a segment: the one that is there, or a new one where none has the name. */
  private Path enter(Path at, String segment) throws IOException {
    Map<String, String> there = names(at);
    for (int n = 1; n < MOST_NUMBERS; n++) {
      String name = n == 1 ? segment : SafeName.numbered(segment, n);
      String known = there.get(SafeName.twinKey(name));
      Path path = SafeName.in(at, known == null ? name : known);
      if (known == null) {
        try {
          Files.createDirectory(path);
          there.put(SafeName.twinKey(name), name);
          return path;
        } catch (FileAlreadyExistsException e) {
          names.remove(at);
          there = names(at);
        }
      }
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        return path;
      }
    }
    throw full();
  }

  private Map<String, String> names(Path directory) throws IOException {
    Map<String, String> known = names.get(directory);
    if (known == null) {
      known = new HashMap<>();
      try (Stream<Path> list = Files.list(directory)) {
        for (Path path : (Iterable<Path>) list::iterator) {
          String name = String.valueOf(path.getFileName());
          known.put(SafeName.twinKey(name), name);
        }
      }
      names.put(directory, known);
    }
    return known;
  }

  private void forceAll() throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            Placement.forceFolder(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private Fault full() {
    return new Fault(FaultCode.TARGET_UNWRITABLE, "every name in the folder is taken");
  }
}
