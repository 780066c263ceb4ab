package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.ANN1;

import dev.waxwing.message.Address;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.store.Mailbox.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Durable appends a second with 1 and with 64 senders, each waiting for its answer before it sends
 * again. Arguments: a folder on the disk to be measured, seconds, bytes a message.
 */
public final class AppendBenchmark {
  private AppendBenchmark() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "."), "append");
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    int length = args.length > 2 ? Integer.parseInt(args[2]) : 1024;
    for (int senders : new int[] {1, 64, 1, 64, 256}) {
      floor(folder);
      Path data = folder.resolve("data" + System.nanoTime());
      try (StoreThread thread =
          StoreThread.start(
              SqliteStore.open(data, new StoreOptions(1L << 40, Samples.EPOCH)),
              StoreThread.Limits.DEFAULT)) {
        new AppendBenchmark.Run(thread, senders, length).run(seconds);
      }
    }
  }

  /** What forcing 4 KiB costs at this moment: no store that keeps its word can commit faster. */
  private static void floor(Path folder) throws IOException {
    long[] took = new long[200];
    Path file = folder.resolve("floor");
    try (FileChannel channel = StoreFiles.openFile(file)) {
      for (int i = 0; i < took.length; i++) {
        long from = System.nanoTime();
        channel.write(ByteBuffer.allocate(4096), 4096L * i);
        channel.force(false);
        took[i] = System.nanoTime() - from;
      }
    }
    Files.delete(file);
    Arrays.sort(took);
    System.err.printf(
        "    floor: force 4 KiB p50 %d us, p99 %d us%n", took[100] / 1000, took[198] / 1000);
  }

  private record Run(StoreThread thread, int senders, int length) {

    void run(int seconds) throws InterruptedException {
      CompletableFuture<Boolean> ready = new CompletableFuture<>();
      thread.submit(
          1,
          store -> {
            Samples.register(store, ANN1);
            for (int i = 0; i < senders; i++) {
              Samples.register(store, recipient(i));
            }
            return true;
          },
          StoreDone.of(ready::complete, ready::completeExceptionally));
      ready.join();
      AtomicLong ids = new AtomicLong();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      long[] latencies = new long[10_000_000];
      AtomicLong measured = new AtomicLong();
      Semaphore ended = new Semaphore(0);
      long from = System.nanoTime();
      long until = from + seconds * 1_000_000_000L;
      long commits = thread.timings().commits();
      long cpu = cpuNanos();
      for (int i = 0; i < senders; i++) {
        Address to = recipient(i);
        Runnable[] again = new Runnable[1];
        again[0] =
            () -> {
              long start = System.nanoTime();
              if (start > until || failure.get() != null) {
                ended.release();
                return;
              }
              Mailbox.Message message = Samples.mail(ANN1, ids.incrementAndGet(), length, to);
              thread.submit(
                  length,
                  store -> store.mailbox().append(message, start).outcome(),
                  StoreDone.of(
                      outcome -> {
                        if (outcome != Outcome.ACCEPTED) {
                          failure.set(new IllegalStateException(outcome.name()));
                        }
                        latencies[(int) measured.getAndIncrement()] = System.nanoTime() - start;
                        again[0].run();
                      },
                      fault -> {
                        failure.set(fault);
                        ended.release();
                      }));
            };
        again[0].run();
      }
      ended.acquire(senders);
      double took = (System.nanoTime() - from) / 1e9;
      if (failure.get() != null) {
        throw new IllegalStateException(failure.get());
      }
      int count = (int) measured.get();
      long[] sorted = Arrays.copyOf(latencies, count);
      Arrays.sort(sorted);
      System.err.printf(
          "%3d senders, %d B: %,d appends/s, %.1f a commit, p50 %d us, p99 %d us,"
              + " processor %d us an append%n",
          senders,
          length,
          (long) (count / took),
          (double) count / (thread.timings().commits() - commits),
          sorted[count / 2] / 1000,
          sorted[(int) (count * 0.99)] / 1000,
          (cpuNanos() - cpu) / 1000 / count);
    }

    private static long cpuNanos() {
      return ((com.sun.management.OperatingSystemMXBean)
              java.lang.management.ManagementFactory.getOperatingSystemMXBean())
          .getProcessCpuTime();
    }

    private static Address recipient(int i) {
      return new Address(new UserId("user" + i), Samples.device(100 + i));
    }
  }
}
