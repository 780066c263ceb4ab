package dev.waxwing.disk;

import dev.waxwing.peer.files.LeafLog;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A sender keeps the leaves of two hundred parts; the disk fails at one call. */
final class LeafLogScript extends Script {
  private static final int LEAVES = 200;
  private static final int RECORD = 52;
  private long left;
  private LeafLog log;

  public static void main(String[] args) throws Exception {
    new LeafLogScript().all(args);
  }

  @Override
  void run(Path folder, long nth, FailingDisk.Kind kind, long seed) {
    Path path = folder.resolve("leaves");
    left = 0;
    log = null;
    ended = "";
    FailingDisk.plan(folder, nth, nth, kind);
    FaultCode code = fault(() -> send(LeafLog.create(path), seed));
    for (int attempt = 0; code != null && attempt < 4; attempt++) {
      ended = code.name();
      requireOneOf(
          code,
          FaultCode.DISK_FULL,
          FaultCode.TARGET_UNWRITABLE,
          FaultCode.FILE_UNREADABLE,
          FaultCode.TRANSFER_NOT_RESUMABLE);
      if (log != null) {
        long forced = log.forced();
        fault(log::close);
        cut(path, forced * RECORD);
        log = null;
      }
      if (code == FaultCode.TRANSFER_NOT_RESUMABLE || (left == 0 && !Files.exists(path))) {
        // Nothing goes on under this key: the file is offered anew.
        return;
      }
      code = fault(() -> send(LeafLog.resume(path), seed));
    }
    FailingDisk.heal();
    require(code == null, "never well again: " + code);
    try (LeafLog again = LeafLog.resume(path)) {
      require(again.count() == LEAVES, "leaves " + again.count());
    }
  }

  /** A power cut: what was not forced is gone. */
  private static void cut(Path path, long length) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(Math.min(file.length(), length));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Parts leave when their leaf is forced; those that left once must be known again. */
  private void send(LeafLog opened, long seed) {
    log = opened;
    require(opened.count() >= left, "left " + left + ", known " + opened.count());
    for (long part = 0; part < LEAVES; part++) {
      if (part < opened.count()) {
        opened.check(part, leaf(part, seed).hash());
      } else {
        opened.append(leaf(part, seed));
      }
      left = Math.max(left, planted ? opened.count() : opened.forced());
    }
    opened.force();
    left = Math.max(left, opened.forced());
    opened.close();
    log = null;
  }

  private static LeafLog.Leaf leaf(long part, long seed) {
    return new LeafLog.Leaf(1, 0, RelayStoreScript.bytes(32, seed + part));
  }
}
