package dev.waxwing.relay.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The SHA-256 of every file of a backup, in the form of {@code sha256sum}. */
final class Checksums {
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (\\S.*)");
  private static final int BLOCK = 1 << 18;

  private Checksums() {}

  /** Writes the sums of all that is in the folder. */
  static void write(BackupFolder backup) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path file : SureFiles.files(backup.path())) {
      String name = name(backup, file);
      if (!name.equals(BackupFolder.UNFINISHED)) {
        text.append(sha256(file)).append("  ").append(name).append('\n');
      }
    }
    SureFiles.write(backup.sums(), text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Compares: says which files are missing, other than they were, or none of the backup's. */
  static void compare(BackupFolder backup, Consumer<String> problems) throws IOException {
    Map<String, String> wanted = new TreeMap<>();
    String text = new String(Files.readAllBytes(backup.sums()), StandardCharsets.ISO_8859_1);
    for (String line : text.split("\n", -1)) {
      Matcher match = LINE.matcher(line);
      if (match.matches()) {
        wanted.put(match.group(2), match.group(1));
      } else if (!line.isEmpty()) {
        problems.accept(BackupFolder.SUMS + " has a line that is none");
      }
    }
    for (Path file : SureFiles.files(backup.path())) {
      String name = name(backup, file);
      String sum = wanted.remove(name);
      if (name.equals(BackupFolder.SUMS) || name.equals(BackupFolder.UNFINISHED)) {
        continue;
      }
      if (sum == null || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        problems.accept(name + " is no file of this backup");
      } else if (!sum.equals(sha256(file))) {
        problems.accept(name + " is not what it was");
      }
    }
    wanted.keySet().forEach(name -> problems.accept(name + " is missing"));
  }

  private static String name(BackupFolder backup, Path file) {
    return backup.path().relativize(file).toString().replace('\\', '/');
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] block = new byte[BLOCK];
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        digest.update(block, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
