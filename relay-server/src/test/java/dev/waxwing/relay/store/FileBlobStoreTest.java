package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.BlobStoreContract.part;
import static dev.waxwing.relay.store.Samples.blob;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.relay.store.BlobStore.Extent;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, for blobs in files, and what only files can suffer. */
class FileBlobStoreTest implements BlobStoreContract {
  @TempDir Path temp;
  private Path folder;
  private BlobStore blobs;

  @BeforeEach
  void open() {
    folder = temp.resolve("blobs");
    blobs = FileBlobStore.open(folder);
    blobs.recover();
  }

  @AfterEach
  void close() {
    blobs.close();
  }

  @Override
  public BlobStore blobs() {
    return blobs;
  }

  /** What a process that died leaves: files as written so far, nothing closed. */
  @Override
  public BlobStore crashed() {
    return FileBlobStore.open(folder);
  }

  private Path file(String name) {
    return folder.resolve(blob(1).toString()).resolve(name);
  }

  private void write(long parts) {
    for (long part = 0; part < parts; part++) {
      blobs.write(blob(1), part, part(part));
    }
    blobs.force(blob(1));
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
      opened.seek(at);
      int was = opened.read();
      opened.seek(at);
      opened.write(was ^ 1);
    }
  }

  private static FaultCode codeOf(org.junit.jupiter.api.function.Executable doing) {
    return assertThrows(Fault.class, doing).code();
  }

  @Test
  void segmentsOneAfterAnotherAreTheAgeFile() throws Exception {
    MessageDigest in = MessageDigest.getInstance("SHA-256");
    for (long part = 0; part < 66; part++) {
      in.update(part(part));
    }
    byte[] last = Samples.bytes(1000, 66).toArray();
    in.update(last);
    write(66);
    blobs.write(blob(1), 66, last);
    blobs.force(blob(1));
    MessageDigest out = MessageDigest.getInstance("SHA-256");
    out.update(Files.readAllBytes(file("000000.seg")));
    out.update(Files.readAllBytes(file("000001.seg")));
    assertEquals(HexFormat.of().formatHex(in.digest()), HexFormat.of().formatHex(out.digest()));
    assertArrayEquals(last, blobs.read(blob(1), 66));
    blobs.freeBelow(blob(1), 64);
    assertFalse(Files.exists(file("000000.seg")));
    assertFalse(Files.exists(file("000000.sum")));
    assertTrue(Files.exists(file("000001.seg")));
  }

  @Test
  void deletionCutShortLeavesTheBeginning() throws Exception {
    blobs.write(blob(1), 63, part(63));
    blobs.write(blob(1), 64, part(64));
    blobs.force(blob(1));
    // A folder with something in it stands in for whatever interrupts: it cannot be deleted.
    Path sums = file("000000.sum");
    Files.move(sums, temp.resolve("kept"));
    Files.createDirectories(sums.resolve("in the way"));
    assertEquals(FaultCode.STORE_STOPPED, codeOf(() -> blobs.freeBelow(blob(1), 65)));
    Files.delete(sums.resolve("in the way"));
    Files.delete(sums);
    Files.move(temp.resolve("kept"), sums);
    blobs = crashed();
    assertEquals(new Extent(63, 64, 64), blobs.recover().get(blob(1)));
  }

  @Test
  void flippedByteIsFoundAndCostsThatPartAlone() throws Exception {
    write(3);
    flip(file("000000.seg"), WireLimits.partStart(1) + 77);
    for (BlobStore store : new BlobStore[] {blobs, crashed()}) {
      assertEquals(new Extent(0, 3, 3), store.recover().get(blob(1)));
      assertEquals(FaultCode.BLOB_CORRUPT, codeOf(() -> store.read(blob(1), 1)));
      assertArrayEquals(part(0), store.read(blob(1), 0));
      assertArrayEquals(part(2), store.read(blob(1), 2));
    }
  }

  @Test
  void flippedSumCostsThatPartAlone() throws Exception {
    write(3);
    flip(file("000000.sum"), PartSum.SIZE + 2);
    BlobStore after = crashed();
    assertEquals(new Extent(0, 3, 3), after.recover().get(blob(1)));
    assertEquals(FaultCode.BLOB_CORRUPT, codeOf(() -> after.read(blob(1), 1)));
    assertArrayEquals(part(2), after.read(blob(1), 2));
  }

  @Test
  void sumsOfAnotherBlobAreNone() throws Exception {
    write(2);
    Path other = Files.createDirectory(folder.resolve(blob(9).toString()));
    for (String name : new String[] {"000000.seg", "000000.sum"}) {
      Files.copy(file(name), other.resolve(name));
    }
    assertEquals(Extent.NONE, crashed().recover().get(blob(9)));
  }

  @Test
  void tornTailIsTrimmedToTheLastWholePart() throws Exception {
    write(3);
    try (RandomAccessFile data = new RandomAccessFile(file("000000.seg").toFile(), "rw")) {
      data.setLength(WireLimits.partStart(2) + 5000);
    }
    BlobStore after = crashed();
    assertEquals(new Extent(0, 2, 2), after.recover().get(blob(1)));
    assertEquals(WireLimits.partStart(2), Files.size(file("000000.seg")));
    after.write(blob(1), 2, part(2));
    assertArrayEquals(part(2), after.read(blob(1), 2));
  }

  @Test
  void missingSegmentInTheMiddleIsDamageNotTheEnd() throws Exception {
    for (long part = 62; part < 130; part++) {
      blobs.write(blob(1), part, part(part));
    }
    blobs.force(blob(1));
    Files.delete(file("000001.seg"));
    Files.delete(file("000001.sum"));
    BlobStore after = crashed();
    assertEquals(new Extent(62, 130, 130), after.recover().get(blob(1)));
    assertEquals(FaultCode.BLOB_CORRUPT, codeOf(() -> after.read(blob(1), 70)));
    assertArrayEquals(part(129), after.read(blob(1), 129));
  }

  @Test
  void strangeFilesAreLeftAlone() throws Exception {
    write(1);
    Files.createFile(folder.resolve("notes.txt"));
    Files.createDirectory(folder.resolve("ABCDEF00000000000000000000000000"));
    Files.createFile(file("x.seg"));
    assertEquals(Map.of(blob(1), new Extent(0, 1, 1)), crashed().recover());
    assertTrue(Files.exists(folder.resolve("notes.txt")));
  }

  @Test
  void firstFailureToForceStopsTheStoreForGood() {
    boolean[] fails = {false};
    int[] forced = {0};
    FileBlobStore store =
        new FileBlobStore(
            folder,
            file -> {
              forced[0]++;
              if (fails[0]) {
                throw new IOException("Input/output error");
              }
              file.force(false);
            });
    store.write(blob(1), 0, part(0));
    store.force(blob(1));
    store.write(blob(1), 1, part(1));
    store.write(blob(2), 0, part(0));
    fails[0] = true;
    assertEquals(FaultCode.STORE_STOPPED, codeOf(() -> store.force(blob(1))));
    fails[0] = false;
    int before = forced[0];
    assertEquals(FaultCode.STORE_STOPPED, codeOf(() -> store.force(blob(1))));
    assertEquals(FaultCode.STORE_STOPPED, codeOf(() -> store.force(blob(2))));
    assertEquals(FaultCode.STORE_STOPPED, codeOf(() -> store.write(blob(1), 2, part(2))));
    assertEquals(before, forced[0], "nothing was forced again");
    assertArrayEquals(part(0), store.read(blob(1), 0));
    assertEquals(new Extent(0, 1, 1), crashed().recover().get(blob(1)));
  }
}
