package dev.waxwing.peer.api;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Lets callers wait for something to become true: looked at whenever anything changed. The one
 * place where threads of callers meet the loop's.
 */
final class Waits {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long version;

  /** Something changed. */
  void signal() {
    lock.lock();
    try {
      version++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until {@code condition} holds.
   *
   * @return false when it did not within the time
   */
  boolean until(long timeoutMillis, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    while (true) {
      long seen = version();
      if (condition.getAsBoolean()) {
        return true;
      }
      if (!changedSince(seen, deadline - System.nanoTime())) {
        return condition.getAsBoolean();
      }
    }
  }

  private long version() {
    lock.lock();
    try {
      return version;
    } finally {
      lock.unlock();
    }
  }

  private boolean changedSince(long seen, long nanos) {
    long left = nanos;
    lock.lock();
    try {
      while (version == seen) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault(FaultCode.CANCELLED, "interrupted", e);
    } finally {
      lock.unlock();
    }
  }
}
