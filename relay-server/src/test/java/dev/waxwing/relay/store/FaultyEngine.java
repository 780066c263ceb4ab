package dev.waxwing.relay.store;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;

/**
 * A real engine whose commits can be made to fail, and which counts. Fields are set by the test.
 */
final class FaultyEngine implements StoreEngine {
  private final StoreEngine real;
  private long atBegin;
  private volatile boolean stopped;

  volatile long commits;
  volatile int marks;
  volatile boolean closed;
  volatile Fault commitFault;
  volatile boolean stopWithFault;
  volatile boolean fullForWriters;
  volatile int commitsToSpare;
  volatile Runnable beforeCommit = () -> {};

  FaultyEngine(StoreEngine real) {
    this.real = real;
  }

  @Override
  public Directory directory() {
    return real.directory();
  }

  @Override
  public Mailbox mailbox() {
    return real.mailbox();
  }

  @Override
  public BlobCatalog blobs() {
    return real.blobs();
  }

  @Override
  public void begin() {
    real.begin();
    atBegin = real.changes();
  }

  @Override
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  public void commit() {
    beforeCommit.run();
    if (commitsToSpare > 0) {
      commitsToSpare--;
    } else {
      Fault planted = commitFault;
      if (planted != null) {
        stopped = stopWithFault;
        throw planted;
      }
      if (fullForWriters && real.changes() != atBegin) {
        throw new Fault(FaultCode.DISK_FULL, "planted");
      }
    }
    real.commit();
    commits++;
  }

  @Override
  public void rollback() {
    real.rollback();
  }

  @Override
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  public void mark() {
    marks++;
    real.mark();
  }

  @Override
  public void rollbackToMark() {
    real.rollbackToMark();
  }

  @Override
  public void releaseMark() {
    real.releaseMark();
  }

  @Override
  public long changes() {
    return real.changes();
  }

  @Override
  public void upkeep(Upkeep when) {
    real.upkeep(when);
  }

  @Override
  public void snapshot(Path into) {
    real.snapshot(into);
  }

  @Override
  public State state() {
    return stopped ? State.STOPPED : real.state();
  }

  @Override
  public void close() {
    closed = true;
    real.close();
  }
}
