package dev.waxwing.relay.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import dev.waxwing.relay.net.RelayLog;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Sets Logback up in code: no file is looked for and no XML parsed, which would take a tenth of a
 * second of every start. Found by Logback through {@code META-INF/services}.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
  private static final long TURN = 16L << 20;
  private static final int TURNS = 8;

  /** For Logback. */
  public LogSetup() {}

  /** Before the configuration is known: warnings to standard error. */
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    append(context, console(context, false));
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    // Reports a failed attempt with a trace although another follows; the last failure is a fault.
    context.getLogger("org.sqlite.SQLiteJDBCLoader").setLevel(Level.OFF);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** As the configuration says. */
  static void apply(RelayConfig.Logging logging) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    append(
        context,
        logging
            .file()
            .<OutputStreamAppender<ILoggingEvent>>map(file -> turns(context, file, logging.json()))
            .orElseGet(() -> console(context, logging.json())));
    root.setLevel(Level.WARN);
    context.getLogger(RelayLog.ROOT).setLevel(Level.valueOf(logging.level().name()));
    context.getLogger("dev.waxwing").setLevel(Level.valueOf(logging.level().name()));
  }

  private static void append(LoggerContext context, OutputStreamAppender<ILoggingEvent> appender) {
    appender.start();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }

  private static OutputStreamAppender<ILoggingEvent> console(LoggerContext context, boolean json) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget("System.err");
    console.setEncoder(encoder(context, json));
    return console;
  }

  private static LogLine encoder(LoggerContext context, boolean json) {
    LogLine encoder = new LogLine(json);
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  private static OutputStreamAppender<ILoggingEvent> turns(
      LoggerContext context, Path file, boolean json) {
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setFile(file.toString());
    appender.setEncoder(encoder(context, json));
    FixedWindowRollingPolicy names = new FixedWindowRollingPolicy();
    names.setContext(context);
    names.setParent(appender);
    names.setFileNamePattern(file + ".%i");
    names.setMinIndex(1);
    names.setMaxIndex(TURNS);
    names.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context);
    size.setMaxFileSize(new FileSize(TURN));
    size.start();
    appender.setRollingPolicy(names);
    appender.setTriggeringPolicy(size);
    return appender;
  }
}
