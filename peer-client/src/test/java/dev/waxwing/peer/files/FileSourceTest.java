package dev.waxwing.peer.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest {
  @TempDir Path folder;

  @Test
  void anyRangeIsReadAndTheEndIsRespected() throws IOException {
    byte[] bytes = Disk.random(10_000, 1);
    try (FileSource source = FileSource.open(Files.write(folder.resolve("a"), bytes))) {
      ByteBuffer out = ByteBuffer.allocate(500);
      source.read(9_700, out);
      assertEquals(300, out.position());
      assertEquals(500, out.limit());
      assertArrayEquals(Arrays.copyOfRange(bytes, 9_700, 10_000), Arrays.copyOf(out.array(), 300));
      source.verify();
    }
  }

  @Test
  void missingAndIrregularFilesAreNamed() throws IOException {
    fault(FaultCode.FILE_NOT_FOUND, () -> FileSource.open(folder.resolve("none")));
    fault(FaultCode.FILE_NOT_REGULAR, () -> FileSource.open(folder));
  }

  @Test
  @Timeout(20)
  void fifoIsRefusedWithoutWaitingForItsWriter() throws Exception {
    Path fifo = folder.resolve("fifo");
    Disk.fifo(fifo);
    fault(FaultCode.FILE_NOT_REGULAR, () -> FileSource.open(fifo));
  }

  @Test
  void unreadableFileIsNamed() throws IOException {
    Path file = Disk.unreadable(Files.write(folder.resolve("a"), new byte[1]));
    assumeTrue(!Files.isReadable(file), "this user reads everything");
    fault(FaultCode.FILE_UNREADABLE, () -> FileSource.open(file));
  }

  @Test
  void linkThatAPersonNamesIsFollowedButNotOneThatTakesTheFilesPlace() throws IOException {
    Path file = Files.write(folder.resolve("a"), new byte[5]);
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    try (FileSource source = FileSource.open(link)) {
      assertEquals(file.toRealPath(), source.path());
      FileStamp stamp = source.stamp();
      Path moved = Files.move(file, folder.resolve("b"));
      Files.createSymbolicLink(file, moved);
      fault(FaultCode.FILE_NOT_REGULAR, () -> FileSource.resume(source.path(), stamp));
    }
  }

  @Test
  void everyKindOfChangeIsFoundOnResumeAndAtTheEnd() throws IOException {
    for (Change change : Change.values()) {
      Path file = folder.resolve(change.name());
      Files.write(file, new byte[100]);
      try (FileSource source = FileSource.open(file)) {
        change.make(file);
        fault(FaultCode.FILE_CHANGED, source::verify);
        if (change != Change.GONE) {
          fault(FaultCode.FILE_CHANGED, () -> FileSource.resume(source.path(), source.stamp()));
        }
      }
    }
  }

  @Test
  void fileCutShortWhileBeingReadIsFound() throws IOException {
    Path file = Files.write(folder.resolve("a"), new byte[1000]);
    try (FileSource source = FileSource.open(file)) {
      Files.write(file, new byte[10]);
      fault(FaultCode.FILE_CHANGED, () -> source.read(0, ByteBuffer.allocate(1000)));
    }
  }

  @Test
  void unchangedFileIsTakenUpAgain() throws IOException {
    Path file = Files.write(folder.resolve("a"), new byte[1000]);
    try (FileSource first = FileSource.open(file);
        FileSource second = FileSource.resume(first.path(), first.stamp())) {
      assertEquals(1000, second.size());
      second.verify();
    }
  }

  private enum Change {
    LONGER,
    SHORTER,
    TOUCHED,
    REPLACED,
    GONE;

    void make(Path file) throws IOException {
      FileTime time = Files.getLastModifiedTime(file);
      switch (this) {
        case LONGER -> Files.write(file, new byte[101]);
        case SHORTER -> Files.write(file, new byte[99]);
        case TOUCHED ->
            Files.setLastModifiedTime(
                file, FileTime.from(time.to(TimeUnit.MICROSECONDS) + 1, TimeUnit.MICROSECONDS));
        case REPLACED -> {
          Path other = Files.write(file.resolveSibling("other"), new byte[100]);
          Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
          Files.setLastModifiedTime(file, time);
        }
        case GONE -> Files.delete(file);
      }
    }
  }

  private static void fault(FaultCode code, Runnable action) {
    assertEquals(code, assertThrows(Fault.class, action::run).code());
  }
}
