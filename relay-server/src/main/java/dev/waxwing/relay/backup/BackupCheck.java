package dev.waxwing.relay.backup;

import dev.waxwing.relay.store.BlobAudit;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.relay.store.StoreAudit;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks at all of a backup and changes nothing: every file's sum, the database's structure, every
 * row's and every part's checksum, and whether the parts are those of the list of blobs.
 */
public final class BackupCheck {
  /** Most problems told; one more says how many are left out. */
  static final int MOST = 100;

  private final BackupFolder backup;
  private final List<String> problems = new ArrayList<>();
  private final List<String> blocking = new ArrayList<>();
  private long left;

  private BackupCheck(BackupFolder backup) {
    this.backup = backup;
  }

  /**
   * What was found.
   *
   * @param users people registered
   * @param mail messages that wait
   * @param blobs blobs on the list
   * @param parts parts of them that are there
   * @param problems what is wrong, a line each; empty when the backup is good
   * @param blocking those of them that no relay can run with; the others cost a record or a part
   *     each, in a restored relay as in the one the backup is of
   */
  public record Found(
      long users, long mail, int blobs, long parts, List<String> problems, List<String> blocking) {
    /** Copies the lists. */
    public Found {
      problems = List.copyOf(problems);
      blocking = List.copyOf(blocking);
    }
  }

  /**
   * Looks at a backup.
   *
   * @throws Fault FILE_NOT_FOUND when there is none, FILE_UNREADABLE
   */
  public static Found of(Path folder) {
    BackupFolder backup = BackupFolder.named(folder);
    if (!Files.isRegularFile(backup.sums())) {
      throw new Fault(
          FaultCode.FILE_NOT_FOUND,
          Files.exists(backup.unfinished())
              ? folder + " is a backup that was not finished"
              : folder + " is no backup",
          "name a folder that waxwing-relay backup create made");
    }
    try {
      return new BackupCheck(backup).look();
    } catch (IOException e) {
      throw new Fault(FaultCode.FILE_UNREADABLE, "cannot read " + folder, e);
    }
  }

  private Found look() throws IOException {
    Checksums.compare(backup, this::blocks);
    if (!Files.isRegularFile(backup.keys().resolve(RelayPlaces.KEYS.get(0)))) {
      blocks("the relay's identity is missing");
    }
    if (!Files.isRegularFile(backup.database())) {
      blocks("the database is missing");
      return found(0, 0, 0, 0);
    }
    StoreAudit.Found store = StoreAudit.of(backup.database());
    store.problems().forEach(store.usable() ? this::problem : this::blocks);
    long parts = 0;
    Set<String> listed = new HashSet<>();
    for (BlobRecord blob : store.blobs()) {
      String name = blob.id().value().toHex();
      listed.add(name);
      BlobStore.Extent extent =
          BlobAudit.of(backup.blobs().resolve(name), blob.id(), this::problem);
      parts += extent.end() - extent.begin();
      complete(blob, extent);
    }
    if (Files.isDirectory(backup.blobs())) {
      for (Path folder : SureFiles.list(backup.blobs())) {
        if (!listed.contains(String.valueOf(folder.getFileName()))) {
          problem("the database knows no blob " + folder.getFileName());
        }
      }
    }
    return found(store.users(), store.mail(), store.blobs().size(), parts);
  }

  /**
   * A sealed blob is there to its end, or not at all: every recipient holds it then. Of others
   * nothing is there.
   */
  private void complete(BlobRecord blob, BlobStore.Extent extent) {
    BlobRecord.Seal seal = blob.seal();
    if (seal == null && !extent.equals(BlobStore.Extent.NONE)) {
      problem("blob " + blob.id() + " is not sealed and has parts");
    }
    if (seal != null && !extent.equals(BlobStore.Extent.NONE) && extent.end() != seal.parts()) {
      problem(
          "blob "
              + blob.id()
              + " ends after part "
              + (extent.end() - 1)
              + " of "
              + seal.parts()
              + " parts");
    }
  }

  private void problem(String what) {
    if (problems.size() < MOST) {
      problems.add(what);
    } else {
      left++;
    }
  }

  private void blocks(String what) {
    problem(what);
    if (blocking.size() < MOST) {
      blocking.add(what);
    }
  }

  private Found found(long users, long mail, int blobs, long parts) {
    if (left > 0) {
      problems.add("and " + left + " more");
    }
    return new Found(users, mail, blobs, parts, problems, blocking);
  }
}
