package dev.waxwing.peer.cli;

import java.io.IOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** Asks the terminal for its width; its own class, so that JLine is loaded by those who draw. */
final class TerminalWidth {
  private static @Nullable Terminal terminal;

  private TerminalWidth() {}

  static synchronized int now() throws IOException {
    Terminal asked = terminal;
    if (asked == null) {
      asked =
          TerminalBuilder.builder()
              .system(true)
              .systemOutput(TerminalBuilder.SystemOutput.SysErrOrSysOut)
              .nativeSignals(false)
              // Else it asks the terminal what it can, and eats what is typed meanwhile.
              .type("dumb")
              .graphemeCluster(false)
              .dumb(true)
              .build();
      terminal = asked;
    }
    return asked.getSize().getColumns();
  }
}
