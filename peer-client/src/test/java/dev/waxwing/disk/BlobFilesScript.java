package dev.waxwing.disk;

import dev.waxwing.message.BlobId;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.relay.store.FileBlobStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Two hundred calls on the files of a relay's blobs; the disk fails in one of them. */
final class BlobFilesScript extends Script {
  private static final int OPERATIONS = 200;
  private static final int BLOBS = 6;

  /** What is promised of a blob. */
  private static final class Promise {
    long begin;
    long end;
    long forced;
    boolean ended;
    boolean unknown;
  }

  private final TreeMap<Integer, Promise> promises = new TreeMap<>();
  private FileBlobStore store;

  public static void main(String[] args) throws Exception {
    new BlobFilesScript().all(args);
  }

  @Override
  void run(Path folder, long nth, FailingDisk.Kind kind, long seed) {
    ended = "";
    promises.clear();
    FailingDisk.plan(folder, nth, nth, kind);
    FaultCode opening =
        fault(
            () -> {
              store = FileBlobStore.open(folder.resolve("blobs"));
              store.recover();
            });
    if (opening != null) {
      ended = "open " + opening;
      requireOneOf(opening, FaultCode.STORE_STOPPED, FaultCode.DISK_FULL);
      return;
    }
    Random random = new Random(seed);
    boolean stopped = false;
    for (int i = 0; i < OPERATIONS; i++) {
      int number = random.nextInt(BLOBS);
      int what = random.nextInt(20);
      int more = random.nextInt(8);
      Promise promise = promises.computeIfAbsent(number, n -> new Promise());
      FaultCode code = fault(() -> operate(number, promise, what, more));
      if (stopped) {
        boolean reads = what >= 14 && what < 16;
        require(reads || code == null || code == FaultCode.STORE_STOPPED, "later: " + code);
      } else if (code == FaultCode.DISK_FULL) {
        ended = "full";
        FaultCode again = fault(() -> operate(number, promise, what, more));
        require(again == null, "not by itself: " + again);
      } else if (code == FaultCode.BLOB_CORRUPT) {
        // One part that could not be read; nothing else is said to be wrong.
        ended = "unread";
      } else if (code != null) {
        requireOneOf(code, FaultCode.STORE_STOPPED);
        ended = "stopped";
        stopped = true;
        promise.unknown = !planted;
        promise.forced = planted ? promise.end : promise.forced;
      }
    }
    FailingDisk.heal();
    compare(folder, stopped);
    if (!stopped) {
      store.close();
    }
  }

  private void operate(int number, Promise promise, int what, int more) {
    BlobId blob = blob(number);
    if (what < 9) {
      write(blob, number, promise, more);
    } else if (what < 14) {
      promise.forced = store.force(blob);
      require(promise.forced == promise.end, "forced " + promise.forced);
    } else if (what < 16) {
      for (long part = promise.begin; part < promise.end; part++) {
        require(Arrays.equals(part(number, part, promise), store.read(blob, part)), "read " + part);
      }
    } else if (what < 17) {
      store.rest(blob);
    } else if (what < 19) {
      long to = promise.begin + more;
      if (to <= promise.forced && to > promise.begin) {
        store.freeBelow(blob, to);
        promise.begin = to;
        if (to >= promise.end) {
          promise.ended = false;
        }
      }
    } else {
      store.delete(blob);
      promises.put(number, new Promise());
    }
  }

  private void write(BlobId blob, int number, Promise promise, int more) {
    if (promise.ended) {
      return;
    }
    // The first blob has whole parts; the others one short part, which costs the disk little.
    boolean last = number > 0 || more == 7;
    byte[] part = part(number, promise.end, last);
    store.write(blob, promise.end, part);
    promise.end++;
    promise.ended = last;
  }

  private void compare(Path folder, boolean stopped) {
    FileBlobStore again = FileBlobStore.open(folder.resolve("blobs"));
    Map<BlobId, BlobStore.Extent> found = again.recover();
    promises.forEach(
        (number, promise) -> {
          BlobId blob = blob(number);
          BlobStore.Extent extent = found.getOrDefault(blob, BlobStore.Extent.NONE);
          for (long part = extent.begin(); part < extent.end(); part++) {
            boolean mine = part >= promise.begin && part < promise.end;
            long at = part;
            byte[][] read = new byte[1][];
            FaultCode code = fault(() -> read[0] = again.read(blob, at));
            if (mine && part < promise.forced && !(promise.unknown && code != null)) {
              require(code == null, "part " + part + " of " + number + ": " + code);
            }
            if (code == null && mine) {
              require(
                  Arrays.equals(read[0], part(number, part, promise)), "other bytes in " + part);
            }
          }
          if (!promise.unknown) {
            require(
                promise.begin == promise.forced
                    || (extent.begin() <= promise.begin && extent.end() >= promise.forced),
                "told [" + promise.begin + ", " + promise.forced + "), there is " + extent);
          }
        });
    again.close();
  }

  private static byte[] part(int number, long part, Promise promise) {
    return part(number, part, promise.ended && part == promise.end - 1);
  }

  private static byte[] part(int number, long part, boolean last) {
    int length = last ? 900 + number : WireLimits.partLength(part);
    byte[] bytes = new byte[length];
    new Random(number * 1_000L + part).nextBytes(bytes);
    return bytes;
  }

  private static BlobId blob(long n) {
    return new BlobId(Bytes.of(ByteBuffer.allocate(16).putLong(8, n + 1).array()));
  }
}
