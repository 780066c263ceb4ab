package dev.waxwing.local;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where the socket of a directory lies: {@code run/local} in it, or, when that path is too long for
 * a socket, a short one in the user's runtime folder, which the 0600 file {@code socket} names.
 */
final class LocalAddress {
  /** Longest path in bytes; {@code sun_path} holds 104 on some systems, 108 on others. */
  static final int MAX_PATH = 100;

  private static final String POINTER = "socket";

  private LocalAddress() {}

  /**
   * Makes room for a new socket: its folder exists, 0700, and nothing is where it will be. Only the
   * holder of the directory's lock may call this.
   */
  static Path prepare(Path directory) throws IOException {
    locate(directory).ifPresent(LocalAddress::deleteQuietly);
    Path pointer = directory.resolve(POINTER);
    Path near = near(directory);
    if (length(near) <= MAX_PATH) {
      Files.deleteIfExists(pointer);
      PrivateFiles.closedDirectory(directory.resolve("run"));
      Files.deleteIfExists(near);
      return near;
    }
    byte[] name = new byte[8];
    ThreadLocalRandom.current().nextBytes(name);
    Path far = PrivateFiles.closedDirectory(runtime()).resolve(HexFormat.of().formatHex(name));
    if (length(far) > MAX_PATH) {
      throw new Fault(
          FaultCode.TARGET_UNWRITABLE,
          "no folder with a path short enough for a socket",
          "set XDG_RUNTIME_DIR or java.io.tmpdir to a folder with a short path");
    }
    PrivateFiles.write(pointer, (far + "\n").getBytes(StandardCharsets.UTF_8));
    return far;
  }

  /** Where the socket of the directory is, if its files say so; whether anyone answers is open. */
  static Optional<Path> locate(Path directory) {
    Path near = near(directory);
    if (length(near) <= MAX_PATH) {
      return Files.exists(near) ? Optional.of(near) : Optional.empty();
    }
    Path pointer = directory.resolve(POINTER);
    if (!Files.exists(pointer)) {
      return Optional.empty();
    }
    PrivateFiles.requirePrivate(pointer);
    try {
      Path far = Path.of(Files.readString(pointer).strip());
      // Only ever a file of our own folder, so that a damaged pointer deletes nothing else.
      return runtime().equals(far.getParent()) ? Optional.of(far) : Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  static UnixDomainSocketAddress of(Path socket) {
    return UnixDomainSocketAddress.of(socket);
  }

  private static Path near(Path directory) {
    return directory.toAbsolutePath().resolve("run").resolve("local");
  }

  private static Path runtime() {
    String given = System.getenv("XDG_RUNTIME_DIR");
    if (given != null && !given.isEmpty() && Files.isDirectory(Path.of(given))) {
      return Path.of(given).resolve("waxwing");
    }
    return Path.of(System.getProperty("java.io.tmpdir", "/tmp"))
        .toAbsolutePath()
        .resolve("waxwing-" + System.getProperty("user.name", "me"));
  }

  private static int length(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // a stale socket harms nobody: connecting to it is refused
    }
  }
}
