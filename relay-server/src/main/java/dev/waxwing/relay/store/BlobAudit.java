package dev.waxwing.relay.store;

import dev.waxwing.message.BlobId;
import dev.waxwing.wire.WireLimits;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks at every part of blobs that nobody uses, and changes nothing. */
public final class BlobAudit {
  private static final Pattern SEGMENT = Pattern.compile("([0-9]{6,9})\\.seg");

  private final BlobId blob;
  private final Consumer<String> problems;

  private BlobAudit(BlobId blob, Consumer<String> problems) {
    this.blob = blob;
    this.problems = problems;
  }

  /**
   * Looks at the parts of one blob.
   *
   * @param folder the blob's own, which need not exist
   * @param problems takes what is wrong, a line each
   * @return the parts that are there, from the first good one to the last
   */
  public static BlobStore.Extent of(Path folder, BlobId blob, Consumer<String> problems)
      throws IOException {
    return new BlobAudit(blob, problems).look(folder);
  }

  private BlobStore.Extent look(Path folder) throws IOException {
    TreeMap<Long, Path> segments = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Matcher name = SEGMENT.matcher(String.valueOf(file.getFileName()));
          if (name.matches()) {
            segments.put(Long.parseLong(name.group(1)), file);
          }
        }
      }
    }
    long begin = -1;
    long end = -1;
    for (Map.Entry<Long, Path> segment : segments.entrySet()) {
      long first = segment.getKey() * BlobStore.PARTS_PER_SEGMENT;
      @Nullable PartSum[] sums = sums(segment.getValue(), first);
      try (FileChannel data = FileChannel.open(segment.getValue(), StandardOpenOption.READ)) {
        for (int i = 0; i < sums.length; i++) {
          PartSum sum = sums[i];
          if (sum == null) {
            continue;
          }
          long part = first + i;
          if (end >= 0 && part != end) {
            problems.accept(
                "parts " + end + " to " + (part - 1) + " of blob " + blob + " are missing");
          }
          begin = begin < 0 ? part : begin;
          end = part + 1;
          if (!sum.equals(read(data, part, first, sum.length()))) {
            problems.accept("part " + part + " of blob " + blob + " is damaged");
          }
        }
      }
    }
    return begin < 0 ? BlobStore.Extent.NONE : new BlobStore.Extent(begin, end, end);
  }

  private @Nullable PartSum[] sums(Path segment, long first) throws IOException {
    String name = String.valueOf(segment.getFileName());
    Path file = segment.resolveSibling(name.replace(".seg", ".sum"));
    byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    @Nullable PartSum[] sums = new @Nullable PartSum[BlobStore.PARTS_PER_SEGMENT];
    ByteBuffer from = ByteBuffer.wrap(bytes);
    for (int i = 0; i < sums.length && from.remaining() >= PartSum.SIZE; i++) {
      boolean blank = blank(bytes, from.position());
      sums[i] = PartSum.get(from, blob, first + i);
      if (sums[i] == null && !blank) {
        problems.accept("the sum of part " + (first + i) + " of blob " + blob + " is damaged");
      }
    }
    return sums;
  }

  /** Parts that never needed the disk leave a hole in the sums. */
  private static boolean blank(byte[] bytes, int at) {
    for (int i = at; i < at + PartSum.SIZE; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable PartSum read(FileChannel data, long part, long first, int length)
      throws IOException {
    if (length > WireLimits.partLength(part)) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    long at = WireLimits.partStart(part) - WireLimits.partStart(first);
    try {
      while (bytes.hasRemaining()) {
        if (data.read(bytes, at + bytes.position()) < 0) {
          throw new EOFException();
        }
      }
    } catch (EOFException e) {
      return null;
    }
    return PartSum.of(bytes.array());
  }
}
