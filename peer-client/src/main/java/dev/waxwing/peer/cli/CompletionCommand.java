package dev.waxwing.peer.cli;

import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waxwing completion}. */
@Command(
    header = {
      "source <(waxwing completion bash)",
      "waxwing completion fish > ~/.config/fish/completions/waxwing.fish",
      ""
    },
    description = "%nPrints what makes your shell complete commands and flags.%n")
final class CompletionCommand extends Task {
  /** The shells there is completion for. */
  enum Shell {
    BASH,
    ZSH,
    FISH,
    POWERSHELL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "SHELL", description = "bash, zsh, fish or powershell")
  Shell shell = Shell.BASH;

  @Override
  int run(Session session) {
    String script = Completion.of(shell);
    if (session.voice().json()) {
      session.voice().document(Json.document().put("script", script));
    } else {
      session.world().streams().out().print(script);
      session.world().streams().out().flush();
    }
    return 0;
  }
}
