package dev.waxwing.peer.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Sets Logback up in code, which saves every command a tenth of a second of XML: warnings go to
 * standard error, a line each; standard output is for results. Found by Logback through {@code
 * META-INF/services}.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
  /** For Logback. */
  public LogSetup() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget("System.err");
    Line line = new Line();
    line.setContext(context);
    line.start();
    console.setEncoder(line);
    console.start();
    ch.qos.logback.classic.Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(console);
    root.setLevel(Level.WARN);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Time, level, logger and message, without traces and with nothing a terminal would obey. */
  private static final class Line extends EncoderBase<ILoggingEvent> {
    private static final int LONGEST = 500;

    @Override
    public byte[] headerBytes() {
      return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
      String name = event.getLoggerName();
      String message = String.valueOf(event.getFormattedMessage());
      String line =
          Instant.ofEpochMilli(event.getTimeStamp())
              + " "
              + event.getLevel()
              + " "
              + name.substring(name.lastIndexOf('.') + 1)
              + " "
              + Safe.of(message.substring(0, Math.min(message.length(), LONGEST)))
              + System.lineSeparator();
      return line.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
      return new byte[0];
    }
  }
}
