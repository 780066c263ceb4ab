package dev.waxwing.relay.net;

import dev.waxwing.relay.core.HubEffect;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One event, one line: a category (the logger's name), a level, a fixed event name and fields. The
 * layout escapes and caps the fields; secrets and content never come here. Any thread.
 */
public final class RelayLog {
  private static final Map<HubEffect.Category, Logger> LOGGERS = loggers();

  private RelayLog() {}

  /** Writes an event of ours without fields. */
  public static void log(HubEffect.Category category, Level level, String event) {
    log(category, level, event, Map.of());
  }

  /** Writes an event of ours. */
  public static void log(
      HubEffect.Category category, Level level, String event, Map<String, String> fields) {
    Logger logger = LOGGERS.get(category);
    if (logger == null || !logger.isEnabledForLevel(level)) {
      return;
    }
    LoggingEventBuilder line = logger.atLevel(level);
    for (Map.Entry<String, String> field : fields.entrySet()) {
      line = line.addKeyValue(field.getKey(), field.getValue());
    }
    line.log(event);
  }

  /** Writes an event of the hub's. */
  static void log(HubEffect.Log effect) {
    log(effect.category(), Level.valueOf(effect.level().name()), effect.event(), effect.fields());
  }

  /** Name of the loggers' parent. */
  public static final String ROOT = "waxwing";

  private static Map<HubEffect.Category, Logger> loggers() {
    Map<HubEffect.Category, Logger> loggers = new EnumMap<>(HubEffect.Category.class);
    for (HubEffect.Category category : HubEffect.Category.values()) {
      loggers.put(
          category, LoggerFactory.getLogger(ROOT + "." + category.name().toLowerCase(Locale.ROOT)));
    }
    return loggers;
  }
}
