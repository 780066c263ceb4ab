package dev.waxwing.crash;

import com.sun.jna.Library;
import com.sun.jna.Native;
import dev.waxwing.system.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of its own whose power can be cut: ext4 in a file behind a loop device. From the
 * cut on nothing reaches the file, and what was not forced before is gone, as the journal's
 * recovery at the next mount shows. Needs root.
 *
 * <p>It models the loss of what a kernel had not written, with ext4's {@code data=ordered}; not a
 * drive that lies, nor sectors torn.
 */
final class CutDisk implements AutoCloseable {
  /** {@code EXT4_IOC_SHUTDOWN}, _IOR('X', 125, __u32), linux/fs/ext4/ext4.h. */
  private static final long SHUTDOWN = 0x8004587dL;

  /** {@code EXT4_GOING_FLAGS_NOLOGFLUSH}: not even the journal's tail. */
  private static final int WITHOUT_LOG = 2;

  private static final int READ_ONLY = 0;
  private static final long SIZE = 192 << 20;

  private final Path image;
  private final Path place;
  private boolean mounted;

  /** What of the C library is called. */
  interface C extends Library {
    int open(String path, int flags);

    int ioctl(int file, long request, int[] argument);

    int close(int file);
  }

  private static final class Loaded {
    static final C LIBRARY = Native.load("c", C.class);
  }

  /** Makes an empty one, mounted at {@code place}. */
  CutDisk(Path image, Path place) throws IOException, InterruptedException {
    this.image = image;
    this.place = Files.createDirectories(place);
    try (var file =
        Files.newByteChannel(Files.createFile(image), java.nio.file.StandardOpenOption.WRITE)) {
      file.position(SIZE - 1).write(java.nio.ByteBuffer.allocate(1));
    }
    run("mkfs.ext4", "-q", "-F", image.toString());
    mount();
  }

  /** A folder on it. */
  Path folder(String name) {
    return place.resolve(name);
  }

  /**
   * The power is gone. Programs that write here have to be stopped before ({@link Kill#freeze}): an
   * fdatasync that is under way at this instant may return 0 though nothing of it is kept, seen
   * with a loop of write and fdatasync in 3 of 40 cuts, which no program could know in a real power
   * cut.
   */
  void cut() {
    int file = Loaded.LIBRARY.open(place.toString(), READ_ONLY);
    try {
      if (file < 0 || Loaded.LIBRARY.ioctl(file, SHUTDOWN, new int[] {WITHOUT_LOG}) != 0) {
        throw new AssertionError("the power of " + place + " could not be cut");
      }
    } finally {
      Loaded.LIBRARY.close(file);
    }
  }

  /** The power is back; every program that had files open here must be gone. */
  void restore() throws IOException, InterruptedException {
    unmount();
    mount();
  }

  private void mount() throws IOException, InterruptedException {
    run("mount", "-o", "loop", image.toString(), place.toString());
    mounted = true;
  }

  private void unmount() throws IOException, InterruptedException {
    // A killed program's last files are closed a moment after it.
    boolean gone =
        Voice.becomes(() -> exit("umount", place.toString()) == 0, Program.PATIENCE, () -> true);
    if (!gone) {
      throw new AssertionError(place + " stays busy");
    }
    mounted = false;
  }

  private static void run(String... command) throws IOException, InterruptedException {
    int exit = exit(command);
    if (exit != 0) {
      throw new AssertionError(String.join(" ", command) + ": exit " + exit);
    }
  }

  private static int exit(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(List.of(command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(Program.PATIENCE, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("no end of " + String.join(" ", command));
    }
    return process.exitValue();
  }

  /**
   * Skips a test where there is no root or no loop device; fails it instead where {@code
   * WAXWING_ROOT_REQUIRED} is set, so that a gate cannot pass by skipping.
   */
  static void require(Path scratch) throws InterruptedException {
    String why = "power cuts need root, ext4 and a loop device";
    boolean can = false;
    try (CutDisk disk = new CutDisk(scratch.resolve("try.img"), scratch.resolve("try"))) {
      disk.cut();
      can = true;
    } catch (IOException | AssertionError | UnsatisfiedLinkError e) {
      why += ": " + e.getMessage();
    }
    if (!can && Knobs.set("WAXWING_ROOT_REQUIRED")) {
      throw new AssertionError(why);
    }
    Assumptions.assumeTrue(can, why);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (mounted) {
      unmount();
    }
    Files.deleteIfExists(image);
  }
}
