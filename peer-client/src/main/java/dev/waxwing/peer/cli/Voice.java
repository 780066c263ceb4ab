package dev.waxwing.peer.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * All a command says. Results go to standard output, everything else to standard error; parts put
 * into a sentence are made safe here, so no command can forget it.
 */
final class Voice {
  private final Streams streams;
  private final Globals globals;
  private final boolean colours;
  private boolean suggested;

  Voice(Streams streams, Globals globals, boolean colours) {
    this.streams = streams;
    this.globals = globals;
    this.colours = colours;
  }

  /** Whether results are documents. */
  boolean json() {
    return globals.json;
  }

  /** Whether progress is drawn, rather than told line by line. */
  boolean draws() {
    return streams.tty().err() && !globals.json && !globals.quiet;
  }

  /** Whether progress and remarks are told at all. */
  boolean tells() {
    return !globals.json && !globals.quiet;
  }

  int columns() {
    return streams.tty().columns();
  }

  /** A line of the result. The form is the program's own; the parts may come from anywhere. */
  void result(String form, Object... parts) {
    streams.out().println(fill(form, parts, coloured(streams.tty().out())));
    streams.out().flush();
  }

  /** A document, or one line of a stream of them. */
  void document(Json document) {
    streams.out().println(document);
    streams.out().flush();
  }

  /** There are no more results: whoever reads them has them all. */
  void endResults() {
    streams.out().close();
  }

  /** Whether nobody reads the results any more. */
  boolean unheard() {
    return streams.out().checkError();
  }

  /** A remark beside the result; not with {@code --quiet} or {@code --json}. */
  void note(String form, Object... parts) {
    if (tells()) {
      say(form, parts);
    }
  }

  /** A remark only {@code --verbose} wants. */
  void detail(String form, Object... parts) {
    if (globals.verbose && tells()) {
      say(form, parts);
    }
  }

  /** Something that went well. */
  void done(String form, Object... parts) {
    if (tells()) {
      say("%s " + form, prepend(new Safe("✓", Ink.GREEN), parts));
    }
  }

  /** Something a person should look at; also with {@code --quiet}. */
  void warn(String form, Object... parts) {
    if (!globals.json) {
      say("%s " + form, prepend(new Safe("!", Ink.YELLOW), parts));
    }
  }

  /** The next step, once a run. */
  void next(String form, Object... parts) {
    if (tells() && !suggested) {
      suggested = true;
      say("Next: " + form, parts);
    }
  }

  /** A line on standard error, whatever was asked. */
  void say(String form, Object... parts) {
    streams.err().println(fill(form, parts, coloured(streams.tty().err())));
    streams.err().flush();
  }

  /** A document on standard error. */
  void complain(Json document) {
    streams.err().println(document);
    streams.err().flush();
  }

  /** A line as it would be printed, for those who print it otherwise. */
  String line(String form, Object... parts) {
    return fill(form, parts, coloured(streams.tty().out()));
  }

  /** Rows under each other, each column as wide as its widest cell; for results. */
  void table(List<List<Safe>> rows) {
    List<Integer> widths = new ArrayList<>();
    for (List<Safe> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        int width = length(row.get(i));
        if (i == widths.size()) {
          widths.add(width);
        } else {
          widths.set(i, Math.max(widths.get(i), width));
        }
      }
    }
    for (List<Safe> row : rows) {
      int last = row.size() - 1;
      while (last > 0 && row.get(last).text().isEmpty()) {
        last--;
      }
      StringBuilder form = new StringBuilder("%s");
      for (int i = 1; i <= last; i++) {
        form.append(" ".repeat(widths.get(i - 1) - length(row.get(i - 1)) + 2)).append("%s");
      }
      result(form.toString(), row.subList(0, last + 1).toArray());
    }
  }

  /** Where frames of progress are drawn. */
  PrintStream canvas() {
    return streams.err();
  }

  private static int length(Safe cell) {
    return cell.text().codePointCount(0, cell.text().length());
  }

  private boolean coloured(boolean screen) {
    return colours && (screen || globals.color == Globals.When.ALWAYS);
  }

  private static String fill(String form, Object[] parts, boolean coloured) {
    Object[] safe = new Object[parts.length];
    for (int i = 0; i < parts.length; i++) {
      Object part = parts[i];
      if (part instanceof Safe given) {
        safe[i] = coloured ? given.ink().on(given.text()) : given.text();
      } else {
        safe[i] = part instanceof Number ? part : Safe.of(part).text();
      }
    }
    return parts.length == 0 ? form : String.format(form, safe);
  }

  private static Object[] prepend(Object first, Object[] rest) {
    Object[] all = new Object[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }
}
