package dev.waxwing.peer.cli;

import dev.waxwing.peer.cli.Catalog.Entry;
import dev.waxwing.peer.cli.Catalog.Group;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Help: examples first, no longer than a screen. */
final class Usage {
  private static final String EVERYWHERE =
      """

      Everywhere:
            --home DIR         the profile's folder, for several identities on one machine
            --passphrase-file FILE
                               holds the profile's passphrase; - for standard input
            --json             documents instead of sentences; never asks
            --no-input         never ask: end with exit code 2 and name the flag instead
        -y, --yes              yes to every question
        -q, --quiet            only results and failures
        -v, --verbose          say more
            --color WHEN       auto, always or never
        -h, --help             this; -h is shorter
      """;

  private Usage() {}

  /** The help of the program. */
  static String overview() {
    StringBuilder text =
        new StringBuilder(
            """
            waxwing join INVITE           once, with the invite you were given
            waxwing send ali photo.jpg    a file, whether ali is here or not
            waxwing chat ali              talk

            Files and talk, by name, through a relay that cannot read them.

            """);
    for (Group group : Group.values()) {
      text.append(group).append('\n');
      for (Entry entry : Catalog.ENTRIES) {
        if (entry.group() == group) {
          text.append(String.format("  %-11s %s%n", entry.name(), entry.line()));
        }
      }
    }
    return text.append("\nwaxwing COMMAND --help, waxwing help TOPIC (")
        .append(String.join(", ", HelpText.TOPICS.keySet()))
        .append(")\n")
        .toString();
  }

  /** The help of a command that has commands. */
  static String group(Entry entry) {
    StringBuilder text = new StringBuilder("waxwing " + entry.name() + "\n\n");
    text.append("Usage: waxwing ").append(entry.name()).append(" [COMMAND]\n\n");
    for (Entry inner : entry.inner()) {
      text.append(String.format("  %-9s %s%n", inner.name(), inner.line()));
    }
    return text.append("\nwaxwing ")
        .append(entry.name())
        .append(" COMMAND --help; without COMMAND: ls\n")
        .toString();
  }

  /** The help of one command. */
  static String of(CommandLine line, boolean full) {
    return line.getUsageMessage(Ansi.OFF) + (full ? EVERYWHERE : "");
  }

  /** The reader of one command's words. */
  static CommandLine lineOf(Task task, String path, World world) {
    CommandLine line = bare(task, path);
    Map<String, String> env = world.env();
    line.setDefaultValueProvider(argument -> fromEnvironment(argument, env));
    line.setUsageHelpWidth(Math.max(60, Math.min(100, world.streams().tty().columns())));
    return line;
  }

  /** The same without an environment. */
  static CommandLine bare(Task task, String path) {
    CommandLine line = new CommandLine(task);
    line.setCommandName(path);
    line.setExpandAtFiles(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setOverwrittenOptionsAllowed(true);
    line.registerConverter(Span.class, Span::parse);
    return line;
  }

  /** {@code --on-conflict} is {@code WAXWING_ON_CONFLICT}. */
  static String variable(String option) {
    return "WAXWING_" + option.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** What a variable says as the value of a switch. */
  static String truth(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "1", "true", "yes", "on" -> "true";
      case "", "0", "false", "no", "off" -> "false";
      default -> value;
    };
  }

  private static @Nullable String fromEnvironment(ArgSpec argument, Map<String, String> env) {
    if (!(argument instanceof OptionSpec option)
        || option.usageHelp()
        || !option.longestName().startsWith("--")) {
      return null;
    }
    String value = env.get(variable(option.longestName()));
    if (value == null || value.isEmpty()) {
      return null;
    }
    return option.typeInfo().isBoolean() ? truth(value) : value;
  }
}
