package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What received files are called: a text in which {@code {date}}, {@code {time}}, {@code {from}},
 * {@code {name}}, {@code {stem}} and {@code {ext}} stand for what they say; {@code dated} is the
 * pattern for folders that cameras and scanners fill. Immutable.
 *
 * @param text the pattern, its words known
 */
record NamePattern(String text) {
  private static final String DATED = "{date}_{time}_from_{from}{ext}";
  private static final int MOST = 200;
  private static final Pattern WORD = Pattern.compile("\\{([^{}]*)}");
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HHmmss", Locale.ROOT);

  /**
   * Reads a pattern.
   *
   * @throws Fault USAGE when it has a word nobody knows, or none at all
   */
  static NamePattern parse(String given) {
    String text = given.equals("dated") ? DATED : given;
    if (text.length() > MOST) {
      throw bad("it is longer than " + MOST + " characters");
    }
    Matcher words = WORD.matcher(text);
    boolean any = false;
    while (words.find()) {
      any = true;
      switch (words.group(1)) {
        case "date", "time", "from", "name", "stem", "ext" -> {}
        default -> throw bad("it has no word " + words.group());
      }
    }
    if (!any) {
      throw bad("every file would have the same name");
    }
    if (text.indexOf('/') >= 0 || text.indexOf('\\') >= 0) {
      throw bad("it names a file, not a folder; the folder is --to");
    }
    return new NamePattern(text);
  }

  private static Fault bad(String why) {
    return new Fault(
        FaultCode.USAGE,
        "that is no --name-pattern: " + why,
        "words: {date} {time} {from} {name} {stem} {ext}; or: dated");
  }

  /**
   * The name of a file called {@code name} by {@code from} and taken {@code when}: its folders left
   * out, else as hostile as it was; the library makes safe what it is told.
   */
  String name(UserId from, String name, ZonedDateTime when) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    int dot = last.lastIndexOf('.');
    String stem = dot > 0 ? last.substring(0, dot) : last;
    String extension = dot > 0 ? last.substring(dot) : "";
    return WORD.matcher(text)
        .replaceAll(
            word ->
                Matcher.quoteReplacement(
                    switch (word.group(1)) {
                      case "date" -> DATE.format(when);
                      case "time" -> TIME.format(when);
                      case "from" -> from.name();
                      case "stem" -> stem;
                      case "ext" -> extension;
                      default -> last;
                    }));
  }
}
