package dev.waxwing.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What was tried and how it ended, as a Markdown table in the build folder, for the results page.
 */
final class OutcomeTable {
  private static final List<String> ROWS = new ArrayList<>();

  private OutcomeTable() {}

  /** Notes an outcome and returns it. */
  static synchronized Ran note(String tried, Ran ran) throws IOException {
    String said = ran.firstLine().replaceFirst("^waxwing: ", "").replace("|", "\\|");
    String shown = said.length() > 110 ? said.substring(0, 109) + "…" : said;
    ROWS.add("| " + tried + " | " + ran.exit() + " | " + shown + " |");
    List<String> lines = new ArrayList<>(List.of("| case | exit | first line |", "|---|---|---|"));
    lines.addAll(ROWS);
    Files.write(Path.of(System.getProperty("waxwing.target"), "failure-list.md"), lines);
    return ran;
  }
}
