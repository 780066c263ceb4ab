package dev.waxwing.message;

/** What the relay explains to people: never longer than they would read. */
final class Details {
  /** Most characters. */
  static final int MAX = 200;

  private Details() {}

  /** The beginning of {@code detail}, with no half of a character at its end. */
  static String cut(String detail) {
    if (detail.length() <= MAX) {
      return detail;
    }
    int end = Character.isHighSurrogate(detail.charAt(MAX - 1)) ? MAX - 1 : MAX;
    return detail.substring(0, end);
  }
}
