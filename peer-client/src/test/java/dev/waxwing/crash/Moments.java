package dev.waxwing.crash;

import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** When to strike: drawn from a seed, which is printed; {@code WAXWING_SEED} sets it. */
final class Moments {
  /** A relay that takes nothing for so long has not come back. */
  private static final long PATIENCE_SECONDS = 60;

  private final SplittableRandom random;

  Moments() {
    random = new SplittableRandom(Knobs.number("WAXWING_SEED", new SecureRandom().nextLong()));
  }

  int draw(int bound) {
    return random.nextInt(bound);
  }

  /**
   * Returns when the relay has accepted up to {@code most} more messages, and up to three
   * milliseconds after that, so that blows fall between commits as well as on them.
   */
  void await(Crowd crowd, int most) {
    int target = crowd.accepted() + 1 + random.nextInt(most);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (crowd.accepted() < target) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "the relay accepts nothing; under way " + crowd.underWay() + ", " + crowd.problems());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    long until = System.nanoTime() + random.nextInt(3_000_000);
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }
}
