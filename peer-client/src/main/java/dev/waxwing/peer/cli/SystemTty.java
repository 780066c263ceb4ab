package dev.waxwing.peer.cli;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The terminal of this process. */
final class SystemTty implements Tty {
  private static final int USUAL = 80;

  private final boolean in;
  private final boolean out;
  private final boolean err;
  private final Map<String, String> env;
  private boolean measurable = true;

  SystemTty(Map<String, String> env) {
    this.env = env;
    this.in = screen(0);
    this.out = screen(1);
    this.err = screen(2);
  }

  @Override
  public boolean in() {
    return in;
  }

  @Override
  public boolean out() {
    return out;
  }

  @Override
  public boolean err() {
    return err;
  }

  @Override
  public int columns() {
    if (measurable && (out || err)) {
      try {
        int columns = TerminalWidth.now();
        if (columns > 0) {
          return columns;
        }
      } catch (IOException | RuntimeException | LinkageError e) {
        // A terminal whose size cannot be asked is taken for one of the usual width.
      }
      measurable = false;
    }
    try {
      return Math.max(20, Integer.parseInt(env.getOrDefault("COLUMNS", "" + USUAL)));
    } catch (NumberFormatException e) {
      return USUAL;
    }
  }

  @Override
  public String secret(String prompt) {
    Console console = System.console();
    if (console == null) {
      throw new Fault(FaultCode.INPUT_NEEDED, "a secret cannot be typed here unseen");
    }
    char[] typed = console.readPassword("%s", prompt);
    return typed == null ? "" : new String(typed);
  }

  /** Linux tells for each descriptor; elsewhere the JVM tells for input and output together. */
  private static boolean screen(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    if (Files.isSymbolicLink(link)) {
      try {
        String target = Files.readSymbolicLink(link).toString();
        return target.startsWith("/dev/pts/")
            || target.startsWith("/dev/tty")
            || target.equals("/dev/console");
      } catch (IOException e) {
        return false;
      }
    }
    Console console = System.console();
    return console != null && terminal(console);
  }

  /** Since Java 22 there is always a console and it says itself whether it is a terminal. */
  private static boolean terminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
