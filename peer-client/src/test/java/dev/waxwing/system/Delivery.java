package dev.waxwing.system;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What became of messages that were accepted, by comparing what was said with what was heard.
 *
 * @param lost said and not heard
 * @param doubled heard more often than said
 * @param reordered heard before one that was said earlier
 * @param invented heard and never said
 */
record Delivery(int lost, int doubled, int reordered, int invented) {
  /** Compares; no text may have been said twice. */
  static Delivery of(List<String> said, List<String> heard) {
    Map<String, Integer> place = new HashMap<>();
    for (String text : said) {
      place.put(text, place.size());
    }
    Set<String> seen = new HashSet<>();
    int doubled = 0;
    int reordered = 0;
    int invented = 0;
    int last = -1;
    for (String text : heard) {
      Integer at = place.get(text);
      if (at == null) {
        invented++;
      } else if (!seen.add(text)) {
        doubled++;
      } else {
        reordered += at < last ? 1 : 0;
        last = Math.max(last, at);
      }
    }
    return new Delivery(place.size() - seen.size(), doubled, reordered, invented);
  }

  /** Whether every message came once, in its order. */
  boolean right() {
    return lost + doubled + reordered + invented == 0;
  }
}
