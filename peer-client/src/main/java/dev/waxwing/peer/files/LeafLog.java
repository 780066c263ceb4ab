package dev.waxwing.peer.files;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The leaves of a transfer's parts in a file, in order, appended only. The sender forces a leaf
 * before its part leaves; the receiver forces it after the part's data. What a crash cut short or
 * garbled at the end is dropped when the file is opened again; a sender's damaged anywhere else is
 * refused.
 *
 * <pre>
 *  record = u64be part ‖ u32be plaintext length ‖ u32be checksum ‖ leaf[32] ‖ u32be CRC-32C of these
 * </pre>
 */
public final class LeafLog implements AutoCloseable {
  /** Most leaves of a sender that wait to be forced. */
  public static final int GROUP = 8;

  private static final int RECORD = 52;
  private static final int COVERED = RECORD - 4;

  private final Path path;
  private final FileChannel channel;
  private final int group;
  private final ByteBuffer record = ByteBuffer.allocate(RECORD);
  private long count;
  private long forced;
  private boolean stopped;

  private LeafLog(Path path, FileChannel channel, int group) {
    this.path = path;
    this.channel = channel;
    this.group = group;
  }

  /**
   * A part's leaf.
   *
   * @param length of its plaintext in bytes
   * @param checksum CRC-32C of its plaintext, or 0 where nobody will compare
   * @param hash 32 bytes
   */
  public record Leaf(int length, int checksum, Bytes hash) {
    /** Checks the length of the hash. */
    public Leaf {
      if (hash.length() != 32 || length < 0) {
        throw new IllegalArgumentException("a leaf of " + hash.length() + " bytes");
      }
    }
  }

  /**
   * Makes a sender's log, whose name survives a power cut when this returns.
   *
   * @throws Fault TARGET_UNWRITABLE, DISK_FULL
   */
  public static LeafLog create(Path path) {
    LeafLog log = open(path, GROUP);
    try {
      log.channel.force(true);
      Path folder = path.toAbsolutePath().getParent();
      if (folder != null) {
        Placement.forceFolder(folder);
      }
      return log;
    } catch (IOException e) {
      log.close();
      throw DiskFault.writing(path, e);
    }
  }

  /**
   * Opens a sender's log again. A crash loses leaves of the last group only: their parts have not
   * left. Where more is missing, or something good follows what is not, leaves may be lost whose
   * parts have left, and nothing could tell any more whether a part sealed again is the same.
   *
   * <p>That refuses one harmless case too: a group of 416 bytes that was not forced may lie on two
   * pages of the disk, and of these a crash may keep the later alone. What was forced is not
   * written down, so this looks the same as damage to leaves whose parts have left.
   *
   * @throws Fault TRANSFER_NOT_RESUMABLE for such a log, and where there is none;
   *     TARGET_UNWRITABLE, DISK_FULL
   */
  public static LeafLog resume(Path path) {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new Fault(
          FaultCode.TRANSFER_NOT_RESUMABLE, "the record of what was sent of it is gone");
    }
    return open(path, GROUP, true);
  }

  /** A receiver's log, made or opened again, that forces by itself when {@code group} wait. */
  static LeafLog open(Path path, int group) {
    return open(path, group, false);
  }

  private static LeafLog open(Path path, int group, boolean sender) {
    try {
      return over(
          path,
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS),
          group,
          sender);
    } catch (IOException e) {
      throw DiskFault.writing(path, e);
    }
  }

  /** A log in an open file; closes it when there is no log to be had. */
  static LeafLog over(Path path, FileChannel channel, int group, boolean sender)
      throws IOException {
    LeafLog log = new LeafLog(path, channel, group);
    try {
      log.find(sender);
      return log;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Counts the leaves and drops what is damaged at the end. */
  private void find(boolean sender) throws IOException {
    long whole = channel.size() / RECORD;
    long good = 0;
    while (good < whole && read(good) != null) {
      good++;
    }
    if (sender) {
      boolean lost = channel.size() > (good + GROUP) * RECORD;
      for (long later = good + 1; later < whole && !lost; later++) {
        lost = read(later) != null;
      }
      if (lost) {
        throw new Fault(
            FaultCode.TRANSFER_NOT_RESUMABLE, "the record of what was sent of it is damaged");
      }
    }
    truncate(good);
  }

  /** Leaves in the log. */
  public long count() {
    return count;
  }

  /** Leaves that survive a power cut: parts below this may leave, or be acknowledged. */
  public long forced() {
    return forced;
  }

  /**
   * Appends the leaf of part {@link #count()}, and forces when a group waits.
   *
   * @throws Fault DISK_FULL, TARGET_UNWRITABLE; then the log is as it was
   */
  public void append(Leaf leaf) {
    usable();
    record.clear().putLong(count).putInt(leaf.length()).putInt(leaf.checksum());
    record.put(leaf.hash().toArray()).putInt(checksum(record.array())).flip();
    try {
      long at = count * RECORD;
      while (record.hasRemaining()) {
        at += channel.write(record, at);
      }
    } catch (IOException e) {
      throw DiskFault.writing(path, e);
    }
    count++;
    if (count - forced >= group) {
      force();
    }
  }

  /**
   * Forces what was appended to the disk.
   *
   * @throws Fault TARGET_UNWRITABLE when the disk fails, full or not: what it failed to write may
   *     look written from here on, so nobody may try again. The log takes nothing more
   */
  public void force() {
    usable();
    if (forced < count) {
      try {
        channel.force(false);
        forced = count;
      } catch (IOException e) {
        stopped = true;
        throw new Fault(
            FaultCode.TARGET_UNWRITABLE, DiskFault.show(path) + " could not be forced", e);
      }
    }
  }

  /**
   * The leaf of a part.
   *
   * @throws Fault PROFILE_CORRUPT when the file was changed meanwhile
   */
  public Leaf leaf(long part) {
    try {
      Leaf leaf = part >= 0 && part < count ? read(part) : null;
      if (leaf == null) {
        throw new Fault(FaultCode.PROFILE_CORRUPT, DiskFault.show(path) + " lost leaf " + part);
      }
      return leaf;
    } catch (IOException e) {
      throw DiskFault.reading(path, e);
    }
  }

  /**
   * Compares the leaf of a part sealed again with the one kept: other bytes must never leave under
   * the same nonces.
   *
   * @throws Fault FILE_CHANGED
   */
  public void check(long part, Bytes hash) {
    if (!leaf(part).hash().equals(hash)) {
      throw new Fault(FaultCode.FILE_CHANGED, "part " + part + " is not what was sent before");
    }
  }

  /**
   * Forgets every leaf from {@code parts} on.
   *
   * @throws Fault TARGET_UNWRITABLE
   */
  public void truncate(long parts) {
    try {
      channel.truncate(parts * RECORD);
      channel.force(true);
      count = parts;
      forced = parts;
    } catch (IOException e) {
      stopped = true;
      throw DiskFault.writing(path, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw DiskFault.writing(path, e);
    }
  }

  /** The leaf at a place, or null when what lies there is not one. */
  private @Nullable Leaf read(long part) throws IOException {
    record.clear();
    while (record.hasRemaining()) {
      if (channel.read(record, part * RECORD + record.position()) < 0) {
        return null;
      }
    }
    record.flip();
    if (record.getLong(0) != part || record.getInt(COVERED) != checksum(record.array())) {
      return null;
    }
    int length = record.getInt(8);
    return length < 0
        ? null
        : new Leaf(length, record.getInt(12), Bytes.of(record.array(), 16, 32));
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, COVERED);
    return (int) crc.getValue();
  }

  private void usable() {
    if (stopped) {
      throw new Fault(FaultCode.TARGET_UNWRITABLE, "the disk failed under " + DiskFault.show(path));
    }
  }
}
