package dev.waxwing.network;

import java.util.Locale;

/**
 * What is done to one connection.
 *
 * @param welcome how it is met
 * @param up from the peer to the relay
 * @param down from the relay to the peer
 */
public record Plan(Welcome welcome, Lane up, Lane down) {
  /** How a connection is met. */
  public enum Welcome {
    /** Led on to the relay. */
    PASS,
    /** Closed at once. */
    REFUSE,
    /** Taken, and never answered or even read. */
    MUTE
  }

  /** Everything passes. */
  public static final Plan CLEAR = new Plan(Welcome.PASS, Lane.CLEAR, Lane.CLEAR);

  /** Nobody is let in. */
  public static final Plan REFUSE = new Plan(Welcome.REFUSE, Lane.CLEAR, Lane.CLEAR);

  /** Nobody is answered. */
  public static final Plan MUTE = new Plan(Welcome.MUTE, Lane.CLEAR, Lane.CLEAR);

  /** Both directions alike. */
  public static Plan both(Lane lane) {
    return new Plan(Welcome.PASS, lane, lane);
  }

  /** Trouble on the way to the relay. */
  public static Plan up(Lane lane) {
    return new Plan(Welcome.PASS, lane, Lane.CLEAR);
  }

  /** Trouble on the way from the relay. */
  public static Plan down(Lane lane) {
    return new Plan(Welcome.PASS, Lane.CLEAR, lane);
  }

  /** The words {@link #parse} reads. */
  @Override
  public String toString() {
    return welcome + " " + up + " " + down;
  }

  /**
   * Reads the words.
   *
   * @throws IllegalArgumentException when they are none
   */
  static Plan parse(String words) {
    String[] parts = words.split(" ", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("no plan: " + words);
    }
    return new Plan(
        Welcome.valueOf(parts[0].toUpperCase(Locale.ROOT)),
        Lane.parse(parts[1]),
        Lane.parse(parts[2]));
  }
}
