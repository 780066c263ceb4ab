package dev.waxwing.crash;

import java.util.OptionalInt;

/** A text that says who wrote it and as which, and that nobody could have made by accident. */
final class Numbered {
  private Numbered() {}

  /** The text that {@code from} writes as number {@code n}; its length depends on the number. */
  static String text(String from, int n) {
    String mark = Long.toHexString(mix(from.hashCode() * 31L + n));
    return from + " " + n + " " + mark.repeat(1 + n % 7);
  }

  /** The number of a text by {@code from}; empty when it is not such a text, to the letter. */
  static OptionalInt number(String from, String text) {
    String[] words = text.split(" ", 3);
    if (words.length == 3 && words[0].equals(from) && words[1].matches("[0-9]{1,9}")) {
      int n = Integer.parseInt(words[1]);
      return text.equals(text(from, n)) ? OptionalInt.of(n) : OptionalInt.empty();
    }
    return OptionalInt.empty();
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood, 2014). */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
