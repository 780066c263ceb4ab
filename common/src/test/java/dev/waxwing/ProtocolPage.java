package dev.waxwing;

import dev.waxwing.wire.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** PROTOCOL.md taken apart: its fenced examples, and its tables by the heading above them. */
final class ProtocolPage {
  private static final String FENCE = "```";

  private final List<String> lines;

  private ProtocolPage(List<String> lines) {
    this.lines = lines;
  }

  /** Reads a page; tests run in their module's folder. */
  static ProtocolPage read(Path page) {
    try {
      return new ProtocolPage(Files.readAllLines(page));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One example: {@code key: value} lines, keys may repeat. */
  record Example(String name, List<Map.Entry<String, String>> entries) {
    List<String> all(String key) {
      return entries.stream()
          .filter(entry -> entry.getKey().equals(key))
          .map(Map.Entry::getValue)
          .toList();
    }

    String text(String key) {
      List<String> values = all(key);
      if (values.size() != 1) {
        throw new AssertionError("example " + name + " has " + values.size() + " of " + key);
      }
      return values.get(0);
    }

    /** Hexadecimal, or {@code 32 bytes 11} for a byte repeated. */
    Bytes bytes(String key) {
      String text = text(key);
      String[] words = text.split(" ");
      return words.length == 3 && words[1].equals("bytes")
          ? Bytes.fromHex(words[2].repeat(Integer.parseInt(words[0])))
          : Bytes.fromHex(text);
    }
  }

  /** Every example by its name. */
  Map<String, Example> examples() {
    Map<String, Example> examples = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith(FENCE + "example ")) {
        continue;
      }
      String name = lines.get(i).substring(FENCE.length() + "example ".length());
      List<Map.Entry<String, String>> entries = new ArrayList<>();
      for (i++; !lines.get(i).equals(FENCE); i++) {
        int colon = lines.get(i).indexOf(':');
        entries.add(
            Map.entry(lines.get(i).substring(0, colon), lines.get(i).substring(colon + 1).strip()));
      }
      if (examples.put(name, new Example(name, entries)) != null) {
        throw new AssertionError("two examples " + name);
      }
    }
    return examples;
  }

  /** The rows of the tables below a heading, without heads and rules; cells stripped. */
  List<List<String>> rows(String heading) {
    int from = lines.indexOf(heading);
    if (from < 0) {
      throw new AssertionError("no heading " + heading);
    }
    List<List<String>> rows = new ArrayList<>();
    for (int i = from + 1; i < lines.size() && !lines.get(i).startsWith("#"); i++) {
      String line = lines.get(i);
      boolean head = i + 1 < lines.size() && lines.get(i + 1).startsWith("|---");
      if (line.startsWith("|") && !line.startsWith("|---") && !head) {
        String inside = line.substring(1, line.lastIndexOf('|'));
        List<String> cells = new ArrayList<>();
        for (String cell : inside.split("\\|", -1)) {
          cells.add(cell.strip());
        }
        rows.add(cells);
      }
    }
    return rows;
  }
}
