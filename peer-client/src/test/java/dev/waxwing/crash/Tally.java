package dev.waxwing.crash;

/**
 * How many messages had which end.
 *
 * @param asked for
 * @param accepted by the relay, as the sender's library said
 * @param come to the receiver's history
 * @param broken what must be nothing
 */
record Tally(long asked, long accepted, long come, Broken broken) {
  static final Tally NONE = new Tally(0, 0, 0, new Broken(0, 0, 0, 0, 0));

  /**
   * Promises that were not kept.
   *
   * @param lost accepted, and nowhere
   * @param stuck on the sender's disk, and nowhere else
   * @param twice came again as another line
   * @param reordered came after a later one of the same sender
   * @param invented came, and nobody wrote it
   */
  record Broken(long lost, long stuck, long twice, long reordered, long invented) {
    Broken plus(Broken other) {
      return new Broken(
          lost + other.lost,
          stuck + other.stuck,
          twice + other.twice,
          reordered + other.reordered,
          invented + other.invented);
    }

    boolean nothing() {
      return lost + stuck + twice + reordered + invented == 0;
    }
  }

  Tally plus(Tally other) {
    return new Tally(
        asked + other.asked,
        accepted + other.accepted,
        come + other.come,
        broken.plus(other.broken));
  }

  Tally minus(Tally before) {
    Broken was = before.broken;
    return new Tally(
        asked - before.asked,
        accepted - before.accepted,
        come - before.come,
        new Broken(
            broken.lost - was.lost,
            broken.stuck - was.stuck,
            broken.twice - was.twice,
            broken.reordered - was.reordered,
            broken.invented - was.invented));
  }

  static String head() {
    return "accepted | come | lost | stuck | twice | reordered | invented";
  }

  /** A row's cells, in the order of {@link #head}. */
  String cells() {
    return accepted
        + " | "
        + come
        + " | "
        + broken.lost
        + " | "
        + broken.stuck
        + " | "
        + broken.twice
        + " | "
        + broken.reordered
        + " | "
        + broken.invented;
  }
}
