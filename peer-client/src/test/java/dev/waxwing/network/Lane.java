package dev.waxwing.network;

import java.util.Locale;
import java.util.StringJoiner;

/**
 * One direction of a connection.
 *
 * @param delayMillis how long what was read waits before it is passed on; nothing overtakes it
 * @param jitterMillis up to so much more, drawn anew each time
 * @param bytesPerSecond 0 for as fast as it goes
 * @param slice most bytes of one write
 * @param at after how many bytes trouble comes; -1 for never
 * @param trouble which
 */
public record Lane(
    int delayMillis, int jitterMillis, int bytesPerSecond, int slice, long at, Trouble trouble) {
  /** Most bytes read, written or held at once. */
  static final int MOST = 1 << 16;

  /** Everything passes at once. */
  public static final Lane CLEAR = new Lane(0, 0, 0, MOST, -1, Trouble.CUT);

  /** Checks the numbers. */
  public Lane {
    if (delayMillis < 0 || jitterMillis < 0 || bytesPerSecond < 0 || slice < 1 || slice > MOST) {
      throw new IllegalArgumentException("an impossible lane");
    }
  }

  /** Clear until so many bytes have passed. */
  public static Lane until(long at, Trouble trouble) {
    return new Lane(0, 0, 0, MOST, at, trouble);
  }

  /** Slow and late. */
  public static Lane slow(int delayMillis, int jitterMillis, int bytesPerSecond) {
    return new Lane(delayMillis, jitterMillis, bytesPerSecond, MOST, -1, Trouble.CUT);
  }

  /** In writes of so many bytes. */
  public static Lane sliced(int slice) {
    return new Lane(0, 0, 0, slice, -1, Trouble.CUT);
  }

  /** The word {@link #parse} reads: numbers in the order of the components, commas between. */
  @Override
  public String toString() {
    StringJoiner word = new StringJoiner(",");
    word.add("" + delayMillis).add("" + jitterMillis).add("" + bytesPerSecond);
    return word.add("" + slice).add("" + at).add(trouble.name()).toString();
  }

  /**
   * Reads the word.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Lane parse(String word) {
    String[] parts = word.split(",", -1);
    if (parts.length != 6) {
      throw new IllegalArgumentException("no lane: " + word);
    }
    return new Lane(
        Integer.parseInt(parts[0]),
        Integer.parseInt(parts[1]),
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[3]),
        Long.parseLong(parts[4]),
        Trouble.valueOf(parts[5].toUpperCase(Locale.ROOT)));
  }
}
