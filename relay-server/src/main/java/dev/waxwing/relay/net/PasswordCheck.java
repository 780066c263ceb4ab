package dev.waxwing.relay.net;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Checks hub passwords one at a time on a thread of its own, since each check takes 64 MiB and a
 * tenth of a second. When 64 wait, the next is answered wrong at once.
 */
public final class PasswordCheck implements AutoCloseable {
  private static final int MAX_WAITING = 64;

  private final Predicate<String> accepts;
  private final ThreadPoolExecutor worker;

  /** A check by {@code accepts}, which may be slow. */
  public PasswordCheck(Predicate<String> accepts) {
    this.accepts = accepts;
    this.worker =
        new ThreadPoolExecutor(
            1,
            1,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread thread = new Thread(task, "password");
              thread.setDaemon(true);
              return thread;
            });
    worker.allowCoreThreadTimeOut(true);
  }

  /** Checks a password; {@code answer} is told on the worker or, when it is full, at once. */
  void check(String password, Consumer<Boolean> answer) {
    try {
      worker.execute(() -> answer.accept(accepts.test(password)));
    } catch (RejectedExecutionException full) {
      answer.accept(false);
    }
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
