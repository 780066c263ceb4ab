package dev.waxwing.peer.files;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A second way into a file, past the system's cache. What arrives is forced anyway and read by
 * nobody soon: kept in the cache it would push out what others need, and cost a copy of every page.
 * Where the file system offers no such way, or opens one and then refuses the first write, nothing
 * is written here and the caller's own channel takes everything. One thread at a time.
 */
final class PastCache implements AutoCloseable {
  /** Most bytes a write takes at once. */
  private static final int AT_ONCE = 1 << 20;

  private @Nullable FileChannel direct;
  private final int block;

  /**
   * Where whole blocks are copied to: the disk reads them from an address that is a block's too.
   */
  private @Nullable ByteBuffer aligned;

  /** Whether a write has come through: from then on a refusal is the disk's, not the mount's. */
  private boolean proven;

  private PastCache(@Nullable FileChannel direct, int block) {
    this.direct = direct;
    this.block = block;
  }

  /** A way past the cache into a file that exists, if there is one. */
  static PastCache of(Path path) {
    try {
      long block = Files.getFileStore(path).getBlockSize();
      if (block <= 0 || block > AT_ONCE || AT_ONCE % block != 0) {
        return new PastCache(null, 1);
      }
      return new PastCache(
          FileChannel.open(
              path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS, ExtendedOpenOption.DIRECT),
          (int) block);
    } catch (IOException | UnsupportedOperationException e) {
      // A file system without it; everything goes through the cache.
      return new PastCache(null, 1);
    }
  }

  /** A way through a channel that may refuse what is written. */
  static PastCache over(FileChannel direct, int block) {
    return new PastCache(direct, block);
  }

  /**
   * Writes {@code from} at a place if both are whole blocks, and moves the buffer.
   *
   * @return bytes written; what remains is the caller's to write
   * @throws IOException the disk's
   */
  int write(ByteBuffer from, long at) throws IOException {
    FileChannel way = direct;
    if (way == null || at % block != 0 || from.remaining() % block != 0) {
      return 0;
    }
    if (aligned == null) {
      aligned = ByteBuffer.allocateDirect(AT_ONCE + block).alignedSlice(block);
    }
    int written = 0;
    while (from.hasRemaining()) {
      int length = Math.min(from.remaining(), AT_ONCE);
      aligned.clear().put(from.slice(from.position(), length)).flip();
      int taken;
      try {
        taken = way.write(aligned, at + written);
      } catch (IOException e) {
        if (proven) {
          throw e;
        }
        // Some mounts know no better when the file is opened. If it is the disk, the caller hears.
        direct = null;
        way.close();
        return written;
      }
      proven = true;
      written += taken;
      from.position(from.position() + taken);
      if (taken < length) {
        // The disk is full, or nearly: the ordinary way says which.
        return written;
      }
    }
    return written;
  }

  @Override
  public void close() throws IOException {
    if (direct != null) {
      direct.close();
    }
  }
}
