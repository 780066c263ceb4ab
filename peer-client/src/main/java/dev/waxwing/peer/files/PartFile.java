package dev.waxwing.peer.files;

import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A file being received: the plaintext in {@code NAME.MARK.part}, the leaves beside it in {@code
 * NAME.MARK.part.leaves}. The mark is this transfer's alone: whoever goes on with it, or deletes it
 * once more, meets nothing of another. Data is forced before its leaves, so a leaf that is there
 * speaks for data that is. It gets its name only when it is whole. One thread, but for {@link
 * Batch#force}.
 *
 * <p>The end, in this order, each step repeatable after a crash: {@link #complete}, the caller
 * remembers the result, {@link #remove}.
 */
public final class PartFile implements AutoCloseable {
  /** Most parts written but not forced; one more forces them all. */
  public static final int MOST_WAITING = 64;

  private static final String PART = ".part";
  private static final String LEAVES = ".leaves";
  private static final SecureRandom MARKS = new SecureRandom();

  /** Parts read again on resume: the newest, which a disk that lies about forcing loses first. */
  private static final int COMPARED = 8;

  private static final OpenOption[] OPTIONS = {
    StandardOpenOption.CREATE,
    StandardOpenOption.READ,
    StandardOpenOption.WRITE,
    LinkOption.NOFOLLOW_LINKS
  };

  private final Path path;
  private final FileChannel data;
  private final PastCache pastCache;
  private final LeafLog leaves;
  private List<LeafLog.Leaf> waiting = new ArrayList<>();
  private long written;
  private boolean ended;

  // The thread that forces; read by any.
  private volatile long held;
  private volatile boolean stopped;

  PartFile(Path path, FileChannel data, LeafLog leaves) {
    this.path = path;
    this.data = data;
    this.pastCache = PastCache.of(path);
    this.leaves = leaves;
  }

  /** Parts that were written and go to the disk together. */
  public final class Batch {
    private final List<LeafLog.Leaf> parts;

    private Batch(List<LeafLog.Leaf> parts) {
      this.parts = parts;
    }

    /**
     * Forces the data, then its leaves. Any thread, while further parts are written; one batch
     * after the other, and {@link PartFile#leaf}, {@link PartFile#complete} and {@link
     * PartFile#close} only after the last.
     *
     * @throws Fault when the disk fails: {@link #close} and {@link #open} the file, the parts that
     *     waited must come again
     */
    public void force() {
      usable();
      if (parts.isEmpty()) {
        return;
      }
      boolean forced = false;
      try {
        data.force(false);
        parts.forEach(leaves::append);
        leaves.force();
        forced = true;
      } catch (IOException e) {
        throw DiskFault.writing(path, e);
      } finally {
        if (!forced) {
          forget();
        }
      }
      held = leaves.forced();
    }
  }

  /**
   * After a failed forcing the system may have dropped what it could not write, and still show it:
   * whoever opens the file again must find only what was forced before.
   */
  private void forget() {
    stopped = true;
    try {
      leaves.truncate(held);
    } catch (Fault fault) {
      // The same disk; cut in the system's view, which is what a retry reads.
      return;
    }
  }

  /**
   * Where a file goes while it is received: under a safe form of its name, with a mark that no
   * other transfer has. Nothing is made yet, so that it can be remembered first.
   */
  public static Path place(Path folder, String remoteName) {
    byte[] mark = new byte[4];
    MARKS.nextBytes(mark);
    return SafeName.in(
        folder, SafeName.of(remoteName) + "." + HexFormat.of().formatHex(mark) + PART);
  }

  /**
   * Begins a file, or goes on with it: counts the parts whose leaf and data are both there, and
   * forgets the rest. Where the data is gone it starts again.
   *
   * @param path as {@link #place} gave it
   * @throws Fault TARGET_UNWRITABLE, DISK_FULL
   */
  public static PartFile open(Path path) {
    try {
      PartFile file =
          new PartFile(
              path, FileChannel.open(path, OPTIONS), LeafLog.open(leavesOf(path), MOST_WAITING));
      file.recover();
      return file;
    } catch (IOException e) {
      throw DiskFault.writing(path, e);
    }
  }

  /** Where the data is: {@code NAME.MARK.part}. */
  public Path path() {
    return path;
  }

  /** Parts forced with their leaves: what may be acknowledged. */
  public long held() {
    return held;
  }

  /** Parts written, forced or not: the index of the next. */
  public long written() {
    return written;
  }

  /** Takes the parts that wait to be forced; the caller has them forced in this order. */
  public Batch batch() {
    Batch batch = new Batch(waiting);
    waiting = new ArrayList<>();
    return batch;
  }

  /** The leaf of a part below {@link #held()}. */
  public Bytes leaf(long part) {
    return leaves.leaf(part).hash();
  }

  /**
   * Writes the next part; one that is there already is passed over.
   *
   * @param plaintext its bytes; only the last part of a file may have fewer than {@link
   *     AgeWriter#PART_PLAINTEXT}
   * @throws Fault DISK_FULL or TARGET_UNWRITABLE; the part may be written again when there is room
   */
  public void write(long part, Bytes leaf, ByteBuffer plaintext) {
    usable();
    int length = plaintext.remaining();
    if (part < written()) {
      return;
    }
    if (part > written() || ended || length > AgeWriter.PART_PLAINTEXT) {
      throw new IllegalArgumentException("part " + part + " of " + length + " bytes");
    }
    CRC32C crc = new CRC32C();
    crc.update(plaintext.duplicate());
    ByteBuffer from = plaintext.duplicate();
    try {
      long at = part * AgeWriter.PART_PLAINTEXT;
      at += pastCache.write(from, at);
      while (from.hasRemaining()) {
        at += data.write(from, at);
      }
    } catch (IOException e) {
      throw DiskFault.writing(path, e);
    }
    plaintext.position(plaintext.limit());
    written++;
    waiting.add(new LeafLog.Leaf(length, (int) crc.getValue(), leaf));
    ended = length < AgeWriter.PART_PLAINTEXT;
    if (waiting.size() >= MOST_WAITING) {
      force();
    }
  }

  /**
   * Forces the data, then its leaves.
   *
   * @throws Fault when the disk fails: {@link #close} and {@link #open} it, the parts that waited
   *     must come again
   */
  public void force() {
    batch().force();
  }

  /**
   * Gives the file its name, in the folder where it is; the caller has compared root and size. May
   * be called again after a crash and then finds what it has done.
   *
   * @param name a safe one
   * @return where the file is; empty when the name is taken and stays with who has it
   * @throws Fault TARGET_UNWRITABLE, DISK_FULL
   */
  public Optional<Path> complete(String name, OnClash onClash) {
    force();
    try {
      data.force(true);
      Path folder = folder();
      Optional<Path> placed = new Placement(folder, name).file(path, onClash);
      Placement.forceFolder(folder);
      return placed;
    } catch (IOException e) {
      throw DiskFault.writing(path, e);
    }
  }

  /** Closes and deletes {@code NAME.MARK.part} and the leaves: after completion, or to give up. */
  public void remove() {
    close();
    discard(path);
  }

  /**
   * Deletes all there is of a file that nobody has open, as far as it can; may be repeated.
   *
   * @param path as {@link #place} gave it
   * @throws Fault TARGET_UNWRITABLE
   */
  public static void discard(Path path) {
    IOException failed = null;
    for (Path each : List.of(path, leavesOf(path), Placement.secondOf(path))) {
      try {
        Files.deleteIfExists(each);
      } catch (IOException e) {
        failed = e;
      }
    }
    try {
      UnpackFolder.delete(unpacking(path));
    } catch (IOException e) {
      failed = e;
    }
    if (failed != null) {
      throw DiskFault.writing(path, failed);
    }
  }

  /** Closes the files; what was not forced is lost. */
  @Override
  public void close() {
    try (leaves;
        pastCache) {
      data.close();
    } catch (IOException e) {
      throw DiskFault.writing(path, e);
    }
  }

  private void recover() throws IOException {
    long end = data.size();
    long parts = 0;
    while (parts < leaves.count()
        && !ended
        && parts * AgeWriter.PART_PLAINTEXT + leaves.leaf(parts).length() <= end) {
      ended = leaves.leaf(parts).length() < AgeWriter.PART_PLAINTEXT;
      parts++;
    }
    long sure = Math.max(0, parts - COMPARED);
    while (sure < parts && isThere(sure)) {
      sure++;
    }
    leaves.truncate(sure);
    written = sure;
    held = sure;
    ended = sure > 0 && leaves.leaf(sure - 1).length() < AgeWriter.PART_PLAINTEXT;
    data.truncate(length());
  }

  /** Bytes of plaintext forced with their leaves. */
  public long length() {
    long parts = leaves.count();
    return parts == 0
        ? 0
        : (parts - 1) * AgeWriter.PART_PLAINTEXT + leaves.leaf(parts - 1).length();
  }

  private boolean isThere(long part) throws IOException {
    LeafLog.Leaf leaf = leaves.leaf(part);
    ByteBuffer bytes = ByteBuffer.allocate(leaf.length());
    long from = part * AgeWriter.PART_PLAINTEXT;
    while (bytes.hasRemaining() && data.read(bytes, from + bytes.position()) >= 0) {
      continue;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.flip());
    return bytes.limit() == leaf.length() && (int) crc.getValue() == leaf.checksum();
  }

  private Path folder() {
    Path parent = path.toAbsolutePath().getParent();
    return parent == null ? path.toAbsolutePath() : parent;
  }

  /** Where a folder is unpacked to from what was received in {@code part}. */
  public static Path unpacking(Path part) {
    return part.resolveSibling(part.getFileName() + ".folder");
  }

  private static Path leavesOf(Path part) {
    return part.resolveSibling(part.getFileName() + LEAVES);
  }

  private void usable() {
    if (stopped) {
      throw new Fault(FaultCode.TARGET_UNWRITABLE, "the disk failed under " + DiskFault.show(path));
    }
  }
}
