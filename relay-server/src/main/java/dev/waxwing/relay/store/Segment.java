package dev.waxwing.relay.store;

import dev.waxwing.message.BlobId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Sixty-four parts in one file, each where it stands in the age file, with their sums in another. A
 * sum is written only after its part was forced.
 */
final class Segment {
  private static final int PARTS = BlobStore.PARTS_PER_SEGMENT;

  private final Path data;
  private final Path sums;
  private final BlobId blob;
  private final long begin;
  private final @Nullable PartSum[] known = new @Nullable PartSum[PARTS];
  private final boolean[] unforced = new boolean[PARTS];
  private @Nullable FileChannel open;

  Segment(Path folder, BlobId blob, long index) {
    String name = String.format(java.util.Locale.ROOT, "%06d", index);
    this.data = folder.resolve(name + ".seg");
    this.sums = folder.resolve(name + ".sum");
    this.blob = blob;
    this.begin = index * PARTS;
  }

  /** Reads the sums from disk. */
  void load() throws IOException {
    byte[] bytes = Files.exists(sums) ? Files.readAllBytes(sums) : new byte[0];
    long length = Files.size(data);
    ByteBuffer from = ByteBuffer.wrap(bytes);
    for (int i = 0; i < PARTS && from.remaining() >= PartSum.SIZE; i++) {
      PartSum sum = PartSum.get(from, blob, begin + i);
      known[i] = sum != null && at(begin + i) + sum.length() <= length ? sum : null;
    }
  }

  /** Cuts both files after the last part with a good sum. */
  void cutToLast() throws IOException {
    long last = last();
    PartSum sum = known[place(last)];
    try (FileChannel file = StoreFiles.openFile(sums)) {
      file.truncate((long) PartSum.SIZE * (place(last) + 1));
    }
    channel().truncate(at(last) + (sum == null ? 0 : sum.length()));
  }

  boolean empty() {
    return size() == 0;
  }

  /** Index of the first part here; only when not empty. */
  long first() {
    int i = 0;
    while (known[i] == null) {
      i++;
    }
    return begin + i;
  }

  /** Index of the last part here; only when not empty. */
  long last() {
    int i = PARTS - 1;
    while (known[i] == null) {
      i--;
    }
    return begin + i;
  }

  long size() {
    long size = 0;
    for (PartSum sum : known) {
      size += sum == null ? 0 : sum.length();
    }
    return size;
  }

  @Nullable PartSum sum(long part) {
    return known[place(part)];
  }

  void write(long part, PartSum sum, byte[]... slices) throws IOException {
    FileChannel file = channel();
    long position = at(part);
    for (byte[] slice : slices) {
      ByteBuffer rest = ByteBuffer.wrap(slice);
      while (rest.hasRemaining()) {
        position += file.write(rest, position);
      }
    }
    known[place(part)] = sum;
    unforced[place(part)] = true;
  }

  /** Forces the parts, then writes and forces their sums. */
  void force(FileBlobStore.Forcing forcing) throws IOException {
    force(forcing, channel());
    try (FileChannel file = StoreFiles.openFile(sums)) {
      for (int i = 0; i < PARTS; i++) {
        PartSum sum = known[i];
        if (unforced[i] && sum != null) {
          ByteBuffer form = ByteBuffer.allocate(PartSum.SIZE);
          sum.put(form, blob, begin + i);
          form.flip();
          while (form.hasRemaining()) {
            file.write(form, (long) PartSum.SIZE * i + form.position());
          }
        }
      }
      force(forcing, file);
    }
    java.util.Arrays.fill(unforced, false);
  }

  private static void force(FileBlobStore.Forcing forcing, FileChannel file) throws ForceFailed {
    try {
      forcing.force(file);
    } catch (IOException e) {
      throw new ForceFailed(e);
    }
  }

  byte[] read(long part) throws IOException {
    PartSum sum = known[place(part)];
    if (sum == null) {
      throw damaged(part);
    }
    byte[] bytes = new byte[sum.length()];
    ByteBuffer to = ByteBuffer.wrap(bytes);
    while (to.hasRemaining()) {
      if (channel().read(to, at(part) + to.position()) < 0) {
        throw damaged(part);
      }
    }
    if (!PartSum.of(bytes).equals(sum)) {
      throw damaged(part);
    }
    return bytes;
  }

  void delete() throws IOException {
    rest();
    // The sums first: data without sums is nothing, sums without data would be damage.
    Files.deleteIfExists(sums);
    Files.deleteIfExists(data);
  }

  void rest() throws IOException {
    FileChannel file = open;
    if (file != null) {
      open = null;
      file.close();
    }
  }

  /** Closes the file of a segment that is full; an unforced one stays open for its force. */
  void restQuietly() {
    for (boolean waiting : unforced) {
      if (waiting) {
        return;
      }
    }
    try {
      rest();
    } catch (IOException e) {
      // All of it is forced: closing has nothing left to lose.
    }
  }

  private FileChannel channel() throws IOException {
    FileChannel file = open;
    if (file == null) {
      file = StoreFiles.openFile(data);
      open = file;
    }
    return file;
  }

  /** Where a part starts in this file: its place in the age file less that of the segment. */
  private long at(long part) {
    return WireLimits.partStart(part) - WireLimits.partStart(begin);
  }

  private int place(long part) {
    return (int) (part - begin);
  }

  private Fault damaged(long part) {
    return new Fault(
        FaultCode.BLOB_CORRUPT, "part " + part + " of blob " + blob + " is damaged on the disk");
  }
}
