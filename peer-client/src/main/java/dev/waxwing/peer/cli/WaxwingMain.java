package dev.waxwing.peer.cli;

import dev.waxwing.Version;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;

/** Entry point of the {@code waxwing} command. */
public final class WaxwingMain {
  private static final long CLOSING = 3000;

  private WaxwingMain() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("version")) {
      // The quickest answer loads nothing.
      System.out.println("waxwing " + Version.current());
      return;
    }
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> System.err.println("waxwing: " + Safe.of(failure)));
    Stop stop = new Stop();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  // A signal: the command closes what it has open, then the JVM ends with 130 or
                  // 143.
                  stop.ask();
                  stop.awaitEnd(CLOSING);
                },
                "waxwing-stop"));
    Map<String, String> env = System.getenv();
    Streams streams =
        new Streams(
            System.in, utf8(FileDescriptor.out), utf8(FileDescriptor.err), new SystemTty(env));
    World world = new World(streams, env, Clock.systemDefaultZone(), new ProfileDoors(), stop);
    int exit = new Program(world).run(args);
    stop.ended();
    System.exit(exit);
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor)), true, StandardCharsets.UTF_8);
  }
}
