package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.blob;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every byte of a blob's sums, and bytes of its parts: what rots costs the part it belongs to,
 * never another, and is never handed out.
 */
@Timeout(180)
class FlippedBlobByteTest {
  private static final int PARTS = 3;
  private static final int TAIL = 1_000;

  @TempDir Path temp;

  private Path filled() {
    Path folder = temp.resolve("blobs");
    try (FileBlobStore store = FileBlobStore.open(folder)) {
      for (long part = 0; part < PARTS; part++) {
        store.write(blob(1), part, BlobStoreContract.part(part));
      }
      store.write(blob(1), PARTS, Samples.bytes(TAIL, PARTS).toArray());
      store.force(blob(1));
      store.write(blob(2), 0, Samples.bytes(TAIL, 99).toArray());
      store.force(blob(2));
    }
    return folder;
  }

  private static byte[] part(long part) {
    return part < PARTS ? BlobStoreContract.part(part) : Samples.bytes(TAIL, PARTS).toArray();
  }

  private static void flip(Path file, long at, int bit) throws IOException {
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
      opened.seek(at);
      int was = opened.read();
      opened.seek(at);
      opened.write(was ^ (1 << bit));
    }
  }

  /** Parts of the first blob that are not handed out; what is, is right. */
  private static List<Long> lost(Path folder) {
    List<Long> lost = new ArrayList<>();
    try (FileBlobStore store = FileBlobStore.open(folder)) {
      store.recover();
      for (long part = 0; part <= PARTS; part++) {
        try {
          assertArrayEquals(part(part), store.read(blob(1), part));
        } catch (Fault e) {
          assertTrue(
              e.code() == FaultCode.BLOB_CORRUPT || e.code() == FaultCode.BLOB_UNKNOWN,
              e.code().name());
          lost.add(part);
        }
      }
      assertArrayEquals(Samples.bytes(TAIL, 99).toArray(), store.read(blob(2), 0));
    }
    return lost;
  }

  @Test
  void inAnySumCostsItsPart() throws IOException {
    Path folder = filled();
    Path sums = folder.resolve(blob(1).toString()).resolve("000000.sum");
    Path data = folder.resolve(blob(1).toString()).resolve("000000.seg");
    byte[] sound = Files.readAllBytes(sums);
    long length = Files.size(data);
    assertEquals((PARTS + 1) * PartSum.SIZE, sound.length);
    byte[] tail = Samples.bytes(TAIL, PARTS).toArray();
    for (int at = 0; at < sound.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        flip(sums, at, bit);
        assertEquals(List.of((long) at / PartSum.SIZE), lost(folder), "at " + at + "." + bit);
        // Recovery cuts behind the last good sum.
        Files.write(sums, sound);
        if (Files.size(data) < length) {
          try (RandomAccessFile opened = new RandomAccessFile(data.toFile(), "rw")) {
            opened.seek(WireLimits.partStart(PARTS));
            opened.write(tail);
          }
        }
      }
    }
  }

  @Test
  void inAnyByteOfAPartCostsThatPart() throws IOException {
    Path folder = filled();
    Path data = folder.resolve(blob(1).toString()).resolve("000000.seg");
    long seed = new Random().nextLong();
    System.err.println("seed of inAnyByteOfAPartCostsThatPart: " + seed);
    Random random = new Random(seed);
    long length = Files.size(data);
    // Every byte of the short last part, and some of the long ones.
    for (int flip = 0; flip < TAIL + 100; flip++) {
      long at =
          flip < TAIL ? WireLimits.partStart(PARTS) + flip : (long) (random.nextDouble() * length);
      int bit = random.nextInt(8);
      long part = 0;
      while (part < PARTS && WireLimits.partStart(part + 1) <= at) {
        part++;
      }
      flip(data, at, bit);
      assertEquals(List.of(part), lost(folder), "at " + at);
      flip(data, at, bit);
    }
  }
}
