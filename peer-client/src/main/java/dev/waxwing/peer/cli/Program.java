package dev.waxwing.peer.cli;

import dev.waxwing.peer.cli.Catalog.Entry;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** From words on the command line to one command's exit code. */
final class Program {
  /** Stands for {@code --} among the words of {@code send}; no argument can contain it. */
  static final String DASHES = "\0--";

  private static final List<String> TAKE_A_VALUE =
      List.of("--home", "--passphrase-file", "--color");

  private final World world;
  private boolean failed;

  Program(World world) {
    this.world = world;
  }

  /** Runs the command the words name. Never throws. */
  int run(String... args) {
    Globals early = new Globals();
    early.json = Arrays.asList(args).contains("--json") || flag("WAXWING_JSON");
    early.quiet = true;
    Voice voice = new Voice(world.streams(), early, false);
    return told(voice, () -> dispatch(voice, args));
  }

  /** Does something and tells what stopped it; returns the exit code. */
  private int told(Voice voice, IntSupplier action) {
    try {
      return action.getAsInt();
    } catch (Stop.Stopped stopped) {
      return 130;
    } catch (Fault fault) {
      failed = true;
      Failure.tell(fault, voice);
      debug(fault, voice);
      return fault.code().kind().exitCode();
    } catch (RuntimeException | LinkageError | OutOfMemoryError failure) {
      failed = true;
      Fault fault = new Fault(FaultCode.INTERNAL, "something unforeseen: " + failure);
      Failure.tell(fault, voice);
      debug(failure, voice);
      return fault.code().kind().exitCode();
    }
  }

  private int dispatch(Voice voice, String[] args) {
    List<String> leading = new ArrayList<>();
    int at = skipFlags(args, 0, leading);
    if (leading.contains("--version") || leading.contains("-V")) {
      return execute(
          voice, Catalog.find("version").orElseThrow(), "waxwing version", without(leading));
    }
    if (at == args.length) {
      if (leading.contains("--help") || leading.contains("-h")) {
        world.streams().out().print(Usage.overview());
        return 0;
      }
      return execute(voice, Catalog.BARE, "waxwing", leading);
    }
    String name = args[at];
    Entry entry = Catalog.find(name).orElseThrow(() -> unknown(name, Catalog.names(), ""));
    String path = "waxwing " + entry.name();
    List<String> rest = new ArrayList<>(leading);
    if (entry.inner().isEmpty()) {
      rest.addAll(Arrays.asList(args).subList(at + 1, args.length));
      return execute(voice, entry, path, rest);
    }
    int inner = skipFlags(args, at + 1, rest);
    if (inner == args.length && (rest.contains("--help") || rest.contains("-h"))) {
      world.streams().out().print(Usage.group(entry));
      return 0;
    }
    String word = inner == args.length ? "ls" : args[inner];
    Entry chosen =
        entry.inner().stream()
            .filter(candidate -> candidate.name().equals(word))
            .findFirst()
            .orElseThrow(
                () ->
                    unknown(word, entry.inner().stream().map(Entry::name).toList(), entry.name()));
    if (inner < args.length) {
      rest.addAll(Arrays.asList(args).subList(inner + 1, args.length));
    }
    return execute(voice, chosen, path + " " + chosen.name(), rest);
  }

  private int execute(Voice voice, Entry entry, String path, List<String> words) {
    Task task = entry.task().get();
    CommandLine line = Usage.lineOf(task, path, world);
    parse(line, entry.dashesMatter() ? keepDashes(words) : words);
    if (line.isUsageHelpRequested()) {
      world.streams().out().print(Usage.of(line, words.contains("--help")));
      return 0;
    }
    int exit = 0;
    try (Session session = new Session(world, task.globals)) {
      exit = told(voice, () -> task.run(session));
      session.linger();
    } catch (RuntimeException failure) {
      if (failed) {
        // One failure is told, and it was.
        debug(failure, voice);
        return exit;
      }
      int end =
          told(
              voice,
              () -> {
                throw failure;
              });
      return exit == 0 ? end : exit;
    }
    return exit;
  }

  private static void parse(CommandLine line, List<String> words) {
    try {
      line.parseArgs(words.toArray(new String[0]));
    } catch (ParameterException e) {
      if (e.getCause() instanceof Fault fault) {
        throw fault;
      }
      String what = String.valueOf(e.getMessage()).replace(DASHES, "--");
      what = what.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + what.substring(1);
      String see = "see: " + line.getCommandName() + " --help";
      List<String> unmatched =
          e instanceof CommandLine.UnmatchedArgumentException u ? u.getUnmatched() : List.of();
      Optional<String> meant =
          unmatched.isEmpty()
              ? Optional.empty()
              : Nearest.to(unmatched.get(0), line.getCommandSpec().optionsMap().keySet());
      throw new Fault(
          FaultCode.USAGE, what, meant.map(m -> "did you mean " + m + "? " + see).orElse(see));
    }
  }

  /** Collects flags up to the next word; returns where that is. */
  private static int skipFlags(String[] args, int from, List<String> flags) {
    int at = from;
    while (at < args.length && args[at].startsWith("-") && args[at].length() > 1) {
      flags.add(args[at]);
      if (TAKE_A_VALUE.contains(args[at]) && at + 1 < args.length) {
        at++;
        flags.add(args[at]);
      }
      at++;
    }
    return at;
  }

  private static List<String> without(List<String> flags) {
    return flags.stream().filter(f -> !f.equals("--version") && !f.equals("-V")).toList();
  }

  private static List<String> keepDashes(List<String> words) {
    List<String> kept = new ArrayList<>(words);
    int at = kept.indexOf("--");
    if (at >= 0) {
      kept.add(at, DASHES);
    }
    return kept;
  }

  private static Fault unknown(String word, List<String> known, String within) {
    String what = "there is no command '" + (within.isEmpty() ? "" : within + " ") + word + "'";
    String see = within.isEmpty() ? "see: waxwing help" : "see: waxwing " + within + " --help";
    return new Fault(
        FaultCode.USAGE,
        what,
        Nearest.to(word, known).map(m -> "did you mean " + m + "? " + see).orElse(see));
  }

  private boolean flag(String variable) {
    return Usage.truth(world.env().getOrDefault(variable, "")).equals("true");
  }

  private void debug(Throwable failure, Voice voice) {
    if (!flag("WAXWING_DEBUG")) {
      return;
    }
    for (Throwable t = failure; t != null; t = t.getCause()) {
      voice.say("%s", t);
      for (StackTraceElement frame : t.getStackTrace()) {
        voice.say("    at %s", frame);
      }
    }
  }
}
