package dev.waxwing.peer.cli;

import dev.waxwing.Version;
import java.io.PrintStream;

/** Entry point of the {@code waxwing} command. */
public final class WaxwingMain {
  private WaxwingMain() {}

  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  static int run(String[] args, PrintStream out, PrintStream err) {
    if (args.length == 1 && args[0].equals("version")) {
      out.println("waxwing " + Version.current());
      return 0;
    }
    err.println("usage: waxwing version");
    return 2;
  }
}
