package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Files made for a test, and what is compared of them. */
public final class Sample {
  public static final long MIB = 1 << 20;

  /** What may be sent again after a cut: one part and the window of a live blob. */
  static final long RESENT = MIB + 32 * MIB;

  private static final long SEED = Long.getLong("seed", System.nanoTime());

  static {
    System.out.println("-Dseed=" + SEED);
  }

  private Sample() {}

  /** A file of random bytes. */
  public static Path file(Path path, long size) throws IOException {

    SplittableRandom random = new SplittableRandom(SEED);
    try (OutputStream out = Files.newOutputStream(path)) {
      byte[] block = new byte[(int) MIB];
      for (long left = size; left > 0; left -= block.length) {
        random.nextBytes(block);
        out.write(block, 0, (int) Math.min(left, block.length));
      }
    }
    return path;
  }

  /** SHA-256 of a file. */
  public static String hash(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The folder has these files, byte for byte, and nothing else in it. */
  static void assertHolds(Path folder, Path... sent) throws IOException {
    assertEquals(
        Stream.of(sent).map(file -> file.getFileName().toString()).sorted().toList(),
        names(folder));
    for (Path file : sent) {
      assertEquals(hash(file), hash(folder.resolve(file.getFileName())), file::toString);
    }
  }

  /** Names in a folder, sorted, without the marks of part files; none where there is no folder. */
  public static List<String> names(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(Sample::name).sorted().toList();
    }
  }

  /** What of a file is there while it is received. */
  static Path part(Path folder, String name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> name(file).equals(name + ".part")).findAny().orElseThrow();
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replaceFirst("\\.[0-9a-f]{8}\\.part", ".part");
  }

  /** Bytes the age file of so many bytes has. */
  static long sealed(long plain) {
    return 184 + plain + 16 * Math.max(1, (plain + 65_535) / 65_536);
  }
}
