package dev.waxwing.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How the runs of one kind of case ended. Thread-safe. */
final class NetworkTally {
  private static final int MOST_NOTES = 20;

  private final String kind;
  private final boolean troubleMustCome;
  private final List<String> notes = new ArrayList<>();
  private int runs;
  private int troubled;
  private int lost;
  private int doubled;
  private int reordered;
  private int half;
  private long worstWaste = -1;
  private long waste;

  NetworkTally(String kind) {
    this(kind, false);
  }

  /**
   * The same.
   *
   * @param troubleMustCome whether it is wrong when fewer than half the runs met it: a control
   *     connection that comes back just then may take the plan of a data connection
   */
  NetworkTally(String kind, boolean troubleMustCome) {
    this.kind = kind;
    this.troubleMustCome = troubleMustCome;
  }

  /** A run began. */
  synchronized void run() {
    runs++;
  }

  /** The trouble of a run came; where it stays away, the run showed nothing. */
  synchronized void troubled(boolean came) {
    troubled += came ? 1 : 0;
  }

  synchronized void delivery(Delivery now, String where) {
    lost += now.lost();
    doubled += now.doubled();
    reordered += now.reordered() + now.invented();
    if (!now.right()) {
      note(where + ": " + now);
    }
  }

  /** A file under its name that is not the one sent, or that never came. */
  synchronized void half(String where) {
    half++;
    note(where);
  }

  /** Bytes that passed beyond those the file has. */
  synchronized void waste(long bytes) {
    long now = Math.max(0, bytes);
    waste += now;
    worstWaste = Math.max(worstWaste, now);
  }

  synchronized void note(String what) {
    if (notes.size() < MOST_NOTES) {
      notes.add(what);
    }
  }

  synchronized boolean right() {
    return runs > 0
        && (troubled * 2 >= runs || !troubleMustCome)
        && lost + doubled + reordered + half == 0
        && notes.isEmpty();
  }

  /** Whether the trouble came in nine runs of ten: sessions are not all of one length. */
  synchronized boolean mostlyTroubled() {
    return troubled * 10 >= runs * 9;
  }

  synchronized long worstWaste() {
    return worstWaste;
  }

  static String head() {
    return "| case | runs | trouble came | lost | doubled | reordered | files wrong | worst waste |"
        + " mean waste |\n"
        + "|---|---|---|---|---|---|---|---|---|";
  }

  /** The row of the table, and what went wrong below it. */
  @Override
  public synchronized String toString() {
    String bytes =
        worstWaste < 0
            ? "– | –"
            : String.format(Locale.ROOT, "%,d | %,d", worstWaste, waste / Math.max(1, runs));
    String row =
        String.format(
            Locale.ROOT,
            "| %s | %d | %d | %d | %d | %d | %d | %s |",
            kind,
            runs,
            troubled,
            lost,
            doubled,
            reordered,
            half,
            bytes);
    return notes.isEmpty() ? row : row + "\n" + String.join("\n", notes);
  }
}
