package dev.waxwing.peer.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PastCacheTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private static byte[] content(int length) {
    byte[] content = new byte[length];
    new Random(11).nextBytes(content);
    return content;
  }

  /** What it writes is there, and what it does not take stays in the buffer. */
  private int write(Path file, ByteBuffer from, long at) throws IOException {
    int before = from.remaining();
    try (PastCache past = PastCache.of(file)) {
      int written = past.write(from, at);
      assertEquals(before - written, from.remaining());
      return written;
    }
  }

  @Test
  void wholeBlocksAreWrittenOrLeftToTheCaller() throws IOException {
    Path file = Files.createFile(folder.resolve("whole"));
    byte[] content = content(3 * MIB);
    int written = write(file, ByteBuffer.wrap(content), MIB);
    assertTrue(written == 0 || written == content.length, "wrote " + written);
    if (written > 0) {
      byte[] there = Files.readAllBytes(file);
      assertEquals(4 * MIB, there.length);
      assertArrayEquals(content, Arrays.copyOfRange(there, MIB, 4 * MIB));
    }
  }

  @Test
  void aPieceOfABlockIsLeftToTheCaller() throws IOException {
    Path file = Files.createFile(folder.resolve("piece"));
    assertEquals(0, write(file, ByteBuffer.wrap(content(MIB + 1)), 0));
    assertEquals(0, write(file, ByteBuffer.wrap(content(MIB)), 1));
    assertEquals(0, Files.size(file));
  }

  @Test
  void aBufferThatDoesNotBeginAtItsArrayIsWrittenFromItsPosition() throws IOException {
    Path file = Files.createFile(folder.resolve("slice"));
    byte[] content = content(2 * MIB);
    ByteBuffer from = ByteBuffer.wrap(content).position(MIB);
    if (write(file, from, 0) > 0) {
      assertArrayEquals(Arrays.copyOfRange(content, MIB, 2 * MIB), Files.readAllBytes(file));
    }
  }

  /** A device that opens like a file and takes nothing, as some mounts do with direct writes. */
  @Test
  void aWayThatRefusesItsFirstWriteIsGivenUpAndTheCallerWrites() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no such device here");
    FileChannel refusing = FileChannel.open(full, StandardOpenOption.WRITE);
    try (PastCache past = PastCache.over(refusing, 4096)) {
      ByteBuffer from = ByteBuffer.wrap(content(MIB));
      assertEquals(0, past.write(from, 0));
      assertEquals(MIB, from.remaining());
      assertFalse(refusing.isOpen());
      assertEquals(0, past.write(from, MIB));
    }
  }

  @Test
  void whatIsNoFileIsLeftToTheCaller() throws IOException {
    try (PastCache past = PastCache.of(folder.resolve("absent"))) {
      assertEquals(0, past.write(ByteBuffer.wrap(content(MIB)), 0));
    }
  }
}
