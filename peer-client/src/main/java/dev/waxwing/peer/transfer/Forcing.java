package dev.waxwing.peer.transfer;

import dev.waxwing.peer.files.PartFile;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Forces what a download has written, beside the thread that receives: while the disk works on one
 * batch, the next is written. At most {@value #MOST} parts are written and not forced. Everything
 * but the consumer runs on the thread that writes.
 */
final class Forcing implements AutoCloseable {
  /** Below the {@link PartFile#MOST_WAITING} after which a file forces by itself. */
  static final int MOST = 48;

  /** Parts worth a forcing of their own while more keep coming. */
  static final int GROUP = 4;

  private final PartFile file;
  private final LongConsumer held;
  private final Aside aside = new Aside("transfer disk");
  private @Nullable Future<?> underWay;
  private long taken;

  /**
   * Forcing of {@code file}.
   *
   * @param held told on the forcing thread, after each batch, how many parts are forced with their
   *     leaves
   */
  Forcing(PartFile file, LongConsumer held) {
    this.file = file;
    this.held = held;
    this.taken = file.held();
  }

  /**
   * Begins the next batch if the disk is free and enough waits.
   *
   * @throws Fault what failed on the disk, or telling of it
   */
  void busy() {
    begin(GROUP);
  }

  /** The same when nothing more comes for now: whatever waits is worth it. */
  void quiet() {
    begin(1);
  }

  /** Whether parts wait that no batch has taken. */
  boolean waits() {
    return file.written() > taken;
  }

  /** Waits until one more part may be written. */
  void awaitRoom() {
    while (file.written() - file.held() >= MOST) {
      quiet();
      await();
    }
  }

  /** Waits until everything written is forced. */
  void finish() {
    while (file.held() < file.written()) {
      quiet();
      await();
    }
    await();
  }

  private void begin(int least) {
    aside.check();
    if (file.written() - taken >= least && (underWay == null || underWay.isDone())) {
      taken = file.written();
      PartFile.Batch batch = file.batch();
      underWay =
          aside.run(
              () -> {
                batch.force();
                held.accept(file.held());
              });
    }
  }

  private void await() {
    try {
      if (underWay != null) {
        underWay.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault(FaultCode.CANCELLED, "interrupted", e);
    } catch (ExecutionException e) {
      throw new Fault(FaultCode.INTERNAL, "an unexpected failure", e);
    }
    aside.check();
  }

  /** Waits for the batch under way, so that its file can be closed. */
  @Override
  public void close() {
    aside.close();
  }
}
