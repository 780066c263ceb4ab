package dev.waxwing.peer.files;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The path of an entry from a stranger's tar, as safe segments below the folder it goes to. */
final class TarPath {
  /** Deepest nesting and longest path, in bytes, that are kept; beyond, the outer segments go. */
  private static final int DEEPEST = 64;

  private static final int LONGEST = 2048;

  private TarPath() {}

  /**
   * Safe segments: {@code ..}, {@code .} and the root are dropped, and so is the first segment when
   * it is the name under which the whole came. May be empty.
   */
  static List<String> segments(String path, String top) {
    List<String> out = new ArrayList<>();
    boolean first = true;
    for (String segment : path.split("/")) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        continue;
      }
      if (!first || !segment.equals(top)) {
        out.add(SafeName.segment(segment));
      }
      first = false;
    }
    if (out.isEmpty() && !first && !path.endsWith("/")) {
      out.add(SafeName.segment(top));
    }
    int from = Math.max(0, out.size() - DEEPEST);
    while (length(out.subList(from, out.size())) > LONGEST) {
      from++;
    }
    return out.subList(from, out.size());
  }

  private static int length(List<String> segments) {
    return String.join("/", segments).getBytes(StandardCharsets.UTF_8).length;
  }
}
