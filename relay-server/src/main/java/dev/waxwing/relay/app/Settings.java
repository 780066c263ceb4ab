package dev.waxwing.relay.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.relay.net.Json;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was given for each {@link Setting}, and where: a flag wins over the environment, that over
 * the file; what nobody gave is absent. Text only; {@link RelayConfig} gives it meaning.
 */
final class Settings {
  /** Where a value comes from, the strongest first. */
  enum Origin {
    FLAG,
    ENVIRONMENT,
    FILE
  }

  /**
   * One value.
   *
   * @param texts one, or several for what may be repeated
   */
  record Value(List<String> texts, Origin origin) {}

  private static final long LONGEST_FILE = 64 * 1024;

  private final Map<Setting, Value> values = new EnumMap<>(Setting.class);
  private final Places places;

  /**
   * @param places where the directories and the file lie
   */
  private Settings(Places places) {
    this.places = places;
  }

  /**
   * Brings flags, environment and file together.
   *
   * @param flags as given on the command line
   * @throws Fault CONFIG_INVALID when the file cannot be read or has unknown keys
   */
  static Settings of(Map<Setting, List<String>> flags, Map<String, String> environment) {
    Map<Setting, Value> direct = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      List<String> texts = flags.get(setting);
      String variable = environment.get(setting.variable());
      if (texts != null && !texts.isEmpty()) {
        direct.put(setting, new Value(List.copyOf(texts), Origin.FLAG));
      } else if (variable != null && !variable.isEmpty()) {
        direct.put(setting, new Value(split(setting, variable), Origin.ENVIRONMENT));
      }
    }
    Places places = Places.find(path(direct, Setting.DIR), path(direct, Setting.CONFIG));
    Settings settings = new Settings(places);
    settings.values.putAll(direct);
    if (Files.exists(places.config())) {
      read(places.config()).forEach(settings.values::putIfAbsent);
    } else if (direct.containsKey(Setting.CONFIG)) {
      throw new Fault(FaultCode.CONFIG_INVALID, "there is no file " + places.config());
    }
    return settings;
  }

  /** Where directories and file lie. */
  Places places() {
    return places;
  }

  /** What was given, if anything. */
  Optional<Value> get(Setting setting) {
    return Optional.ofNullable(values.get(setting));
  }

  /** The one text given, if any. */
  Optional<String> text(Setting setting) {
    return get(setting).map(value -> value.texts().get(value.texts().size() - 1));
  }

  private static Optional<Path> path(Map<Setting, Value> direct, Setting setting) {
    return Optional.ofNullable(direct.get(setting)).map(value -> Path.of(value.texts().get(0)));
  }

  private static List<String> split(Setting setting, String text) {
    return setting.repeatable() ? Arrays.asList(text.split("[,\\s]+")) : List.of(text);
  }

  private static Map<Setting, Value> read(Path file) {
    ObjectNode object = parse(file);
    Map<Setting, Value> found = new EnumMap<>(Setting.class);
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      Setting setting = byKey(field.getKey());
      if (setting == null || setting == Setting.DIR || setting == Setting.CONFIG) {
        problems.add(unknown(field.getKey()));
        continue;
      }
      List<String> texts = texts(setting, field.getValue());
      if (texts.isEmpty()) {
        problems.add(setting.key() + " must be " + setting.form());
      } else {
        found.put(setting, new Value(texts, Origin.FILE));
      }
    }
    if (!problems.isEmpty()) {
      throw new Fault(
          FaultCode.CONFIG_INVALID,
          String.join("; ", problems),
          "correct " + file + ", then: waxwing-relay config check");
    }
    return found;
  }

  private static ObjectNode parse(Path file) {
    try {
      if (Files.size(file) > LONGEST_FILE) {
        throw new Fault(FaultCode.CONFIG_INVALID, file + " is too long to be a configuration");
      }
      if (Json.MAPPER.readTree(Files.readAllBytes(file)) instanceof ObjectNode object) {
        return object;
      }
      throw new Fault(FaultCode.CONFIG_INVALID, file + " is not a JSON object");
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : ", line "
                  + e.getLocation().getLineNr()
                  + " column "
                  + e.getLocation().getColumnNr();
      throw new Fault(FaultCode.CONFIG_INVALID, file + " is not the JSON it should be" + where, e);
    } catch (IOException e) {
      throw new Fault(FaultCode.CONFIG_INVALID, "cannot read " + file, e);
    }
  }

  private static List<String> texts(Setting setting, JsonNode node) {
    if (node.isTextual() || node.isNumber()) {
      return List.of(node.asText());
    }
    if (!setting.repeatable() || !node.isArray()) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : node) {
      if (!item.isTextual()) {
        return List.of();
      }
      texts.add(item.asText());
    }
    return texts;
  }

  private static @org.jspecify.annotations.Nullable Setting byKey(String key) {
    for (Setting setting : Setting.values()) {
      if (setting.key().equals(key)) {
        return setting;
      }
    }
    return null;
  }

  private static String unknown(String key) {
    String near =
        Nearest.of(key, Arrays.stream(Setting.values()).map(Setting::key).toList())
            .map(known -> ": did you mean \"" + known + "\"?")
            .orElse("");
    return "unknown key \"" + LogText.field(key) + "\"" + near;
  }
}
