package dev.waxwing.peer.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.peer.files.LeafLog.Leaf;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeafLogTest {
  private static final int RECORD = 52;

  @TempDir Path folder;

  @Test
  void leavesAreThereAfterReopening() {
    fill(10);
    try (LeafLog log = LeafLog.open(path(), LeafLog.GROUP)) {
      assertEquals(10, log.count());
      assertEquals(10, log.forced());
      for (int i = 0; i < 10; i++) {
        assertEquals(leaf(i), log.leaf(i));
      }
    }
  }

  @Test
  void noMoreThanAGroupWaitsToBeForced() {
    try (LeafLog log = LeafLog.open(path(), LeafLog.GROUP)) {
      for (int i = 0; i < 20; i++) {
        log.append(leaf(i));
        assertEquals((i + 1) / LeafLog.GROUP * LeafLog.GROUP, log.forced());
      }
      log.force();
      assertEquals(20, log.forced());
    }
  }

  @Test
  void recordCutShortAtAnyByteIsDroppedAlone() throws IOException {
    fill(3);
    byte[] whole = Files.readAllBytes(path());
    assertEquals(3 * RECORD, whole.length);
    for (int length = 0; length < whole.length; length++) {
      Files.write(path(), Arrays.copyOf(whole, length));
      try (LeafLog log = LeafLog.open(path(), LeafLog.GROUP)) {
        assertEquals(length / RECORD, log.count());
        log.append(leaf(length / RECORD));
        log.force();
      }
      assertEquals((length / RECORD + 1L) * RECORD, Files.size(path()));
    }
  }

  @Test
  void garbledRecordEndsTheLog() throws IOException {
    fill(3);
    byte[] whole = Files.readAllBytes(path());
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(path(), damaged);
      try (LeafLog log = LeafLog.open(path(), LeafLog.GROUP)) {
        assertEquals(at / RECORD, log.count());
      }
    }
  }

  @Test
  void otherLeafForAPartAlreadySentIsAChangedFile() {
    fill(2);
    try (LeafLog log = LeafLog.open(path(), LeafLog.GROUP)) {
      log.check(1, leaf(1).hash());
      Fault fault = assertThrows(Fault.class, () -> log.check(1, leaf(0).hash()));
      assertEquals(FaultCode.FILE_CHANGED, fault.code());
      assertEquals(
          FaultCode.PROFILE_CORRUPT,
          assertThrows(Fault.class, () -> log.check(2, leaf(0).hash())).code());
    }
  }

  @Test
  void aSendersLogDamagedAnywhereButAtTheEndIsRefusedAndStaysAsItIs() throws IOException {
    fill(30);
    byte[] whole = Files.readAllBytes(path());
    for (int record = 0; record < 29; record++) {
      byte[] damaged = whole.clone();
      damaged[record * RECORD + 13] ^= 1;
      Files.write(path(), damaged);
      Fault fault = assertThrows(Fault.class, () -> LeafLog.resume(path()));
      assertEquals(FaultCode.TRANSFER_NOT_RESUMABLE, fault.code());
      assertArrayEquals(damaged, Files.readAllBytes(path()));
    }
  }

  @Test
  void aSendersLogOfWhichACrashKeptOnlyTheLaterPageIsRefused() throws IOException {
    int page = 4096;
    // The group from 72 on lies on both sides of the first page's end.
    fill(80);
    byte[] damaged = Files.readAllBytes(path());
    Arrays.fill(damaged, 72 * RECORD, page, (byte) 0);
    Files.write(path(), damaged);
    Fault fault = assertThrows(Fault.class, () -> LeafLog.resume(path()));
    assertEquals(FaultCode.TRANSFER_NOT_RESUMABLE, fault.code());
    assertArrayEquals(damaged, Files.readAllBytes(path()));
  }

  @Test
  void aSendersLogLosesAGroupAtTheEndAndNoMore() throws IOException {
    fill(30);
    byte[] whole = Files.readAllBytes(path());
    for (int lost = 1; lost <= 12; lost++) {
      byte[] damaged = whole.clone();
      Arrays.fill(damaged, (30 - lost) * RECORD, damaged.length, (byte) 0);
      Files.write(path(), damaged);
      if (lost <= LeafLog.GROUP) {
        try (LeafLog log = LeafLog.resume(path())) {
          assertEquals(30 - lost, log.count());
        }
      } else {
        Fault fault = assertThrows(Fault.class, () -> LeafLog.resume(path()));
        assertEquals(FaultCode.TRANSFER_NOT_RESUMABLE, fault.code());
      }
    }
  }

  @Test
  void aSendersLogThatIsGoneIsNotMadeAgain() {
    Fault fault = assertThrows(Fault.class, () -> LeafLog.resume(path()));
    assertEquals(FaultCode.TRANSFER_NOT_RESUMABLE, fault.code());
    assertFalse(Files.exists(path()));
  }

  @Test
  void aLogThatCouldNotBeForcedTakesNothingMoreAndDoesNotSayTheDiskIsFull() throws IOException {
    UnforcedChannel channel = new UnforcedChannel(path());
    try (LeafLog log = LeafLog.over(path(), channel, LeafLog.GROUP, false)) {
      log.append(leaf(0));
      channel.failures = 1;
      // A full disk would be tried again, over pages that look written by then.
      assertEquals(FaultCode.TARGET_UNWRITABLE, assertThrows(Fault.class, log::force).code());
      assertEquals(0, log.forced());
      assertThrows(Fault.class, log::force);
      assertThrows(Fault.class, () -> log.append(leaf(1)));
    }
  }

  private void fill(int leaves) {
    try (LeafLog log = LeafLog.open(path(), LeafLog.GROUP)) {
      for (int i = 0; i < leaves; i++) {
        log.append(leaf(i));
      }
      log.force();
    }
  }

  private Path path() {
    return folder.resolve("log");
  }

  static Leaf leaf(int i) {
    return new Leaf(1000 + i, i * 31, Bytes.of(Disk.random(32, i)));
  }
}
