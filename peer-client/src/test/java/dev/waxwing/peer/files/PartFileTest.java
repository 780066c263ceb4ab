package dev.waxwing.peer.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartFileTest {
  private static final int PART = AgeWriter.PART_PLAINTEXT;
  private static final byte[] DATA = Disk.random(3 * PART + 100, 4);

  @TempDir Path folder;

  @Test
  void fileHasItsNameOnlyWhenComplete() throws IOException {
    PartFile file = received("../../a.bin", 4);
    assertTrue(
        String.valueOf(file.path().getFileName()).matches("a\\.bin\\.[0-9a-f]{8}\\.part"),
        file.path().toString());
    assertFalse(Files.exists(folder.resolve("a.bin")));
    Path placed = file.complete("a.bin", OnClash.RENAME).orElseThrow();
    file.remove();
    assertEquals(folder.resolve("a.bin"), placed);
    assertArrayEquals(DATA, Files.readAllBytes(placed));
    assertEquals(1, entries());
  }

  @Test
  void onlyForcedPartsAreHeldAndTheySurviveClosing() {
    PartFile file = PartFile.open(PartFile.place(folder, "a"));
    write(file, 0);
    assertEquals(0, file.held());
    assertEquals(1, file.written());
    file.force();
    write(file, 1);
    file.close();
    try (PartFile again = PartFile.open(file.path())) {
      assertEquals(1, again.held());
      assertEquals(leaf(0), again.leaf(0));
      write(again, 1);
      again.force();
      assertEquals(2, again.held());
    }
  }

  @Test
  void partThatComesAgainIsPassedOverAndAGapIsRefused() {
    PartFile file = received("a", 2);
    file.write(0, leaf(9), ByteBuffer.allocate(PART));
    assertEquals(leaf(0), file.leaf(0));
    assertThrows(IllegalArgumentException.class, () -> write(file, 3));
    write(file, 2);
    write(file, 3);
    assertThrows(
        IllegalArgumentException.class, () -> file.write(4, leaf(4), ByteBuffer.allocate(PART)));
    file.remove();
  }

  @Test
  void deletedDataStartsAgain() throws IOException {
    Path path = closed(4);
    Files.delete(path);
    resumes(path, 0);
  }

  @Test
  void shortDataKeepsTheWholePartsThatAreThere() throws IOException {
    Path path = closed(4);
    for (long[] cut : new long[][] {{3 * PART + 99, 3}, {3 * PART, 3}, {2 * PART - 1, 1}, {1, 0}}) {
      try (RandomAccessFile data = new RandomAccessFile(path.toFile(), "rw")) {
        data.setLength(cut[0]);
      }
      resumes(path, cut[1]);
      assertEquals(cut[1] * PART, Files.size(path));
    }
  }

  @Test
  void leavesLongerThanTheDataAreCut() throws IOException {
    Path path = closed(2);
    Path leaves = Path.of(path + ".leaves");
    try (LeafLog log = LeafLog.open(leaves, LeafLog.GROUP)) {
      log.append(LeafLogTest.leaf(7));
      log.append(LeafLogTest.leaf(8));
      log.force();
    }
    resumes(path, 2);
  }

  @Test
  void dataLongerThanTheLeavesIsWrittenAgain() throws IOException {
    Path path = closed(4);
    try (LeafLog log = LeafLog.open(Path.of(path + ".leaves"), LeafLog.GROUP)) {
      log.truncate(1);
    }
    resumes(path, 1);
  }

  @Test
  void leavesThatCouldNotBeForcedAreNotFoundAgain() throws IOException {
    Path path = folder.resolve("b.part");
    Path log = folder.resolve("b.part.leaves");
    UnforcedChannel leaves = new UnforcedChannel(log);
    UnforcedChannel data = new UnforcedChannel(path);
    try (PartFile file = new PartFile(path, data, LeafLog.over(log, leaves, 64, false))) {
      write(file, 0);
      write(file, 1);
      file.force();
      write(file, 2);
      write(file, 3);
      leaves.failures = 1;
      assertThrows(Fault.class, file::force);
    }
    resumes(path, 2);
  }

  @Test
  void newestPartsGarbledOnDiskAreFetchedAgain() throws IOException {
    Path path = closed(4);
    try (RandomAccessFile data = new RandomAccessFile(path.toFile(), "rw")) {
      data.seek(2L * PART + 5);
      data.write(~DATA[2 * PART + 5]);
    }
    resumes(path, 2);
    try (PartFile file = PartFile.open(path)) {
      write(file, 2);
      write(file, 3);
      file.complete("a", OnClash.RENAME);
    }
    assertArrayEquals(DATA, Files.readAllBytes(folder.resolve("a")));
  }

  @Test
  void takenNameIsNumberedReplacedOrLeftAsAsked() throws IOException {
    Path taken = Files.writeString(folder.resolve("a.txt"), "mine");
    PartFile file = received("a.txt", 1);
    assertEquals(Optional.empty(), file.complete("a.txt", OnClash.SKIP));
    assertEquals("mine", Files.readString(taken));
    assertEquals(folder.resolve("a (2).txt"), file.complete("a.txt", OnClash.RENAME).orElseThrow());
    assertEquals("mine", Files.readString(taken));
    assertEquals(taken, file.complete("a.txt", OnClash.OVERWRITE).orElseThrow());
    assertEquals(PART, Files.size(taken));
    file.remove();
    assertEquals(2, entries());
  }

  @Test
  void danglingLinkUnderTheNameIsNotFollowed() throws IOException {
    Path link = folder.resolve("a.txt");
    Files.createSymbolicLink(link, folder.resolve("elsewhere"));
    PartFile file = received("a.txt", 1);
    assertEquals(folder.resolve("a (2).txt"), file.complete("a.txt", OnClash.RENAME).orElseThrow());
    assertFalse(Files.exists(folder.resolve("elsewhere")));
    assertTrue(Files.isSymbolicLink(link));
    file.remove();
  }

  @Test
  void directoryUnderTheNameIsNeverReplaced() throws IOException {
    Files.createDirectory(folder.resolve("a"));
    PartFile file = received("a", 1);
    Fault fault = assertThrows(Fault.class, () -> file.complete("a", OnClash.OVERWRITE));
    assertEquals(FaultCode.TARGET_UNWRITABLE, fault.code());
    file.remove();
  }

  @Test
  void completionInterruptedAtAnyStepIsFinishedWithoutASecondCopy() throws IOException {
    for (OnClash onClash : OnClash.values()) {
      PartFile file = received("b", 4);
      Path placed = file.complete("b", onClash).orElseThrow();
      file.close();
      PartFile again = PartFile.open(file.path());
      assertEquals(4, again.held());
      assertEquals(placed, again.complete("b", onClash).orElseThrow());
      again.remove();
      assertEquals(1, entries(), onClash.name());
      assertArrayEquals(DATA, Files.readAllBytes(placed));
      Files.delete(placed);
    }
  }

  @Test
  void twoTransfersOfOneNameDoNotMeet() {
    PartFile one = received("a", 1);
    PartFile two = received("a", 2);
    assertNotEquals(one.path(), two.path());
    one.remove();
    PartFile.discard(one.path());
    resumes(two.path(), 2);
  }

  @Test
  void linkInPlaceOfThePartIsNotFollowed() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Path path = closed(1);
    Files.delete(path);
    Files.createSymbolicLink(path, victim);
    assertThrows(Fault.class, () -> PartFile.open(path));
    assertEquals("precious", Files.readString(victim));
  }

  @Test
  void fullDeviceIsNamedSo() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no device that is always full");
    IOException why = assertThrows(IOException.class, () -> Files.write(full, new byte[1]));
    assertEquals(FaultCode.DISK_FULL, DiskFault.writing(folder.resolve("x"), why).code());
    assertEquals(
        FaultCode.TARGET_UNWRITABLE,
        DiskFault.writing(folder.resolve("x"), new IOException("Input/output error")).code());
  }

  @Test
  void fullDiskLosesNothingAndGoesOnWhenThereIsRoom() throws IOException {
    String small = System.getProperty("small.disk", "");
    assumeTrue(!small.isEmpty(), "give -Dsmall.disk=DIR on a file system of 4 MiB");
    Path disk = Path.of(small);
    Path ballast = Files.write(disk.resolve("ballast"), new byte[5 * PART / 2]);
    PartFile file = PartFile.open(PartFile.place(disk, "a"));
    write(file, 0);
    file.force();
    Fault fault =
        assertThrows(
            Fault.class,
            () -> {
              write(file, 1);
              file.force();
              write(file, 2);
              file.force();
            });
    assertEquals(FaultCode.DISK_FULL, fault.code());
    file.close();
    Files.delete(ballast);
    try (PartFile again = PartFile.open(file.path())) {
      assertTrue(again.held() >= 1);
      for (long part = again.written(); part < 3; part++) {
        write(again, (int) part);
      }
      Path placed = again.complete("a", OnClash.RENAME).orElseThrow();
      assertArrayEquals(Arrays.copyOf(DATA, 3 * PART), Files.readAllBytes(placed));
      Files.delete(placed);
      again.remove();
    }
  }

  private Path closed(int parts) {
    try (PartFile file = received("a", parts)) {
      return file.path();
    }
  }

  private PartFile received(String name, int parts) {
    PartFile file = PartFile.open(PartFile.place(folder, name));
    for (int part = 0; part < parts; part++) {
      write(file, part);
    }
    file.force();
    return file;
  }

  private static void write(PartFile file, int part) {
    int from = part * PART;
    ByteBuffer plaintext = ByteBuffer.wrap(DATA, from, Math.min(PART, DATA.length - from));
    file.write(part, leaf(part), plaintext);
  }

  private static void resumes(Path path, long parts) {
    try (PartFile file = PartFile.open(path)) {
      assertEquals(parts, file.held());
      assertEquals(parts, file.written());
    }
  }

  private static Bytes leaf(int part) {
    return Bytes.of(Disk.random(32, part));
  }

  private long entries() throws IOException {
    try (var list = Files.list(folder)) {
      return list.count();
    }
  }
}
