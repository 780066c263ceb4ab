package dev.waxwing.relay.net;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.slf4j.LoggerFactory;

/** Stack traces, for those who set {@code WAXWING_DEBUG} to look for a mistake of ours. */
public final class DebugTrace {
  private static final boolean WANTED = System.getenv("WAXWING_DEBUG") != null;

  private DebugTrace() {}

  /** Whether traces are wanted. */
  public static boolean wanted() {
    return WANTED;
  }

  /** Logs the trace of {@code cause}, line by line, if wanted. */
  public static void show(Throwable cause) {
    if (WANTED) {
      StringWriter text = new StringWriter();
      cause.printStackTrace(new PrintWriter(text));
      text.toString()
          .lines()
          .forEach(line -> LoggerFactory.getLogger(RelayLog.ROOT + ".debug").error(line));
    }
  }
}
