package dev.waxwing.relay.store;

import dev.waxwing.message.EpochId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;

/**
 * The store in memory, for simulation: the same behaviour, nothing durable, transactions by
 * undoing.
 */
public final class MemoryStore implements StoreEngine {
  private final UndoLog log = new UndoLog();
  private final MemoryMailbox mailbox;
  private final MemoryDirectory directory;
  private final MemoryBlobCatalog blobs;
  private int mark;

  /** An empty store. */
  public MemoryStore(StoreOptions options) {
    mailbox = new MemoryMailbox(log, options);
    directory = new MemoryDirectory(log, mailbox);
    mailbox.directory = directory;
    blobs = new MemoryBlobCatalog(log, directory);
  }

  /** Outside a transaction: takes the one backup there is. */
  public void backUp() {
    log.keep();
  }

  /** Outside a transaction: all is as it was at the last {@link #backUp}, in a new incarnation. */
  public void restore(EpochId fresh) {
    log.undoKept();
    mailbox.epoch = fresh;
  }

  @Override
  public Directory directory() {
    return directory;
  }

  @Override
  public Mailbox mailbox() {
    return mailbox;
  }

  @Override
  public BlobCatalog blobs() {
    return blobs;
  }

  @Override
  public void begin() {
    log.forget();
  }

  @Override
  public void commit() {
    log.forget();
  }

  @Override
  public void rollback() {
    log.undoTo(0);
  }

  @Override
  public void mark() {
    mark = log.size();
  }

  @Override
  public void rollbackToMark() {
    log.undoTo(mark);
  }

  @Override
  public void releaseMark() {
    mark = 0;
  }

  @Override
  public long changes() {
    return log.changes();
  }

  @Override
  public void upkeep(Upkeep when) {
    // Nothing is due in memory.
  }

  @Override
  public void snapshot(Path into) {
    throw new Fault(FaultCode.TARGET_UNWRITABLE, "a store in memory has no file");
  }

  @Override
  public State state() {
    return State.OPEN;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
