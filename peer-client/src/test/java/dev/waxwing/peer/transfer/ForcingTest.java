package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.peer.files.PartFile;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForcingTest {
  private static final int LEAF_RECORD = 52;

  @TempDir Path folder;

  @Test
  void whatIsToldAsHeldHasItsLeavesInTheLog() throws Exception {
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    List<Long> logged = Collections.synchronizedList(new ArrayList<>());
    Path part = PartFile.place(folder, "a");
    try (PartFile file = PartFile.open(part)) {
      Path log = Path.of(part + ".leaves");
      try (Forcing forcing =
          new Forcing(
              file,
              held -> {
                told.add(held);
                logged.add(log.toFile().length() / LEAF_RECORD);
              })) {
        for (int i = 0; i < 3 * Forcing.GROUP; i++) {
          forcing.awaitRoom();
          write(file);
          forcing.busy();
        }
        forcing.finish();
      }
      assertEquals(3 * Forcing.GROUP, file.held());
      assertEquals(3L * Forcing.GROUP, told.get(told.size() - 1));
      assertEquals(told, logged);
    }
    assertEquals(3L * Forcing.GROUP * AgeWriter.PART_PLAINTEXT, Files.size(part));
  }

  @Test
  void writingWaitsForTheDiskWhenTooMuchIsNotForced() throws Exception {
    CountDownLatch diskIsFree = new CountDownLatch(1);
    try (PartFile file = PartFile.open(PartFile.place(folder, "a"));
        Forcing forcing = new Forcing(file, held -> await(diskIsFree))) {
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < Forcing.GROUP + Forcing.MOST + 1; i++) {
                  forcing.awaitRoom();
                  assertTrue(file.written() - file.held() < Forcing.MOST);
                  write(file);
                  forcing.busy();
                }
              });
      assertThrows(TimeoutException.class, () -> writing.get(2, TimeUnit.SECONDS));
      assertEquals(Forcing.GROUP, file.held());
      diskIsFree.countDown();
      writing.get(30, TimeUnit.SECONDS);
      forcing.finish();
      assertEquals(file.written(), file.held());
    }
  }

  @Test
  void failedDiskStopsTheWriterAndNothingIsTold() {
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    PartFile file = PartFile.open(PartFile.place(folder, "a"));
    try (Forcing forcing = new Forcing(file, told::add)) {
      write(file);
      file.close();
      forcing.quiet();
      Fault fault = assertThrows(Fault.class, forcing::finish);
      assertEquals(FaultCode.TARGET_UNWRITABLE, fault.code());
      assertThrows(Fault.class, forcing::busy);
    }
    assertEquals(0, file.held());
    assertTrue(told.isEmpty());
    assertFalse(file.written() == file.held());
  }

  private static void write(PartFile file) {
    long part = file.written();
    file.write(part, Bytes.of(new byte[32]), ByteBuffer.wrap(new byte[AgeWriter.PART_PLAINTEXT]));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
