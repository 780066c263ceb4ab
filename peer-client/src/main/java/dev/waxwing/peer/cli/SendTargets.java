package dev.waxwing.peer.cli;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which words of {@code send} are people and which are paths: people first; a path exists, contains
 * a separator or is {@code -}; before {@code --} all are people, with {@code --to} all are paths.
 *
 * @param people names, at least one
 * @param paths at least one; {@code -} alone for standard input
 */
record SendTargets(List<String> people, List<String> paths) {

  /**
   * Splits the words.
   *
   * @param words as typed, {@link Program#DASHES} where {@code --} stood
   * @param to people named by flag
   * @param known names of people this profile knows
   * @param exists whether a path exists
   * @throws Fault USAGE, or FILE_NOT_FOUND for a last word that is neither
   */
  static SendTargets split(
      List<String> words, List<String> to, Set<String> known, Predicate<String> exists) {
    List<String> people = new ArrayList<>(to);
    List<String> paths = new ArrayList<>();
    int dashes = words.indexOf(Program.DASHES);
    if (dashes >= 0) {
      people.addAll(words.subList(0, dashes));
      paths.addAll(words.subList(dashes + 1, words.size()));
    } else if (!to.isEmpty()) {
      paths.addAll(words);
    } else {
      guess(words, known, exists, people, paths);
    }
    return checked(people, paths, exists);
  }

  private static void guess(
      List<String> words,
      Set<String> known,
      Predicate<String> exists,
      List<String> people,
      List<String> paths) {
    for (String word : words) {
      boolean sure = word.equals("-") || separated(word);
      if (!sure && exists.test(word) && paths.isEmpty()) {
        if (known.contains(word)) {
          throw new Fault(
              FaultCode.USAGE,
              "'" + word + "' is a person and also a file here",
              "write the file as ./"
                  + word
                  + ", or put -- between people and files, or name"
                  + " people with --to USER");
        }
        sure = true;
      }
      if (sure || !paths.isEmpty()) {
        paths.add(word);
      } else {
        people.add(word);
      }
    }
  }

  private static SendTargets checked(
      List<String> people, List<String> paths, Predicate<String> exists) {
    if (people.isEmpty()) {
      throw new Fault(
          FaultCode.USAGE,
          "nobody is named to send it to",
          "people come first: waxwing send USER FILE; a person called like a file here is named"
              + " with --to USER, or before --");
    }
    if (paths.isEmpty() && people.size() > 1) {
      String last = people.get(people.size() - 1);
      throw new Fault(
          FaultCode.FILE_NOT_FOUND, "there is no file '" + last + "' here", "check the path");
    }
    if (paths.isEmpty()) {
      throw new Fault(
          FaultCode.USAGE,
          "no file is named",
          "waxwing send USER FILE, or - to read standard input");
    }
    if (paths.contains("-") && paths.size() > 1) {
      throw new Fault(
          FaultCode.USAGE, "standard input travels alone", "send the files by another command");
    }
    for (String path : paths) {
      if (!path.equals("-") && !exists.test(path)) {
        throw new Fault(
            FaultCode.FILE_NOT_FOUND,
            "there is no file '" + path + "'",
            people.contains(path) || separated(path)
                ? "check the path"
                : "check the path; people come before files");
      }
    }
    return new SendTargets(List.copyOf(people), List.copyOf(paths));
  }

  private static boolean separated(String word) {
    return word.indexOf('/') >= 0 || word.indexOf(File.separatorChar) >= 0;
  }
}
