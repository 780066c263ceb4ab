package dev.waxwing.relay.backup;

import dev.waxwing.message.BlobId;
import dev.waxwing.relay.store.BlobAudit;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.StoreAudit;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a backup, beside a relay that runs or of one that does not. First the database as it is at
 * one moment, then the parts of the sealed blobs on its list: those change no more and only go,
 * when everybody has them. Blobs that are not sealed are left out: their senders send them again.
 */
public final class BackupWriter {
  /** How often a blob is begun again that changes while it is copied. */
  private static final int TRIES = 10;

  private static final String SUM = ".sum";
  private static final String SEGMENT = ".seg";

  private final RelayPlaces from;
  private final BackupFolder half;

  private BackupWriter(RelayPlaces from, Path half) {
    this.from = from;
    this.half = new BackupFolder(half);
  }

  /** Copies the database into a new file; blocks until it is there. */
  @FunctionalInterface
  public interface Snapshot {
    /**
     * Copies it.
     *
     * @throws Fault when it cannot be read or written
     */
    void into(Path file);
  }

  /**
   * What was made.
   *
   * @param path where it is
   * @param files files in it
   * @param bytes bytes of them
   * @param found what is in it and what is wrong with it, which then is wrong with the relay
   */
  public record Made(Path path, long files, long bytes, BackupCheck.Found found) {}

  /**
   * Makes a backup. It has its name only when all of it is on the disk and has been read again.
   *
   * @param to a folder that does not exist, in one that does
   * @param made now, milliseconds since 1970
   * @throws Fault TARGET_UNWRITABLE, DISK_FULL, or STORE_CORRUPT when the database cannot be read
   */
  public static Made make(RelayPlaces from, Snapshot snapshot, Path to, long made) {
    Path target = to.toAbsolutePath().normalize();
    Path parent = target.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new Fault(
          FaultCode.TARGET_UNWRITABLE, "there is no folder " + parent, "make it, or name another");
    }
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new Fault(
          FaultCode.TARGET_UNWRITABLE,
          "there is something called " + target,
          "give the backup another name");
    }
    Path half = target.resolveSibling(target.getFileName() + ".part");
    try {
      clear(half);
    } catch (IOException e) {
      throw SureFiles.writing(half, e);
    }
    try {
      return new BackupWriter(from, half).write(snapshot, target, parent, made);
    } catch (IOException e) {
      giveUp(half);
      throw SureFiles.writing(half, e);
    } catch (RuntimeException e) {
      giveUp(half);
      throw e;
    }
  }

  /** Leaves no full disk behind where that was the failure. What cannot be deleted now stays. */
  private static void giveUp(Path half) {
    try {
      SureFiles.deleteTree(half);
    } catch (IOException e) {
      // The next attempt removes it.
    }
  }

  /** Removes what an attempt that was cut short left, and nothing else. */
  private static void clear(Path half) throws IOException {
    BackupFolder left = new BackupFolder(half);
    if (Files.exists(half, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(left.unfinished())
        && !Files.isRegularFile(left.sums())) {
      throw new Fault(
          FaultCode.TARGET_UNWRITABLE,
          half + " is in the way and no backup",
          "move it, or give the backup another name");
    }
    SureFiles.deleteTree(half);
  }

  private Made write(Snapshot snapshot, Path target, Path parent, long made) throws IOException {
    SureFiles.makeFolder(half.path());
    SureFiles.write(half.unfinished(), new byte[0]);
    snapshot.into(half.database());
    StoreAudit.Found store = StoreAudit.of(half.database());
    SureFiles.makeFolder(half.blobs());
    for (BlobRecord blob : store.blobs()) {
      if (blob.seal() != null) {
        copyBlob(blob.id());
      }
    }
    SureFiles.forceFolder(half.blobs());
    copyKeys();
    if (Files.isRegularFile(from.config())) {
      SureFiles.copy(from.config(), half.config());
    }
    about(store, made);
    Checksums.write(half);
    SureFiles.forceFolder(half.path());
    BackupCheck.Found found = BackupCheck.of(half.path());
    Files.delete(half.unfinished());
    SureFiles.forceFolder(half.path());
    long bytes = 0;
    List<Path> files = SureFiles.files(half.path());
    for (Path file : files) {
      bytes += Files.size(file);
    }
    Files.move(half.path(), target, StandardCopyOption.ATOMIC_MOVE);
    SureFiles.forceFolder(parent);
    return new Made(target, files.size(), bytes, found);
  }

  private void copyKeys() throws IOException {
    SureFiles.makeFolder(half.keys());
    for (String name : RelayPlaces.KEYS) {
      Path key = from.keys().resolve(name);
      if (Files.isRegularFile(key)) {
        SureFiles.copy(key, half.keys().resolve(name));
      }
    }
    SureFiles.forceFolder(half.keys());
  }

  private void copyBlob(BlobId blob) throws IOException {
    String name = blob.value().toHex();
    Path source = from.blobs().resolve(name);
    Path target = half.blobs().resolve(name);
    for (int attempt = 1; Files.isDirectory(source); attempt++) {
      try {
        copySegments(source, target);
        List<String> problems = new ArrayList<>();
        BlobAudit.of(target, blob, problems::add);
        if (problems.isEmpty() || attempt == TRIES) {
          return;
        }
      } catch (NoSuchFileException e) {
        // Parts were freed, or the blob ended, between listing and copying.
        if (attempt == TRIES) {
          throw e;
        }
      }
      SureFiles.deleteTree(target);
    }
  }

  /**
   * The sums first: by then their parts are on the disk, and stay where they are, until their whole
   * segment goes because everybody has it. Then it is not needed here either.
   */
  private static void copySegments(Path source, Path target) throws IOException {
    SureFiles.makeFolder(target);
    List<Path> files = SureFiles.list(source);
    for (String kind : List.of(SUM, SEGMENT)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(kind) && !copied(file, target.resolve(name)) && kind.equals(SEGMENT)) {
          Files.deleteIfExists(target.resolve(name.replace(SEGMENT, SUM)));
        }
      }
    }
    SureFiles.forceFolder(target);
  }

  private static boolean copied(Path file, Path to) throws IOException {
    try {
      SureFiles.copy(file, to);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void about(StoreAudit.Found store, long made) throws IOException {
    String text =
        "{\"form\":1,\"made\":%d,\"epoch\":\"%s\",\"users\":%d,\"mail\":%d,\"blobs\":%d}\n"
            .formatted(
                made,
                store.epoch().value().toHex(),
                store.users(),
                store.mail(),
                store.blobs().size());
    SureFiles.write(half.about(), text.getBytes(StandardCharsets.US_ASCII));
  }
}
