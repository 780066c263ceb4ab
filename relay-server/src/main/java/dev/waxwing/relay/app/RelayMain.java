package dev.waxwing.relay.app;

import dev.waxwing.Version;
import dev.waxwing.relay.net.DebugTrace;
import dev.waxwing.relay.net.Json;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the {@code waxwing-relay} command. */
public final class RelayMain {
  private static final List<Setting> PLACE = List.of(Setting.DIR, Setting.CONFIG);
  private static final List<Setting> INVITE =
      List.of(
          Setting.DIR,
          Setting.CONFIG,
          Setting.HOST,
          Setting.PORT,
          Setting.ADDRESS,
          Setting.PUBLIC_HOST);
  private static final List<Setting> ALL = List.of(Setting.values());

  private RelayMain() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(Console.system(), args));
  }

  static int run(Console console, String... args) {
    if (Arrays.equals(args, new String[] {"version"})) {
      console.print("waxwing " + Version.current());
      return 0;
    }
    RelayCli cli = new RelayCli(console);
    return commandLine(cli).execute(args);
  }

  private static CommandLine commandLine(RelayCli cli) {
    CommandLine root =
        new CommandLine(new Root(cli))
            .addSubcommand(with(cli, ALL, new InitCommand(cli)))
            .addSubcommand(with(cli, ALL, new ServeCommand(cli)))
            .addSubcommand(with(cli, PLACE, new OperatorCommands.Status(cli)))
            .addSubcommand(
                group(
                    cli,
                    "invite",
                    "Let people in.",
                    with(cli, INVITE, new OperatorCommands.InviteCreate(cli)),
                    with(cli, PLACE, new OperatorCommands.InviteList(cli)),
                    with(cli, PLACE, new OperatorCommands.InviteRevoke(cli))))
            .addSubcommand(
                group(
                    cli,
                    "users",
                    "The people registered.",
                    with(cli, PLACE, new OperatorCommands.UserList(cli)),
                    with(cli, PLACE, new OperatorCommands.UserShow(cli)),
                    with(cli, PLACE, new OperatorCommands.UserRemove(cli))))
            .addSubcommand(
                group(
                    cli,
                    "clients",
                    "Who is connected.",
                    with(cli, PLACE, new OperatorCommands.ClientList(cli)),
                    with(cli, PLACE, new OperatorCommands.ClientKick(cli))))
            .addSubcommand(
                group(
                    cli,
                    "backup",
                    "Copies of the relay.",
                    with(cli, PLACE, new BackupCommands.Create(cli)),
                    with(cli, List.of(), new BackupCommands.Verify(cli)),
                    with(cli, PLACE, new BackupCommands.Restore(cli))))
            .addSubcommand(
                group(
                    cli,
                    "config",
                    "The configuration.",
                    with(cli, ALL, new ConfigCommands.Check(cli)),
                    with(cli, ALL, new ConfigCommands.Paths(cli))))
            .addSubcommand(new CommandLine(new CommandLine.HelpCommand()))
            .addSubcommand(with(cli, List.of(), new VersionCommand(cli)));
    root.setOut(writer(cli.console().out()));
    root.setErr(writer(cli.console().err()));
    root.setUsageHelpAutoWidth(false);
    root.setParameterExceptionHandler((e, args) -> usage(cli, e, args));
    root.setExecutionExceptionHandler((e, command, parsed) -> failed(cli, e));
    return root;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  private static CommandLine with(RelayCli cli, List<Setting> settings, Callable<Integer> command) {
    CommandLine line = new CommandLine(command);
    cli.addFlags(line, settings);
    line.getCommandSpec().mixinStandardHelpOptions(false);
    line.getCommandSpec()
        .addOption(
            CommandLine.Model.OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("show this help")
                .build());
    return line;
  }

  private static CommandLine group(
      RelayCli cli, String name, String description, CommandLine... commands) {
    CommandLine group = new CommandLine(new Group(cli, name));
    group.getCommandSpec().name(name).usageMessage().description(description);
    for (CommandLine command : commands) {
      group.addSubcommand(command);
    }
    return group;
  }

  private static int usage(RelayCli cli, CommandLine.ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    List<String> known = new ArrayList<>(command.getSubcommands().keySet());
    known.addAll(command.getCommandSpec().optionsMap().keySet());
    String advice =
        Arrays.stream(args)
            .filter(word -> !known.contains(word))
            .flatMap(word -> Nearest.of(word, known).stream())
            .findFirst()
            .map(near -> "did you mean " + near + "?")
            .orElse("see: waxwing-relay help");
    String what = String.valueOf(e.getMessage()).replace('\n', ' ');
    cli.console()
        .fail(
            new Fault(FaultCode.USAGE, LogText.field(what), advice),
            cli.json() || List.of(args).contains("--json"));
    return FaultCode.USAGE.kind().exitCode();
  }

  private static int failed(RelayCli cli, Exception e) {
    Fault fault =
        e instanceof Fault known
            ? known
            : new Fault(FaultCode.INTERNAL, e.getClass().getSimpleName() + " " + e.getMessage(), e);
    if (DebugTrace.wanted()) {
      Throwable cause = fault.getCause() == null ? fault : fault.getCause();
      cause.printStackTrace(cli.console().err());
    }
    cli.console().fail(fault, cli.json());
    return fault.code().kind().exitCode();
  }

  /** The bare command: what there is and what comes next. */
  @Command(
      name = "waxwing-relay",
      description = "A relay for encrypted chat and files that can read neither.",
      footer = {"", "Start here: waxwing-relay serve"})
  private record Root(RelayCli cli) implements Callable<Integer> {
    @Override
    public Integer call() {
      cli.console().note("Start the relay: waxwing-relay serve");
      cli.console().note("Let somebody in: waxwing-relay invite create");
      cli.console().note("All commands:    waxwing-relay help");
      return 0;
    }
  }

  /** A command that is only a name for others. */
  @Command
  private record Group(RelayCli cli, String name) implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new Fault(
          FaultCode.USAGE,
          "waxwing-relay " + name + " wants one more word",
          "see: waxwing-relay help " + name);
    }
  }

  /** Prints the version. */
  @Command(name = "version", description = "Print the version.")
  private record VersionCommand(RelayCli cli) implements Callable<Integer> {
    @Override
    public Integer call() {
      if (cli.json()) {
        cli.console().json(Json.object().put("version", Version.current()));
      } else {
        cli.console().print("waxwing " + Version.current());
      }
      return 0;
    }
  }
}
