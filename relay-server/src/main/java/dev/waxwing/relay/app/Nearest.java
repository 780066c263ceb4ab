package dev.waxwing.relay.app;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** What somebody who mistyped a word may have meant. */
final class Nearest {
  private static final int MOST = 2;

  private Nearest() {}

  /** The known word nearest to {@code word}, if at most two characters differ. */
  static Optional<String> of(String word, Collection<String> known) {
    return known.stream()
        .filter(one -> distance(one, word) <= MOST)
        .min(Comparator.comparingInt(one -> distance(one, word)));
  }

  /** Levenshtein distance: how many characters differ, are missing or too many. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
