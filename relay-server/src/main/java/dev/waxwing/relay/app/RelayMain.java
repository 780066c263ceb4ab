package dev.waxwing.relay.app;

import dev.waxwing.Version;
import java.io.PrintStream;

/** Entry point of the {@code waxwing-relay} command. */
public final class RelayMain {
  private RelayMain() {}

  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  static int run(String[] args, PrintStream out, PrintStream err) {
    if (args.length == 1 && args[0].equals("version")) {
      out.println("waxwing " + Version.current());
      return 0;
    }
    err.println("usage: waxwing-relay version");
    return 2;
  }
}
