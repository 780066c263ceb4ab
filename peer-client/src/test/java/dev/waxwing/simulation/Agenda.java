package dev.waxwing.simulation;

import java.util.PriorityQueue;

/** What happens when, in simulated milliseconds; what is due at the same time goes in order. */
final class Agenda {
  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private long now;
  private long count;
  private int leaps;

  private record Due(long at, long order, Runnable what) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  long now() {
    return now;
  }

  void at(long time, Runnable what) {
    due.add(new Due(Math.max(now, time), count++, what));
  }

  void in(long millis, Runnable what) {
    at(now + millis, what);
  }

  /** Lets everything happen that is due before {@code time}, which it is then. */
  void runUntil(long time) {
    while (!due.isEmpty() && due.peek().at() < time) {
      Due next = due.poll();
      now = next.at();
      next.what().run();
    }
    now = time;
  }

  /** Time passes for everybody in which nothing here happens. */
  void leap() {
    leaps++;
  }

  /** How often it did. */
  int leaps() {
    return leaps;
  }

  /** How much has happened or will. */
  long events() {
    return count;
  }
}
