package dev.waxwing.local;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The right to a directory, held by one process: a lock of the operating system on the file {@code
 * lock} in it, so it is free again the moment its holder dies. The file names the holder's process
 * ID for people; the lock alone decides.
 */
public final class ProfileLock implements AutoCloseable {
  private static final String NAME = "lock";

  private final Path directory;
  private final FileChannel file;

  private ProfileLock(Path directory, FileChannel file) {
    this.directory = directory;
    this.file = file;
  }

  /**
   * Takes the lock, making the directory when it is not there; empty when another process, or
   * another part of this one, holds it.
   *
   * @throws Fault PERMISSIONS_OPEN or TARGET_UNWRITABLE
   */
  public static Optional<ProfileLock> tryAcquire(Path directory) {
    PrivateFiles.directory(directory);
    FileChannel file = null;
    try {
      file = PrivateFiles.openOrCreate(directory.resolve(NAME));
      FileLock lock = file.tryLock();
      if (lock != null) {
        file.truncate(0);
        byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        file.write(ByteBuffer.wrap(pid), 0);
        return Optional.of(new ProfileLock(directory, file));
      }
    } catch (OverlappingFileLockException e) {
      // held by this very process: the same answer as held by another
    } catch (IOException e) {
      closeQuietly(file);
      throw new Fault(FaultCode.TARGET_UNWRITABLE, "cannot lock the folder " + directory, e);
    }
    closeQuietly(file);
    return Optional.empty();
  }

  /** The process ID the holder wrote; empty when none did. Of a dead holder while nobody holds. */
  public static OptionalLong holder(Path directory) {
    try {
      String text = Files.readString(directory.resolve(NAME), StandardCharsets.US_ASCII).strip();
      return OptionalLong.of(Long.parseLong(text));
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** The directory held. */
  public Path directory() {
    return directory;
  }

  /** Whether the lock is still held, that is, not closed. */
  public boolean held() {
    return file.isOpen();
  }

  /** Gives the directory back. */
  @Override
  public void close() {
    closeQuietly(file);
  }

  private static void closeQuietly(@org.jspecify.annotations.Nullable FileChannel file) {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        // closing is all there is to do, and the system closes what is left when the process ends
      }
    }
  }
}
