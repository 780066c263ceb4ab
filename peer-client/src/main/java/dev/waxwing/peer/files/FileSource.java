package dev.waxwing.peer.files;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** A regular file, known by its stamp. */
public final class FileSource implements Source {
  private final Path path;
  private final FileStamp stamp;
  private final FileChannel channel;

  private FileSource(Path path, FileStamp stamp, FileChannel channel) {
    this.path = path;
    this.stamp = stamp;
    this.channel = channel;
  }

  /**
   * Opens a file for the first time; a link that a person named is followed.
   *
   * @throws Fault FILE_NOT_FOUND, FILE_UNREADABLE, FILE_NOT_REGULAR
   */
  public static FileSource open(Path path) {
    try {
      Path real = path.toRealPath();
      return open(real, regular(real));
    } catch (IOException e) {
      throw DiskFault.reading(path, e);
    }
  }

  /**
   * Opens a file again to go on with it.
   *
   * @param path as {@link #path()} gave it
   * @throws Fault FILE_CHANGED when it is not the same any more, FILE_NOT_FOUND, FILE_UNREADABLE
   */
  public static FileSource resume(Path path, FileStamp stamp) {
    try {
      return open(path, stamp);
    } catch (IOException e) {
      throw DiskFault.reading(path, e);
    }
  }

  /** The file's real path. */
  public Path path() {
    return path;
  }

  /** What to keep for {@link #resume}. */
  public FileStamp stamp() {
    return stamp;
  }

  @Override
  public long size() {
    return stamp.size();
  }

  @Override
  public void read(long from, ByteBuffer into) {
    try {
      fill(path, channel, from, into, stamp.size());
    } catch (IOException e) {
      throw DiskFault.reading(path, e);
    }
  }

  @Override
  public void verify() {
    try {
      if (!FileStamp.of(path).equals(stamp) || channel.size() != stamp.size()) {
        throw DiskFault.changed(path);
      }
    } catch (IOException e) {
      throw DiskFault.changed(path);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw DiskFault.reading(path, e);
    }
  }

  /** Fills {@code into} from a file of {@code size} bytes; an early end is a change. */
  static void fill(Path path, FileChannel channel, long from, ByteBuffer into, long size)
      throws IOException {
    long at = from;
    long wanted = Math.min(into.remaining(), Math.max(0, size - from));
    int limit = into.limit();
    into.limit(into.position() + (int) wanted);
    try {
      while (into.hasRemaining()) {
        int read = channel.read(into, at);
        if (read < 0) {
          throw DiskFault.changed(path);
        }
        at += read;
      }
    } finally {
      into.limit(limit);
    }
  }

  /** Opens without following a link, and makes sure that what was opened is what was looked at. */
  static FileChannel channel(Path path, FileStamp expected) throws IOException {
    if (!regular(path).equals(expected)) {
      throw DiskFault.changed(path);
    }
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    if (channel.size() == expected.size() && FileStamp.of(path).equals(expected)) {
      return channel;
    }
    channel.close();
    throw DiskFault.changed(path);
  }

  private static FileSource open(Path path, FileStamp stamp) throws IOException {
    return new FileSource(path, stamp, channel(path, stamp));
  }

  /** Looked at before opening: to open a FIFO is to wait for its writer. */
  private static FileStamp regular(Path path) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new Fault(FaultCode.FILE_NOT_REGULAR, DiskFault.show(path) + " is not a regular file");
    }
    return FileStamp.of(attributes);
  }
}
