package dev.waxwing.relay.store;

import dev.waxwing.message.BlobId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One blob's segments. One thread at a time. */
final class BlobFolder {
  private static final Pattern SEGMENT = Pattern.compile("([0-9]{6,9})\\.seg");

  private final Path folder;
  private final BlobId blob;
  private final TreeMap<Long, Segment> segments = new TreeMap<>();
  private BlobStore.Extent extent = BlobStore.Extent.NONE;
  private boolean namesToForce;
  private @Nullable Segment lastRead;

  BlobFolder(Path folder, BlobId blob) {
    this.folder = folder;
    this.blob = blob;
  }

  BlobStore.Extent extent() {
    return extent;
  }

  /** Bytes of the parts that are on disk. */
  long size() {
    return segments.values().stream().mapToLong(Segment::size).sum();
  }

  /**
   * Reads the sums and cuts off what follows the last good one. A part without a good sum before
   * that is damaged, not missing: its bytes were forced once.
   */
  BlobStore.Extent recover() throws IOException {
    rest();
    segments.clear();
    extent = BlobStore.Extent.NONE;
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.toList();
    }
    for (Path file : files) {
      var name = SEGMENT.matcher(file.getFileName().toString());
      if (name.matches()) {
        long index = Long.parseLong(name.group(1));
        Segment segment = new Segment(folder, blob, index);
        segment.load();
        segments.put(index, segment);
      }
    }
    while (!segments.isEmpty() && segments.lastEntry().getValue().empty()) {
      segments.pollLastEntry().getValue().delete();
    }
    while (!segments.isEmpty() && segments.firstEntry().getValue().empty()) {
      segments.pollFirstEntry().getValue().delete();
    }
    if (!segments.isEmpty()) {
      Segment last = segments.lastEntry().getValue();
      last.cutToLast();
      extent =
          new BlobStore.Extent(
              segments.firstEntry().getValue().first(), last.last() + 1, last.last() + 1);
    }
    return extent;
  }

  /** Writes the next part, or finds it here already. */
  void write(long part, byte[]... slices) throws IOException {
    PartSum sum = PartSum.of(slices);
    if (part < 0
        || part >= WireLimits.MAX_PARTS
        || sum.length() < 1
        || sum.length() > WireLimits.partLength(part)) {
      throw conflict("part " + part + " with " + sum.length() + " bytes is none");
    }
    if (extent.holds(part)) {
      if (!sum.equals(segment(part).sum(part))) {
        throw conflict("part " + part + " came again with other bytes");
      }
      return;
    }
    boolean empty = extent.begin() == extent.end();
    if (!empty && part != extent.end()) {
      throw conflict("part " + part + " where part " + extent.end() + " belongs");
    }
    PartSum before = empty ? null : segment(part - 1).sum(part - 1);
    if (before != null && before.length() < WireLimits.partLength(part - 1)) {
      throw conflict("part " + part + " after the last, short one");
    }
    long index = part / BlobStore.PARTS_PER_SEGMENT;
    Segment target = segments.get(index);
    if (target == null) {
      StoreFiles.makeFolder(folder);
      segments.values().forEach(Segment::restQuietly);
      target = new Segment(folder, blob, index);
      segments.put(index, target);
      namesToForce = true;
    }
    target.write(part, sum, slices);
    extent =
        new BlobStore.Extent(
            empty ? part : extent.begin(), part + 1, empty ? part : extent.forced());
  }

  /** Forces data, then writes and forces sums, then names: a sum on disk vouches for its part. */
  long force(FileBlobStore.Forcing forcing) throws IOException {
    if (extent.forced() == extent.end() && !namesToForce) {
      return extent.forced();
    }
    for (Segment segment :
        segments.tailMap(extent.forced() / BlobStore.PARTS_PER_SEGMENT).values()) {
      segment.force(forcing);
    }
    if (namesToForce) {
      forceNames(folder);
      forceNames(Objects.requireNonNull(folder.getParent()));
      namesToForce = false;
    }
    extent = new BlobStore.Extent(extent.begin(), extent.end(), extent.end());
    return extent.forced();
  }

  byte[] read(long part) throws IOException {
    if (!extent.holds(part)) {
      throw new Fault(FaultCode.BLOB_UNKNOWN, "part " + part + " of " + blob + " is not here");
    }
    Segment segment = segments.get(part / BlobStore.PARTS_PER_SEGMENT);
    if (segment == null) {
      throw new Fault(FaultCode.BLOB_CORRUPT, "the segment of part " + part + " is missing");
    }
    if (segment != lastRead && lastRead != null) {
      lastRead.restQuietly();
    }
    lastRead = segment;
    return segment.read(part);
  }

  void freeBelow(long part) throws IOException {
    if (part <= extent.begin()) {
      return;
    }
    boolean all = part >= extent.end();
    long keep = all ? Long.MAX_VALUE : part / BlobStore.PARTS_PER_SEGMENT;
    // All of it goes from the end: recipients may lack the last parts, and must not seem to hold
    // what lies before them, as everybody does who has what lies before the first part on disk.
    Map<Long, Segment> freed = all ? segments.descendingMap() : segments.headMap(keep);
    boolean any = !freed.isEmpty();
    for (Segment segment : freed.values()) {
      segment.delete();
    }
    freed.clear();
    if (any) {
      // Else a power cut could bring some of them back, with a hole before the parts that follow.
      forceNames(folder);
    }
    extent =
        all
            ? BlobStore.Extent.NONE
            : new BlobStore.Extent(part, extent.end(), Math.max(part, extent.forced()));
  }

  void rest() throws IOException {
    for (Segment segment : segments.values()) {
      segment.rest();
    }
  }

  void delete() throws IOException {
    rest();
    segments.clear();
    extent = BlobStore.Extent.NONE;
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
    Files.delete(folder);
  }

  private Segment segment(long part) {
    Segment found = segments.get(part / BlobStore.PARTS_PER_SEGMENT);
    if (found == null) {
      throw new Fault(FaultCode.BLOB_CORRUPT, "the segment of part " + part + " is missing");
    }
    return found;
  }

  private static void forceNames(Path folder) throws ForceFailed {
    try {
      StoreFiles.forceFolder(folder);
    } catch (IOException e) {
      throw new ForceFailed(e);
    }
  }

  private Fault conflict(String what) {
    return new Fault(FaultCode.BLOB_CONFLICT, what + ", in blob " + blob);
  }
}
