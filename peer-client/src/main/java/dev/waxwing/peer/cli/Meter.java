package dev.waxwing.peer.cli;

/**
 * How fast one transfer goes: the mean of the last seconds, recent ones counting more, so that the
 * figure is calm and still follows.
 */
final class Meter {
  /** Time constant of the mean in milliseconds. */
  private static final double MEMORY = 3000;

  private long at = -1;
  private long bytes;
  private double rate;

  /**
   * Takes a reading.
   *
   * @param done bytes so far
   * @param now milliseconds
   */
  void read(long done, long now) {
    if (at < 0) {
      at = now;
      bytes = done;
      return;
    }
    long passed = now - at;
    if (passed <= 0) {
      return;
    }
    double current = Math.max(0, done - bytes) * 1000.0 / passed;
    double weight = rate == 0 ? 1 : 1 - Math.exp(-passed / MEMORY);
    rate += (current - rate) * weight;
    at = now;
    bytes = done;
  }

  /** Bytes a second; 0 while nothing is known. */
  double rate() {
    return rate;
  }

  /** Milliseconds until the rest has gone at this rate; -1 when nobody can say. */
  long left(long rest) {
    return rest < 0 || rate < 1 ? -1 : Math.round(rest * 1000 / rate);
  }
}
