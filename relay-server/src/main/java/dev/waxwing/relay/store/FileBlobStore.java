package dev.waxwing.relay.store;

import dev.waxwing.message.BlobId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs as files: a folder a blob, named by its id in hexadecimal and nothing else, with segments
 * of 64 parts of raw age bytes ({@code 000000.seg}) and their checksums beside them ({@code
 * 000000.sum}). The segments of a blob that was never freed, one after another, are the age file.
 */
public final class FileBlobStore implements BlobStore {
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}");
  private static final Logger LOG = LoggerFactory.getLogger(FileBlobStore.class);

  private final Path folder;
  private final Forcing forcing;
  private final Map<BlobId, BlobFolder> blobs = new ConcurrentHashMap<>();
  private volatile @Nullable Fault stopped;

  /** How a file reaches the disk; tests give one that fails. */
  @FunctionalInterface
  interface Forcing {
    /** Forces data and length of a file. */
    void force(FileChannel file) throws IOException;
  }

  FileBlobStore(Path folder, Forcing forcing) {
    this.folder = folder;
    this.forcing = forcing;
  }

  /**
   * Opens the store in a folder, making it when it is not there. Call {@link #recover} before
   * anything else.
   *
   * @throws Fault DISK_FULL or STORE_STOPPED
   */
  public static FileBlobStore open(Path folder) {
    try {
      StoreFiles.makeFolder(folder);
    } catch (IOException e) {
      throw StoreFiles.fault("cannot make " + folder, e);
    }
    return new FileBlobStore(folder, file -> file.force(false));
  }

  @Override
  public Map<BlobId, Extent> recover() {
    Map<BlobId, Extent> found = new HashMap<>();
    List<Path> folders;
    try (Stream<Path> listed = Files.list(folder)) {
      folders = listed.toList();
    } catch (IOException | UncheckedIOException e) {
      throw new Fault(FaultCode.STORE_STOPPED, "cannot read " + folder, e);
    }
    for (Path path : folders) {
      String name = path.getFileName().toString();
      if (!NAME.matcher(name).matches() || !Files.isDirectory(path)) {
        LOG.warn("{} is not a blob and left alone", path);
        continue;
      }
      BlobId id = BlobId.parse(name);
      Extent extent = guarded(id, BlobFolder::recover);
      found.put(id, extent);
    }
    return found;
  }

  @Override
  public void write(BlobId blob, long part, byte[]... slices) {
    guarded(
        blob,
        folder -> {
          folder.write(part, slices);
          return part;
        });
  }

  @Override
  public long force(BlobId blob) {
    return guarded(blob, folder -> folder.force(forcing));
  }

  @Override
  public byte[] read(BlobId blob, long part) {
    // Reading goes on after a failure to force: what is here and agrees with its checksum is good.
    try {
      return folderOf(blob).read(part);
    } catch (IOException e) {
      throw new Fault(FaultCode.BLOB_CORRUPT, "cannot read part " + part + " of " + blob, e);
    }
  }

  @Override
  public Extent extent(BlobId blob) {
    return folderOf(blob).extent();
  }

  @Override
  public void freeBelow(BlobId blob, long part) {
    guarded(
        blob,
        folder -> {
          folder.freeBelow(part);
          return part;
        });
  }

  @Override
  public long sizeOnDisk(BlobId blob) {
    return folderOf(blob).size();
  }

  @Override
  public void rest(BlobId blob) {
    guarded(
        blob,
        folder -> {
          folder.rest();
          return blob;
        });
  }

  @Override
  public void delete(BlobId blob) {
    guarded(
        blob,
        folder -> {
          folder.delete();
          return blob;
        });
    blobs.remove(blob);
  }

  @Override
  public void close() {
    blobs.keySet().forEach(this::rest);
  }

  /** What is done to a blob's folder. */
  private interface Doing<T> {
    T to(BlobFolder folder) throws IOException;
  }

  private <T> T guarded(BlobId blob, Doing<T> doing) {
    requireRunning();
    try {
      return doing.to(folderOf(blob));
    } catch (ForceFailed e) {
      // Also when it is for want of space: which pages reached the disk is not known any more, and
      // a
      // second attempt would claim success for pages the system has given up (PostgreSQL, 2018).
      throw stop(new Fault(FaultCode.STORE_STOPPED, "blob " + blob + ": " + e.getMessage(), e));
    } catch (IOException e) {
      Fault fault = StoreFiles.fault("blob " + blob, e);
      throw fault.code() == FaultCode.DISK_FULL ? fault : stop(fault);
    }
  }

  private BlobFolder folderOf(BlobId blob) {
    return blobs.computeIfAbsent(
        blob, id -> new BlobFolder(folder.resolve(id.value().toHex()), id));
  }

  private void requireRunning() {
    Fault reason = stopped;
    if (reason != null) {
      throw new Fault(FaultCode.STORE_STOPPED, "the store of blobs has stopped", reason);
    }
  }

  private Fault stop(Fault reason) {
    stopped = reason;
    LOG.error("the store of blobs stops: {}", reason.what());
    return reason;
  }
}
