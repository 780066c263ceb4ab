package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.blob;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.relay.store.BlobStore.Extent;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What every store of blobs must do. */
interface BlobStoreContract {
  /** The store under test. */
  BlobStore blobs();

  /** The store after a crash and a new start. */
  BlobStore crashed();

  /** A whole part, different for every index. */
  static byte[] part(long index) {
    return Samples.bytes(WireLimits.partLength(index), index).toArray();
  }

  /** A part cut in four, as it travels. */
  static byte[][] sliced(byte[] part) {
    byte[][] slices = new byte[4][];
    for (int i = 0; i < 4; i++) {
      int from = (int) ((long) part.length * i / 4);
      int to = (int) ((long) part.length * (i + 1) / 4);
      slices[i] = java.util.Arrays.copyOfRange(part, from, to);
    }
    return slices;
  }

  private void write(long from, long to) {
    for (long part = from; part < to; part++) {
      blobs().write(blob(1), part, sliced(part(part)));
    }
  }

  private static void assertFault(FaultCode code, Executable doing) {
    assertEquals(code, assertThrows(Fault.class, doing).code());
  }

  @Test
  default void partsAreReadAsWritten() {
    write(0, 3);
    for (long part = 0; part < 3; part++) {
      assertArrayEquals(part(part), blobs().read(blob(1), part));
    }
    assertEquals(new Extent(0, 3, 0), blobs().extent(blob(1)));
    assertEquals(WireLimits.partStart(3), blobs().sizeOnDisk(blob(1)));
    assertFault(FaultCode.BLOB_UNKNOWN, () -> blobs().read(blob(1), 3));
    assertFault(FaultCode.BLOB_UNKNOWN, () -> blobs().read(blob(2), 0));
  }

  @Test
  default void partsComeInOrderAndOnlyOnce() {
    write(0, 2);
    assertFault(FaultCode.BLOB_CONFLICT, () -> blobs().write(blob(1), 3, part(3)));
    blobs().write(blob(1), 1, part(1));
    assertFault(FaultCode.BLOB_CONFLICT, () -> blobs().write(blob(1), 1, part(65)));
    assertArrayEquals(part(1), blobs().read(blob(1), 1));
    blobs().write(blob(1), 2, new byte[] {1});
    assertFault(FaultCode.BLOB_CONFLICT, () -> blobs().write(blob(1), 3, part(3)));
    assertFault(
        FaultCode.BLOB_CONFLICT, () -> blobs().write(blob(2), 1, new byte[WireLimits.PART + 1]));
    assertFault(FaultCode.BLOB_CONFLICT, () -> blobs().write(blob(2), 1, new byte[0]));
  }

  @Test
  default void forcedPartsSurviveACrash() {
    write(0, 2);
    assertEquals(2, blobs().force(blob(1)));
    write(2, 4);
    assertEquals(new Extent(0, 4, 2), blobs().extent(blob(1)));
    assertEquals(4, blobs().force(blob(1)));
    assertEquals(4, blobs().force(blob(1)));
    BlobStore after = crashed();
    assertEquals(Map.of(blob(1), new Extent(0, 4, 4)), after.recover());
    for (long part = 0; part < 4; part++) {
      assertArrayEquals(part(part), after.read(blob(1), part));
    }
    after.write(blob(1), 4, part(4));
    assertEquals(5, after.force(blob(1)));
  }

  @Test
  default void unforcedTailIsTrimmed() {
    write(0, 2);
    blobs().force(blob(1));
    write(2, 4);
    BlobStore after = crashed();
    assertEquals(Map.of(blob(1), new Extent(0, 2, 2)), after.recover());
    assertFault(FaultCode.BLOB_UNKNOWN, () -> after.read(blob(1), 2));
    after.write(blob(1), 2, part(2));
    assertArrayEquals(part(2), after.read(blob(1), 2));
  }

  @Test
  default void blobMayBeginInTheMiddle() {
    write(70, 72);
    blobs().force(blob(1));
    assertEquals(new Extent(70, 72, 72), blobs().extent(blob(1)));
    assertEquals(2L * WireLimits.PART, blobs().sizeOnDisk(blob(1)));
    BlobStore after = crashed();
    assertEquals(Map.of(blob(1), new Extent(70, 72, 72)), after.recover());
    assertArrayEquals(part(70), after.read(blob(1), 70));
  }

  @Test
  default void wholeSegmentsAreFreed() {
    write(60, 67);
    blobs().force(blob(1));
    blobs().freeBelow(blob(1), 63);
    assertEquals(7L * WireLimits.PART, blobs().sizeOnDisk(blob(1)));
    assertFault(FaultCode.BLOB_UNKNOWN, () -> blobs().read(blob(1), 62));
    assertArrayEquals(part(63), blobs().read(blob(1), 63));
    blobs().freeBelow(blob(1), 65);
    assertEquals(3L * WireLimits.PART, blobs().sizeOnDisk(blob(1)));
    assertEquals(new Extent(65, 67, 67), blobs().extent(blob(1)));
    blobs().freeBelow(blob(1), 60);
    assertEquals(new Extent(65, 67, 67), blobs().extent(blob(1)), "freeing never goes back");
    assertArrayEquals(part(66), blobs().read(blob(1), 66));
  }

  @Test
  default void blobFreedWholeMayBeginAnywhereAgain() {
    write(0, 3);
    blobs().force(blob(1));
    blobs().freeBelow(blob(1), 3);
    assertEquals(Extent.NONE, blobs().extent(blob(1)));
    assertEquals(0, blobs().sizeOnDisk(blob(1)));
    write(7, 9);
    blobs().force(blob(1));
    assertEquals(Map.of(blob(1), new Extent(7, 9, 9)), crashed().recover());
  }

  @Test
  default void deletedBlobIsGone() {
    write(0, 2);
    blobs().force(blob(1));
    blobs().rest(blob(1));
    blobs().delete(blob(1));
    blobs().delete(blob(2));
    assertEquals(Extent.NONE, blobs().extent(blob(1)));
    assertEquals(Map.of(), crashed().recover());
  }
}
