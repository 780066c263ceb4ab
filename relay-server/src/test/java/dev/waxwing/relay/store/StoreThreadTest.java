package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.ANN1;
import static dev.waxwing.relay.store.Samples.BEN1;
import static dev.waxwing.relay.store.Samples.mail;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.relay.store.Mailbox.Outcome;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Group commit, isolation, the bounded queue and the end. */
@Timeout(60)
class StoreThreadTest {
  /** Both engines behave alike. */
  enum Engine {
    SQLITE,
    MEMORY
  }

  @TempDir Path folder;
  private FaultyEngine engine;
  private StoreThread thread;
  private final CountDownLatch gate = new CountDownLatch(1);

  private void start(Engine which, StoreThread.Limits limits) {
    StoreEngine real =
        switch (which) {
          case SQLITE -> SqliteStore.open(folder.resolve("data"), Samples.OPTIONS);
          case MEMORY -> new MemoryStore(Samples.OPTIONS);
        };
    engine = new FaultyEngine(real);
    thread = StoreThread.start(engine, limits);
    join(
        submit(
            store -> {
              Samples.register(store, ANN1);
              Samples.register(store, BEN1);
              return true;
            }));
  }

  @AfterEach
  void close() {
    gate.countDown();
    thread.close();
  }

  private <T> CompletableFuture<T> submit(StoreWork<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    thread.submit(100, work, StoreDone.of(result::complete, result::completeExceptionally));
    return result;
  }

  private CompletableFuture<Outcome> append(long id) {
    return submit(store -> store.mailbox().append(mail(ANN1, id, 10, BEN1), id).outcome());
  }

  private static <T> T join(CompletableFuture<T> result) {
    return result.orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static FaultCode codeOf(CompletableFuture<?> result) {
    CompletionException failed = assertThrows(CompletionException.class, () -> join(result));
    return ((Fault) failed.getCause()).code();
  }

  private long rows() {
    return join(submit(store -> store.mailbox().total().rows()));
  }

  /** Holds the thread until the gate opens, so that what is submitted meanwhile makes one batch. */
  private void hold() {
    CountDownLatch held = new CountDownLatch(1);
    submit(
        store -> {
          held.countDown();
          await(gate);
          return true;
        });
    await(held);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void allThatWaitsIsCommittedTogether(Engine which) {
    start(which, StoreThread.Limits.DEFAULT);
    hold();
    long commits = engine.commits;
    List<CompletableFuture<Outcome>> results = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      results.add(append(i));
    }
    gate.countDown();
    results.forEach(result -> assertEquals(Outcome.ACCEPTED, join(result)));
    assertEquals(commits + 2, engine.commits, "one for the held piece, one for the 60");
    assertEquals(engine.commits, thread.timings().commits());
    assertEquals(1, thread.timings().batchHistogram()[6], "one batch of 32 to 63");
    assertEquals(0, engine.marks, "the common case needs no savepoint");
  }

  @ParameterizedTest
  @EnumSource
  void nobodyHearsBeforeTheCommit(Engine which) {
    start(which, StoreThread.Limits.DEFAULT);
    CountDownLatch committing = new CountDownLatch(1);
    engine.beforeCommit =
        () -> {
          committing.countDown();
          await(gate);
        };
    CompletableFuture<Outcome> result = append(1);
    await(committing);
    assertFalse(result.isDone());
    gate.countDown();
    assertEquals(Outcome.ACCEPTED, join(result));
  }

  @ParameterizedTest
  @EnumSource
  void workThatFailsAfterWritingUndoesOnlyItself(Engine which) {
    start(which, StoreThread.Limits.DEFAULT);
    hold();
    CompletableFuture<Outcome> before = append(1);
    CompletableFuture<Outcome> failing =
        submit(
            store -> {
              store.mailbox().append(mail(ANN1, 2, 10, BEN1), 5);
              throw new Fault(FaultCode.BLOB_QUOTA, "after writing");
            });
    CompletableFuture<Outcome> broken =
        submit(
            store -> {
              store.mailbox().append(mail(ANN1, 3, 10, BEN1), 5);
              throw new IllegalStateException("planted");
            });
    CompletableFuture<Outcome> after = append(4);
    gate.countDown();
    assertEquals(Outcome.ACCEPTED, join(before));
    assertEquals(FaultCode.BLOB_QUOTA, codeOf(failing));
    assertEquals(FaultCode.INTERNAL, codeOf(broken));
    assertEquals(Outcome.ACCEPTED, join(after));
    assertEquals(2, rows());
  }

  @ParameterizedTest
  @EnumSource
  void workThatFailsBeforeWritingCostsNoSavepoint(Engine which) {
    start(which, StoreThread.Limits.DEFAULT);
    hold();
    CompletableFuture<Outcome> before = append(1);
    CompletableFuture<Outcome> failing =
        submit(
            store -> {
              throw new Fault(FaultCode.BLOB_QUOTA, "before writing");
            });
    gate.countDown();
    assertEquals(Outcome.ACCEPTED, join(before));
    assertEquals(FaultCode.BLOB_QUOTA, codeOf(failing));
    assertEquals(0, engine.marks);
    assertEquals(1, rows());
  }

  @ParameterizedTest
  @EnumSource
  void failedCommitFailsEveryoneInIt(Engine which) {
    start(which, StoreThread.Limits.DEFAULT);
    hold();
    List<CompletableFuture<Outcome>> results = List.of(append(1), append(2), append(3));
    engine.commitFault = new Fault(FaultCode.INTERNAL, "planted");
    engine.commitsToSpare = 1;
    gate.countDown();
    results.forEach(result -> assertEquals(FaultCode.INTERNAL, codeOf(result)));
    engine.commitFault = null;
    assertEquals(0, rows());
    assertEquals(1, thread.timings().failures());
  }

  @ParameterizedTest
  @EnumSource
  void fullDiskRefusesWritersServesReadersAndRecovers(Engine which) {
    start(which, StoreThread.Limits.DEFAULT);
    hold();
    engine.fullForWriters = true;
    engine.commitsToSpare = 1;
    CompletableFuture<Outcome> writer = append(1);
    CompletableFuture<Long> reader = submit(store -> store.directory().count());
    gate.countDown();
    assertEquals(FaultCode.DISK_FULL, codeOf(writer));
    assertEquals(2L, join(reader));
    engine.fullForWriters = false;
    assertEquals(Outcome.ACCEPTED, join(append(1)));
    assertEquals(1, rows());
  }

  @ParameterizedTest
  @EnumSource
  void firstFailureToForceStopsForGood(Engine which) {
    start(which, StoreThread.Limits.DEFAULT);
    engine.commitFault = new Fault(FaultCode.STORE_STOPPED, "planted");
    engine.stopWithFault = true;
    assertEquals(FaultCode.STORE_STOPPED, codeOf(append(1)));
    engine.commitFault = null;
    long commits = engine.commits;
    Fault refused = assertThrows(Fault.class, () -> append(2));
    assertEquals(FaultCode.STORE_STOPPED, refused.code());
    assertEquals(StoreEngine.State.STOPPED, thread.state());
    assertEquals(commits, engine.commits);
  }

  @ParameterizedTest
  @EnumSource
  void fullQueueRefusesAtOnce(Engine which) {
    start(which, new StoreThread.Limits(4, 1000));
    hold();
    append(1);
    append(2);
    CompletableFuture<Outcome> last = append(3);
    assertEquals(FaultCode.STORE_BUSY, assertThrows(Fault.class, () -> append(4)).code());
    assertEquals(1, thread.timings().refusals());
    gate.countDown();
    assertEquals(Outcome.ACCEPTED, join(last));
    assertEquals(3, rows());
  }

  @ParameterizedTest
  @EnumSource
  void queueIsBoundedInBytesToo(Engine which) {
    start(which, new StoreThread.Limits(100, 1000));
    hold();
    StoreDone<Boolean> ignored = StoreDone.of(done -> {}, failed -> {});
    CompletableFuture<Boolean> large = new CompletableFuture<>();
    thread.submit(900, store -> true, StoreDone.of(large::complete, large::completeExceptionally));
    Fault refused = assertThrows(Fault.class, () -> thread.submit(1, store -> true, ignored));
    assertEquals(FaultCode.STORE_BUSY, refused.code());
    gate.countDown();
    assertTrue(join(large));
    thread.submit(5000, store -> true, ignored);
  }

  @ParameterizedTest
  @EnumSource
  void closingFinishesWhatWaitsAndTakesNoMore(Engine which) {
    start(which, StoreThread.Limits.DEFAULT);
    hold();
    List<CompletableFuture<Outcome>> results = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      results.add(submit(store -> Outcome.ACCEPTED));
    }
    Thread closing = new Thread(thread::close);
    closing.start();
    Fault refused = null;
    while (refused == null) {
      try {
        submit(store -> true);
        Thread.onSpinWait();
      } catch (Fault e) {
        // The queue may fill before the closing thread gets to run.
        refused = e.code() == FaultCode.STORE_BUSY ? null : e;
      }
    }
    assertEquals(FaultCode.RELAY_DRAINING, refused.code());
    gate.countDown();
    results.forEach(result -> assertEquals(Outcome.ACCEPTED, join(result)));
    thread.close();
    assertTrue(engine.closed);
  }

  @Test
  void callbackThatFailsHarmsNobody() {
    start(Engine.MEMORY, StoreThread.Limits.DEFAULT);
    thread.submit(
        1,
        store -> true,
        StoreDone.of(
            done -> {
              throw new IllegalStateException("planted");
            },
            failed -> {}));
    assertEquals(Outcome.ACCEPTED, join(append(1)));
  }
}
