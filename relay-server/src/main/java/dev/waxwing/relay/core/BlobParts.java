package dev.waxwing.relay.core;

import dev.waxwing.message.Slice;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of one blob are.
 *
 * <pre>
 *        begin          forced      next        tail
 *  ──────┼────────────────┼───────────┼───────────┼──·····
 *  freed │ on disk        │ being     │ in memory │ arriving slices
 *        │                │ written   │ only      │
 * </pre>
 *
 * <p>Without a spool begin, forced and next are one. Every part between the least that all
 * recipients hold and the tail is in memory or forced, so it can be handed to whoever wants it.
 */
final class BlobParts {
  /** A part whole in memory. */
  record Part(List<Frame> slices, int bytes, long arrivedAt) {}

  private final TreeMap<Long, Part> memory = new TreeMap<>();
  private List<Frame> arriving = new ArrayList<>();
  private int arrivingBytes;
  private int arrivingOf;
  private long memoryBytes;
  private long tail;
  private boolean spilling;
  private long begin;
  private long forced;
  private long next;
  private long handed;
  private long freed;
  private @Nullable Long shortPart;
  private int shortBytes;

  /** What was found at the start of the relay. */
  void restore(BlobStore.Extent extent) {
    begin = extent.begin();
    freed = extent.begin();
    forced = extent.forced();
    next = extent.forced();
    handed = extent.forced();
    tail = extent.forced();
    spilling = extent.forced() > extent.begin();
  }

  /** Index after the last whole part. */
  long tail() {
    return tail;
  }

  long memoryBytes() {
    return memoryBytes + arrivingBytes;
  }

  /** Bytes on disk or on their way there; segments go as wholes. */
  long diskBytes() {
    if (!spilling) {
      return 0;
    }
    long segment = freed / BlobStore.PARTS_PER_SEGMENT * BlobStore.PARTS_PER_SEGMENT;
    return start(next) - start(Math.max(begin, segment));
  }

  private long start(long part) {
    long lacking = shortPart != null && part > shortPart ? full(shortPart) - shortBytes : 0;
    return WireLimits.partStart(part) - lacking;
  }

  private static int full(long part) {
    return WireLimits.partLength(part);
  }

  /** Ciphertext bytes up to the tail, as far as is known. */
  private long size() {
    return start(tail);
  }

  boolean lastIsShort() {
    return shortPart != null;
  }

  /** Whether a seal says what is here; the last part's length is not known after a restart. */
  boolean fits(BlobRecord.Seal seal) {
    return seal.parts() == tail
        && betweenParts()
        && (shortPart != null ? seal.size() == size() : seal.size() <= size());
  }

  /** The slices of the part at the tail that are here already. */
  List<Frame> arriving() {
    return arriving;
  }

  boolean betweenParts() {
    return arriving.isEmpty();
  }

  /**
   * Takes the next slice.
   *
   * @return whether it completed a part
   * @throws Fault BLOB_CONFLICT when it is not the next slice of the blob
   */
  boolean add(Slice slice, Frame frame, long now) {
    int length = frame.bodyLength();
    boolean last = slice.of() != full(slice.part());
    if (slice.part() != tail
        || shortPart != null
        || slice.at() != arrivingBytes
        || (slice.at() > 0 && slice.of() != arrivingOf)
        || length != SliceGrid.length(slice)) {
      throw new Fault(FaultCode.BLOB_CONFLICT, "a slice that is not the next one");
    }
    arriving.add(frame);
    arrivingBytes += length;
    arrivingOf = slice.of();
    if (arrivingBytes < slice.of()) {
      return false;
    }
    memory.put(tail, new Part(List.copyOf(arriving), arrivingBytes, now));
    memoryBytes += arrivingBytes;
    if (last) {
      shortPart = tail;
      shortBytes = arrivingBytes;
    }
    tail++;
    forgetArriving();
    return true;
  }

  void forgetArriving() {
    arriving = new ArrayList<>();
    arrivingBytes = 0;
  }

  @Nullable Part inMemory(long part) {
    return memory.get(part);
  }

  boolean onDisk(long part) {
    return spilling && part >= begin && part >= freed && part < forced;
  }

  boolean available(long part) {
    return memory.containsKey(part) || onDisk(part);
  }

  /**
   * Every part below is forced or held by all.
   *
   * @param heldByAll least prefix that every recipient holds
   */
  long safe(long heldByAll) {
    return spilling && begin <= heldByAll ? Math.max(heldByAll, forced) : heldByAll;
  }

  /**
   * Goes on at {@code part}, everything below being held by all that want it although it never came
   * here. Does nothing while the disk may hold parts beyond.
   */
  void skipTo(long part) {
    if (part > tail && !spilling) {
      tail = part;
      forgetArriving();
    }
  }

  /** Parts whole in memory, in bytes. */
  long wholeBytes() {
    return memoryBytes;
  }

  /** The first part that is not handed to the spool. */
  long next() {
    return next;
  }

  /** When the oldest part in memory from {@code part} on came; the largest number without any. */
  long since(long part) {
    Map.Entry<Long, Part> oldest = memory.ceilingEntry(part);
    return oldest == null ? Long.MAX_VALUE : oldest.getValue().arrivedAt();
  }

  boolean spilling() {
    return spilling;
  }

  /** Begins to write, from {@code part} on. */
  void beginSpool(long part) {
    spilling = true;
    begin = part;
    forced = part;
    next = part;
    handed = part;
    freed = part;
  }

  /**
   * The next part to be written, if it is whole. The first of a spool goes alone: an empty spool
   * takes any part, so one that fails must not be followed by others.
   */
  Map.@Nullable Entry<Long, Part> takeUnwritten() {
    boolean firstUnderWay = next > begin && forced == begin;
    if (!spilling || next >= tail || firstUnderWay) {
      return null;
    }
    Part part = memory.get(next);
    if (part == null) {
      return null;
    }
    handed = Math.max(handed, next + 1);
    return Map.entry(next++, part);
  }

  /**
   * Whether a part is with the disk and not known to be forced; it may have left memory already.
   * News of any other is late: of a spool that was left, or of parts cut off meanwhile.
   */
  boolean underWay(long part) {
    return spilling && part >= forced && part < next;
  }

  void forced(long upTo) {
    forced = Math.max(forced, Math.min(upTo, next));
  }

  /**
   * Beyond every part that was ever handed to this spool: with all below freed, the disk has
   * nothing of it.
   */
  long handed() {
    return handed;
  }

  /** Nobody needs what is on disk: from here on parts live in memory until they must not. */
  void leaveSpool() {
    spilling = false;
  }

  /** Forgets every part from {@code part} on: the uploader will send them again. */
  void cutTo(long part) {
    Map<Long, Part> cut = memory.tailMap(part, true);
    drop(cut);
    forgetArriving();
    tail = part;
    next = Math.min(next, part);
    if (shortPart != null && shortPart >= part) {
      shortPart = null;
    }
  }

  /**
   * Lets go of what all hold.
   *
   * @return where the spool can be freed up to, or -1 when no whole segment can
   */
  long dropHeld(long heldByAll) {
    drop(memory.headMap(heldByAll, false));
    if (!spilling) {
      return -1;
    }
    long boundary =
        Math.min(heldByAll, forced - 1) / BlobStore.PARTS_PER_SEGMENT * BlobStore.PARTS_PER_SEGMENT;
    if (boundary <= freed) {
      return -1;
    }
    freed = boundary;
    return boundary;
  }

  /** Lets go of parts in memory that are on disk, oldest first, while memory is above a limit. */
  void dropForced(long above) {
    while (spilling && memoryBytes > above && !memory.isEmpty() && onDisk(memory.firstKey())) {
      drop(memory.headMap(memory.firstKey(), true));
    }
  }

  private void drop(Map<Long, Part> parts) {
    for (Iterator<Part> dropped = parts.values().iterator(); dropped.hasNext(); ) {
      memoryBytes -= dropped.next().bytes();
      dropped.remove();
    }
  }
}
