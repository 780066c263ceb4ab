package dev.waxwing.simulation;

import dev.waxwing.wire.Bytes;
import java.util.List;
import java.util.SplittableRandom;

/** Every choice of a simulation; the same seed makes the same choices. */
final class Dice {
  private final SplittableRandom random;

  Dice(long seed) {
    this(new SplittableRandom(seed));
  }

  private Dice(SplittableRandom random) {
    this.random = random;
  }

  /** Dice of somebody's own: what they throw changes nothing for others. */
  Dice split() {
    return new Dice(random.split());
  }

  /** From 0 to {@code bound - 1}. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** From {@code least} to {@code most}. */
  long between(long least, long most) {
    return random.nextLong(least, most + 1);
  }

  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  boolean heads() {
    return random.nextBoolean();
  }

  <T> T pick(List<T> from) {
    return from.get(below(from.size()));
  }

  byte[] array(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  Bytes bytes(int length) {
    return Bytes.of(array(length));
  }
}
