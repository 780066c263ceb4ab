package dev.waxwing.peer.files;

import dev.waxwing.wire.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks a tar from a stranger into {@code NAME.part/}: pax, ustar, GNU long names. Files and
 * directories only, nothing outside the folder, nothing replaced. Feed it bytes in order, as they
 * come; it holds one block and the headers of one entry. One thread.
 *
 * <p>It keeps no place to go on from: a receiver keeps the tar in a {@link PartFile}, unpacks when
 * the root agrees, and after a crash unpacks again from the start.
 */
public final class Unpacker implements AutoCloseable {
  /** Longest extended header in bytes. */
  private static final int LONGEST_EXTENSION = 1 << 20;

  private static final int MOST_REPORTED = 1000;

  private final UnpackFolder folder;
  private final String top;
  private final ByteBuffer block = ByteBuffer.allocate(TarHeader.BLOCK);
  private final List<String> skipped = new ArrayList<>();

  /** Bytes of the entry's data still to come, and of the zeros behind them. */
  private long remaining;

  private int padding;
  private boolean ended;

  /** Where the data goes: neither means it is passed over. */
  private @Nullable ByteBuffer extension;

  private char extensionType;
  private UnpackFolder.@Nullable Out file;

  /** What the extended headers before an entry said about it. */
  private @Nullable String longName;

  private long longSize = -1;
  private boolean sparse;

  /**
   * Starts with an empty folder; one left by an interrupted attempt is emptied.
   *
   * @param folder {@code NAME.part}, in the folder where it is to stay
   * @param remoteName under which the folder was offered: entries below a directory of that name
   *     move up
   * @throws Fault TARGET_UNWRITABLE, DISK_FULL
   */
  public Unpacker(Path folder, String remoteName) {
    this.folder = UnpackFolder.empty(folder);
    this.top = remoteName;
  }

  /**
   * Takes the next bytes of the tar, all of them.
   *
   * @throws Fault ARCHIVE_INVALID, DISK_FULL, TARGET_UNWRITABLE; after any the unpacker is done for
   */
  public void accept(ByteBuffer tar) {
    while (tar.hasRemaining()) {
      if (ended) {
        tar.position(tar.limit());
      } else if (remaining > 0) {
        data(tar);
      } else if (padding > 0) {
        int length = Math.min(padding, tar.remaining());
        tar.position(tar.position() + length);
        padding -= length;
      } else {
        header(tar);
      }
    }
  }

  /** Names of entries left out – links, devices, what is unknown – at most the first 1000. */
  public List<String> skipped() {
    return List.copyOf(skipped);
  }

  /**
   * Checks that the tar was whole, forces everything, and gives the folder its name. OVERWRITE
   * never replaces a folder: it takes a free name as RENAME does.
   *
   * @return where it is; empty when the name is taken and SKIP was wanted
   * @throws Fault ARCHIVE_INVALID, TARGET_UNWRITABLE, DISK_FULL
   */
  public Optional<Path> complete(String name, OnClash onClash) {
    if (remaining > 0 || padding > 0 || block.position() > 0) {
      throw TarHeader.invalid("it ends within an entry");
    }
    return folder.complete(name, onClash);
  }

  /** Closes the file being written, if any. */
  @Override
  public void close() {
    if (file != null) {
      file.close();
      file = null;
    }
  }

  private void data(ByteBuffer tar) {
    int length = (int) Math.min(remaining, tar.remaining());
    ByteBuffer slice = tar.slice(tar.position(), length);
    if (extension != null) {
      extension.put(slice);
    } else if (file != null) {
      file.write(slice);
    }
    tar.position(tar.position() + length);
    remaining -= length;
    if (remaining == 0) {
      endOfData();
    }
  }

  private void endOfData() {
    close();
    if (extension != null) {
      byte[] body = extension.array();
      extension = null;
      switch (extensionType) {
        case TarHeader.PAX -> pax(PaxRecords.parse(body));
        case 'L' -> longName = cString(body);
        default -> {}
      }
    }
  }

  private void header(ByteBuffer tar) {
    while (block.hasRemaining() && tar.hasRemaining()) {
      block.put(tar.get());
    }
    if (block.hasRemaining()) {
      return;
    }
    block.clear();
    byte[] bytes = block.array();
    if (isZero(bytes)) {
      ended = true;
      return;
    }
    TarHeader header = TarHeader.parse(bytes);
    switch (header.type()) {
      case TarHeader.PAX, 'g', 'L', 'K' -> extension(header);
      default -> entry(header);
    }
  }

  private void extension(TarHeader header) {
    if (header.size() > LONGEST_EXTENSION) {
      throw TarHeader.invalid("an extended header of " + header.size() + " bytes");
    }
    extensionType = header.type();
    extension = ByteBuffer.allocate((int) header.size());
    expect(header.size());
  }

  private void entry(TarHeader header) {
    String name = longName == null ? header.name() : longName;
    long size = longSize < 0 ? header.size() : longSize;
    boolean unreadable = sparse;
    longName = null;
    longSize = -1;
    sparse = false;
    boolean regular = header.type() == TarHeader.FILE || header.type() == '7';
    List<String> path = TarPath.segments(name, top);
    if (header.type() == TarHeader.DIRECTORY || regular && name.endsWith("/")) {
      folder.directory(path);
      // A directory has no data, though some old writers give it a size.
      size = 0;
    } else if (regular && !unreadable && !path.isEmpty()) {
      file = folder.file(path, (header.mode() & 0100) != 0, header.modified());
    } else {
      skip(name);
      // Links and devices carry no data, whatever their size says (POSIX.1-2017, pax).
      size = "12346".indexOf(header.type()) >= 0 ? 0 : size;
    }
    expect(size);
  }

  private void expect(long size) {
    remaining = size;
    padding = (int) Math.floorMod(-size, (long) TarHeader.BLOCK);
    if (size == 0) {
      endOfData();
    }
  }

  private void pax(Map<String, String> records) {
    longName = records.getOrDefault("path", longName);
    String size = records.get("size");
    if (size != null) {
      longSize = PaxRecords.number(size);
    }
    sparse |= records.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse."));
  }

  private void skip(String name) {
    if (skipped.size() < MOST_REPORTED) {
      skipped.add(name);
    }
  }

  private static String cString(byte[] body) {
    int end = 0;
    while (end < body.length && body[end] != 0) {
      end++;
    }
    return new String(body, 0, end, StandardCharsets.UTF_8);
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
