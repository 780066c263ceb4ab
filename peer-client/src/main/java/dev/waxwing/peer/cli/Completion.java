package dev.waxwing.peer.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completion scripts, made from the commands themselves. */
final class Completion {
  private Completion() {}

  /** The script for a shell. */
  static String of(CompletionCommand.Shell shell) {
    return switch (shell) {
      case BASH, ZSH -> AutoComplete.bash("waxwing", tree());
      case FISH -> fish();
      case POWERSHELL -> powershell();
    };
  }

  private static CommandLine tree() {
    CommandLine root = new CommandLine(CommandSpec.create().name("waxwing"));
    for (Catalog.Entry entry : Catalog.ENTRIES) {
      CommandLine line = entry.inner().isEmpty() ? of(entry) : group(entry);
      root.addSubcommand(entry.name(), line);
    }
    return root;
  }

  private static CommandLine group(Catalog.Entry entry) {
    CommandLine group = new CommandLine(CommandSpec.create().name(entry.name()));
    entry.inner().forEach(inner -> group.addSubcommand(inner.name(), of(inner)));
    return group;
  }

  private static CommandLine of(Catalog.Entry entry) {
    return Usage.bare(entry.task().get(), entry.name());
  }

  private static String fish() {
    StringBuilder script =
        new StringBuilder("# waxwing completion for fish\n").append("complete -c waxwing -f\n");
    for (Catalog.Entry entry : Catalog.ENTRIES) {
      script.append(
          String.format(
              "complete -c waxwing -n __fish_use_subcommand -a %s -d '%s'%n",
              entry.name(), entry.line().replace("'", "\\'")));
      String within = "'__fish_seen_subcommand_from " + entry.name() + "'";
      for (Catalog.Entry inner : entry.inner()) {
        script.append(
            String.format(
                "complete -c waxwing -n %s -a %s -d '%s'%n", within, inner.name(), inner.line()));
      }
      if (entry.inner().isEmpty()) {
        for (OptionSpec option : of(entry).getCommandSpec().options()) {
          if (option.longestName().startsWith("--")) {
            script.append(
                String.format(
                    "complete -c waxwing -n %s -l %s%s%n",
                    within,
                    option.longestName().substring(2),
                    option.arity().max() > 0 ? " -r" : ""));
          }
        }
      }
      if (takesFiles(entry.name())) {
        script.append(String.format("complete -c waxwing -n %s -F%n", within));
      }
    }
    return script.toString();
  }

  private static boolean takesFiles(String command) {
    return switch (command) {
      case "send", "demo", "join" -> true;
      default -> false;
    };
  }

  private static String powershell() {
    StringBuilder script = new StringBuilder("# waxwing completion for PowerShell\n");
    script.append("$waxwingWords = @{\n");
    script.append("  '' = ").append(list(Catalog.names())).append('\n');
    for (Catalog.Entry entry : Catalog.ENTRIES) {
      List<String> words = new ArrayList<>();
      entry.inner().forEach(inner -> words.add(inner.name()));
      if (words.isEmpty()) {
        of(entry).getCommandSpec().options().forEach(o -> words.add(o.longestName()));
      }
      script.append("  '").append(entry.name()).append("' = ").append(list(words)).append('\n');
    }
    return script
        .append(
            """
            }
            Register-ArgumentCompleter -Native -CommandName waxwing -ScriptBlock {
              param($wordToComplete, $commandAst, $cursorPosition)
              $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
              $command = @($words | Where-Object { $waxwingWords.ContainsKey($_) })[0]
              if (-not $command -or $command -eq $wordToComplete) { $command = '' }
              $waxwingWords[$command] | Where-Object { $_ -like "$wordToComplete*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """)
        .toString();
  }

  private static String list(List<String> words) {
    return "@('" + String.join("', '", words) + "')";
  }
}
