package dev.waxwing.relay.core;

import dev.waxwing.wire.Frame;
import java.util.List;

/** One {@code Get}: where a recipient's connection is in the blob. */
final class BlobReader {
  /** Bodies a reader's connection may have unwritten before it gets nothing more, in bytes. */
  static final long HIGH = 2L << 20;

  final Session session;

  private long part;
  private int slice;
  private boolean reading;
  private boolean ended;

  BlobReader(Session session, long from) {
    this.session = session;
    this.part = from;
  }

  /** The part it gets next, or is in the middle of. */
  long part() {
    return part;
  }

  /** Whether its socket takes more. */
  boolean takes() {
    return session.open() && session.onTheWay() < HIGH;
  }

  boolean ended() {
    return ended;
  }

  void end() {
    ended = true;
  }

  /** Whether a part is being read from disk for it. */
  boolean reading() {
    return reading;
  }

  void reads(boolean now) {
    reading = now;
  }

  /** Whether it waits for this part from disk. */
  boolean awaits(long wanted) {
    return reading && part == wanted;
  }

  /**
   * Hands over slices of its part that it has not got yet.
   *
   * @param slices those that are here, from the first on
   * @param paced whether it stops when the socket takes no more
   */
  void give(List<Frame> slices, boolean paced, Turn turn) {
    while (slice < slices.size() && (!paced || takes())) {
      turn.forward(session, slices.get(slice));
      slice++;
    }
  }

  /** Whether it has got this many slices of its part. */
  boolean got(int slices) {
    return slice >= slices;
  }

  void nextPart() {
    part++;
    slice = 0;
    reading = false;
  }
}
