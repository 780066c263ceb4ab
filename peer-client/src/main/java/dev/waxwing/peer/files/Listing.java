package dev.waxwing.peer.files;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Fields;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a folder, or several paths, consisted of when it was offered, in the order of the names.
 * Kept by the sender: the same listing makes the same tar.
 *
 * @param entries what is sent
 * @param skipped what is not, with the reason, for the person
 */
public record Listing(List<Entry> entries, List<Skipped> skipped) {
  private static final String FORMAT = "waxwing/1/listing";
  private static final int TEXT = 1 << 16;
  private static final int MOST = 50_000_000;

  /** Copies the lists. */
  public Listing {
    entries = List.copyOf(entries);
    skipped = List.copyOf(skipped);
  }

  /** Kinds of entries; there are no others, no links above all. */
  public enum Kind {
    FILE,
    EXECUTABLE,
    DIRECTORY
  }

  /**
   * A file or directory.
   *
   * @param name path in the tar, with {@code /}; a directory's ends with one
   * @param source where it is on this disk
   * @param kind which of the kinds
   * @param stamp its size, time and key at the time
   */
  public record Entry(String name, Path source, Kind kind, FileStamp stamp) {}

  /**
   * Something left out.
   *
   * @param source where it is
   * @param why one clause for the person
   */
  public record Skipped(Path source, String why) {}

  /**
   * Lists paths and everything below them. Links are not followed, except one that is named itself.
   *
   * @throws Fault FILE_NOT_FOUND or FILE_UNREADABLE when a named path cannot be looked at
   */
  public static Listing of(List<Path> paths) {
    Walk walk = new Walk();
    Set<String> names = new HashSet<>();
    for (Path path : paths) {
      try {
        Path real = path.toRealPath();
        Path fileName = real.getFileName();
        String wanted = fileName == null ? "root" : fileName.toString();
        String name = wanted;
        for (int n = 2; !names.add(SafeName.twinKey(name)); n++) {
          name = SafeName.numbered(wanted, n);
        }
        walk.start(real, name);
        Files.walkFileTree(real, walk);
      } catch (IOException e) {
        throw DiskFault.reading(path, e);
      }
    }
    walk.entries.sort(Comparator.comparing(Entry::name));
    return new Listing(walk.entries, walk.skipped);
  }

  /** For keeping. */
  public Bytes encode() {
    Fields.Writer out = new Fields.Writer().text(FORMAT).number(entries.size());
    for (Entry entry : entries) {
      out.text(entry.name()).text(entry.source().toString()).number(entry.kind().ordinal());
      out.number(entry.stamp().size()).text(Long.toString(entry.stamp().modified()));
      out.text(entry.stamp().fileKey());
    }
    out.number(skipped.size());
    skipped.forEach(left -> out.text(left.source().toString()).text(left.why()));
    return Bytes.of(out.toArray());
  }

  /**
   * Reads what {@link #encode} gave.
   *
   * @throws Fault PROFILE_CORRUPT
   */
  public static Listing decode(Bytes encoded) {
    Fields.Reader in = new Fields.Reader(encoded.toArray(), FaultCode.PROFILE_CORRUPT);
    try {
      if (!in.text(TEXT).equals(FORMAT)) {
        throw new Fault(FaultCode.PROFILE_FOREIGN, "a listing of another version");
      }
      List<Entry> entries = new ArrayList<>();
      for (int left = in.count(MOST); left > 0; left--) {
        String name = in.text(TEXT);
        Path source = Path.of(in.text(TEXT));
        Kind kind = Kind.values()[in.count(Kind.values().length - 1)];
        FileStamp stamp = new FileStamp(in.number(), Long.parseLong(in.text(TEXT)), in.text(TEXT));
        entries.add(new Entry(name, source, kind, stamp));
      }
      List<Skipped> skipped = new ArrayList<>();
      for (int left = in.count(MOST); left > 0; left--) {
        skipped.add(new Skipped(Path.of(in.text(TEXT)), in.text(TEXT)));
      }
      in.end();
      return new Listing(entries, skipped);
    } catch (IllegalArgumentException e) {
      throw new Fault(FaultCode.PROFILE_CORRUPT, "a listing is damaged", e);
    }
  }

  private static final class Walk extends SimpleFileVisitor<Path> {
    final List<Entry> entries = new ArrayList<>();
    final List<Skipped> skipped = new ArrayList<>();
    private Path root = Path.of("");
    private String rootName = "";

    void start(Path path, String name) {
      root = path;
      rootName = name;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      if (!canBeKept(directory)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      add(name(directory) + "/", directory, Kind.DIRECTORY, attributes);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isSymbolicLink()) {
        skip(file, "a link");
      } else if (!attributes.isRegularFile()) {
        skip(file, "not a regular file");
      } else if (!Files.isReadable(file)) {
        skip(file, "not readable");
      } else if (canBeKept(file)) {
        add(name(file), file, kind(file), attributes);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      skip(file, "not readable");
      return FileVisitResult.CONTINUE;
    }

    private void add(String name, Path source, Kind kind, BasicFileAttributes attributes) {
      entries.add(new Entry(name, source, kind, FileStamp.of(attributes)));
    }

    private static Kind kind(Path file) {
      // On Windows everything counts as executable.
      boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
      try {
        return posix
                && Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)
                    .contains(PosixFilePermission.OWNER_EXECUTE)
            ? Kind.EXECUTABLE
            : Kind.FILE;
      } catch (IOException e) {
        return Kind.FILE;
      }
    }

    private String name(Path path) {
      StringBuilder name = new StringBuilder(rootName);
      if (!path.equals(root)) {
        root.relativize(path).forEach(segment -> name.append('/').append(segment));
      }
      return name.toString();
    }

    /** Names that are not text in the system's encoding cannot be found again after a restart. */
    private boolean canBeKept(Path path) {
      if (path.getFileSystem().getPath(path.toString()).equals(path)
          && path.toString().indexOf('\ufffd') < 0) {
        return true;
      }
      skip(path, "its name is not text");
      return false;
    }

    private void skip(Path path, String why) {
      skipped.add(new Skipped(path, why));
    }
  }
}
