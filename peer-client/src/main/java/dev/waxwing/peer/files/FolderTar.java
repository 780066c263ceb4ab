package dev.waxwing.peer.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A listing as one tar (pax, POSIX.1-2017), byte for byte the same each time and readable from any
 * offset. A file is compared with its stamp when it is opened and when it has been read.
 */
public final class FolderTar implements Source {
  private static final int END = 2 * TarHeader.BLOCK;

  private final List<Listing.Entry> entries;

  /** Where each entry's header starts; one more for the end blocks. */
  private final long[] starts;

  private int openEntry = -1;
  private @Nullable FileChannel channel;

  /** The tar of a listing; opens nothing yet. */
  public FolderTar(Listing listing) {
    this.entries = listing.entries();
    this.starts = new long[entries.size() + 1];
    for (int i = 0; i < entries.size(); i++) {
      Listing.Entry entry = entries.get(i);
      long size = entry.stamp().size();
      long padding = Math.floorMod(-size, (long) TarHeader.BLOCK);
      starts[i + 1] = starts[i] + TarHeader.of(entry).length + size + padding;
    }
  }

  @Override
  public long size() {
    return starts[entries.size()] + END;
  }

  @Override
  public void read(long from, ByteBuffer into) {
    long at = from;
    while (into.hasRemaining() && at < size()) {
      int found = Arrays.binarySearch(starts, at);
      int index = found >= 0 ? found : -found - 2;
      int before = into.position();
      if (index == entries.size()) {
        zeros(into, size() - at);
      } else {
        readEntry(index, at - starts[index], into);
      }
      at += into.position() - before;
    }
  }

  @Override
  public void verify() {
    for (Listing.Entry entry : entries) {
      if (entry.kind() != Listing.Kind.DIRECTORY) {
        unchanged(entry);
      }
    }
  }

  @Override
  public void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw DiskFault.reading(entries.get(openEntry).source(), e);
      } finally {
        channel = null;
        openEntry = -1;
      }
    }
  }

  private void readEntry(int index, long offset, ByteBuffer into) {
    Listing.Entry entry = entries.get(index);
    byte[] header = TarHeader.of(entry);
    if (offset < header.length) {
      into.put(header, (int) offset, (int) Math.min(header.length - offset, into.remaining()));
      return;
    }
    long position = offset - header.length;
    long size = entry.stamp().size();
    if (position >= size) {
      zeros(into, starts[index + 1] - starts[index] - offset);
      return;
    }
    try {
      int before = into.position();
      FileSource.fill(entry.source(), open(index), position, into, size);
      if (position + into.position() - before == size) {
        unchanged(entry);
        close();
      }
    } catch (IOException e) {
      throw DiskFault.reading(entry.source(), e);
    }
  }

  private FileChannel open(int index) throws IOException {
    if (channel == null || openEntry != index) {
      close();
      Listing.Entry entry = entries.get(index);
      channel = FileSource.channel(entry.source(), entry.stamp());
      openEntry = index;
    }
    return channel;
  }

  private static void unchanged(Listing.Entry entry) {
    try {
      if (FileStamp.of(entry.source()).equals(entry.stamp())) {
        return;
      }
    } catch (IOException e) {
      // Gone is changed as well.
    }
    throw DiskFault.changed(entry.source());
  }

  private static void zeros(ByteBuffer into, long most) {
    int length = (int) Math.min(most, into.remaining());
    into.put(new byte[length]);
  }
}
