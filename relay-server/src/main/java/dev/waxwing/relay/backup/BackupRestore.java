package dev.waxwing.relay.backup;

import dev.waxwing.local.PrivateFiles;
import dev.waxwing.relay.store.SqliteStore;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts a backup in the place of a relay that does not run. The mailboxes get a new epoch, from
 * which peers see that what was accepted since may be gone (PROTOCOL.md).
 *
 * <p>Everything is made ready in a folder {@code restoring} first and then moved; while that folder
 * is there, no relay starts.
 */
public final class BackupRestore {
  private static final String STAGE = "restoring";
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss");
  private static final List<String> DATABASE =
      List.of("relay.db", "relay.db-wal", "relay.db-shm", "relay.db-journal");

  private final BackupFolder backup;
  private final RelayPlaces to;

  private BackupRestore(BackupFolder backup, RelayPlaces to) {
    this.backup = backup;
    this.to = to;
  }

  /**
   * What was done.
   *
   * @param found what the backup holds
   * @param aside where what was there before is; absent when nothing was
   */
  public record Restored(BackupCheck.Found found, Optional<Path> aside) {}

  /**
   * Refuses a relay whose restore was cut short.
   *
   * @throws Fault STORE_CORRUPT
   */
  public static void requireWhole(Path data) {
    if (Files.exists(data.resolve(STAGE))) {
      throw new Fault(
          FaultCode.STORE_CORRUPT,
          "a restore into " + data + " was cut short",
          "run it again: waxwing-relay backup restore BACKUP --replace");
    }
  }

  /**
   * Restores. The caller holds the folder's lock. Damaged records and parts are no reason to refuse
   * a backup whose files are as they were made: the relay it is of had them too, and each costs no
   * more than itself.
   *
   * @param options with the new epoch
   * @param replace the time, which names where a relay that is there is put aside; empty refuses it
   * @throws Fault FILE_NOT_FOUND, STORE_CORRUPT when the backup is damaged, ALREADY_JOINED when a
   *     relay is there, TARGET_UNWRITABLE, DISK_FULL
   */
  public static Restored restore(
      Path folder, RelayPlaces to, StoreOptions options, Optional<Instant> replace) {
    BackupFolder backup = BackupFolder.named(folder);
    BackupCheck.Found found = BackupCheck.of(folder);
    if (!found.blocking().isEmpty()) {
      throw new Fault(
          FaultCode.STORE_CORRUPT,
          "the backup is damaged: " + found.blocking().get(0),
          "see: waxwing-relay backup verify " + folder);
    }
    BackupRestore restore = new BackupRestore(backup, to);
    try {
      List<Path> used = restore.used();
      if (!used.isEmpty() && replace.isEmpty()) {
        throw new Fault(
            FaultCode.ALREADY_JOINED,
            "there is a relay already: " + used.get(0),
            "give --replace to put it aside, or name another folder with --dir");
      }
      restore.refuseItsOwnStage();
      Optional<Path> aside =
          used.isEmpty() ? Optional.empty() : Optional.of(restore.free(replace.orElseThrow()));
      restore.stageOrLeaveNothing(options, aside);
      if (aside.isPresent()) {
        restore.putAside(used, aside.get());
      }
      restore.place();
      return new Restored(found, aside);
    } catch (IOException e) {
      throw SureFiles.writing(to.data(), e);
    }
  }

  /** What of a relay is there. */
  private List<Path> used() {
    List<Path> there = new ArrayList<>();
    DATABASE.forEach(name -> there.add(to.data().resolve(name)));
    there.add(to.blobs());
    RelayPlaces.KEYS.forEach(name -> there.add(to.keys().resolve(name)));
    there.removeIf(path -> !Files.exists(path));
    return there;
  }

  private Path staged() {
    return to.data().resolve(STAGE);
  }

  /** The relay that is there is untouched so far: where this fails, it may run as before. */
  private void stageOrLeaveNothing(StoreOptions options, Optional<Path> aside) throws IOException {
    boolean cutShortBefore = Files.exists(staged(), LinkOption.NOFOLLOW_LINKS);
    try {
      stage(options);
      if (aside.isPresent()) {
        SureFiles.makeFolder(aside.get());
        SureFiles.makeFolder(keys(aside.get()));
      }
    } catch (IOException | RuntimeException e) {
      try {
        if (aside.isPresent()) {
          SureFiles.deleteTree(aside.get());
        }
        if (!cutShortBefore) {
          SureFiles.deleteTree(staged());
        }
        SureFiles.forceFolder(to.data());
      } catch (IOException | RuntimeException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /** What lies where a restore works goes first of all. */
  private void refuseItsOwnStage() throws IOException {
    if (Files.exists(staged()) && Files.isSameFile(staged(), backup.path())) {
      throw new Fault(
          FaultCode.USAGE,
          "a restore works in that folder and empties it first",
          "move the backup to another folder");
    }
  }

  private void stage(StoreOptions options) throws IOException {
    // The folder of an attempt that was cut short stays all the while: half a relay may be there.
    if (Files.isDirectory(staged(), LinkOption.NOFOLLOW_LINKS)) {
      SureFiles.deleteAllIn(staged());
    } else {
      SureFiles.makeFolder(staged());
    }
    SureFiles.copyAllIn(backup.path(), staged());
    Path blobs = new BackupFolder(staged()).blobs();
    if (!Files.exists(blobs)) {
      // Many a tool that copies a backup leaves empty folders out.
      SureFiles.makeFolder(blobs);
      SureFiles.forceFolder(staged());
    }
    SureFiles.forceFolder(to.data());
    try (SqliteStore store = SqliteStore.open(staged(), options)) {
      store.begin();
      store.beginAgain(options.epoch());
      store.commit();
    }
    if (Files.exists(staged().resolve(DATABASE.get(1)))) {
      throw new Fault(FaultCode.STORE_STOPPED, "the restored database could not be closed");
    }
  }

  /** A name for the folder of a relay that is put aside. */
  private Path free(Instant now) {
    String name = "replaced-" + STAMP.format(now.atOffset(ZoneOffset.UTC));
    Path aside = to.data().resolve(name);
    for (int n = 2; Files.exists(aside); n++) {
      aside = to.data().resolve(name + "-" + n);
    }
    return aside;
  }

  private static Path keys(Path aside) {
    return aside.resolve("keys");
  }

  private void putAside(List<Path> used, Path aside) throws IOException {
    Path keys = keys(aside);
    for (Path path : used) {
      boolean key = path.startsWith(to.keys());
      move(path, (key ? keys : aside).resolve(String.valueOf(path.getFileName())));
    }
    SureFiles.forceFolder(keys);
    SureFiles.forceFolder(aside);
    SureFiles.forceFolder(to.data());
  }

  /** The database last but one, the folder that keeps the relay from starting last. */
  private void place() throws IOException {
    BackupFolder stage = new BackupFolder(staged());
    PrivateFiles.closedDirectory(to.keys());
    for (Path key : SureFiles.list(stage.keys())) {
      move(key, to.keys().resolve(String.valueOf(key.getFileName())));
    }
    SureFiles.forceFolder(to.keys());
    Path folder = to.config().toAbsolutePath().getParent();
    if (Files.exists(stage.config()) && !Files.exists(to.config()) && folder != null) {
      move(stage.config(), to.config());
      SureFiles.forceFolder(folder);
    }
    move(stage.blobs(), to.blobs());
    move(stage.database(), to.data().resolve("relay.db"));
    SureFiles.forceFolder(to.data());
    SureFiles.deleteTree(staged());
    SureFiles.forceFolder(to.data());
  }

  /** Never onto anything: a move refuses a name that is taken. */
  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to);
  }
}
