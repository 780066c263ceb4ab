package dev.waxwing.relay.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.relay.core.Policy;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
  @TempDir Path temp;
  private final Map<Setting, List<String>> flags = new EnumMap<>(Setting.class);
  private final Map<String, String> environment = new HashMap<>();

  @Test
  void whatNobodySetHasItsDefault() {
    RelayConfig config = config();
    assertEquals("*", config.listen().host());
    assertEquals(7380, config.listen().port());
    assertEquals(256L << 20, config.rules().mailQuota());
    assertEquals(Policy.Limits.DEFAULT, config.rules().policy().limits());
    assertEquals("this-host", config.rules().policy().name());
    assertEquals(temp.resolve("keys"), config.places().keys());
  }

  @Test
  void aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws Exception {
    file("{\"port\": 1, \"max-clients\": 5, \"name\": \"from file\"}");
    environment.put("WAXWING_RELAY_PORT", "2");
    environment.put("WAXWING_RELAY_MAX_CLIENTS", "6");
    flags.put(Setting.PORT, List.of("3"));
    RelayConfig config = config();
    assertEquals(3, config.listen().port());
    assertEquals(6, config.rules().policy().limits().clients());
    assertEquals("from file", config.rules().policy().name());
  }

  @Test
  void everySettingHasAFlagAndAVariableOfTheSameName() {
    for (Setting setting : Setting.values()) {
      assertEquals("--" + setting.key(), setting.flag());
      assertEquals(
          "WAXWING_RELAY_" + setting.key().replace('-', '_').toUpperCase(java.util.Locale.ROOT),
          setting.variable());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prot\": 1}|did you mean \"port\"",
        "{\"colour\": 1}|unknown key",
        "{\"port\": 1, \"port\": 2}|not the JSON",
        "{\"port\": 1} x|not the JSON",
        "[]|not a JSON object",
        "{\"port\": true}|port must be",
        "{\"port\": null}|port must be",
        "{\"host\": [\"a\"]}|host must be",
        "{\"dir\": \"/x\"}|unknown key",
        "{\"port\": 70000}|from 0 to 65535",
        "{\"port\": \"http\"}|from 0 to 65535",
        "{\"mail-quota\": \"many\"}|a size",
        "{\"mail-quota\": \"99999999TiB\"}|a size",
        "{\"registration\": \"closed\"}|invite or open",
        "{\"log-level\": \"loud\"}|error or warn",
        "{\"address\": [\"a:b\"]}|HOST:PORT",
        "{\"address\": [\"a b\"]}|HOST:PORT",
        "{\"certificate\": \"c.pem\"}|together with --key",
        "{\"public-host\": \"Relay_1\"}|a host name",
        "{\"name\": \"a\\u202eb\"}|printable",
      })
  void aWrongFileIsRefusedNamingWhat(String text, String says) throws Exception {
    file(text);
    Fault fault = assertThrows(Fault.class, this::config);
    assertEquals(FaultCode.CONFIG_INVALID, fault.code());
    assertTrue(fault.what().contains(says), fault.what());
  }

  @Test
  void everythingWrongIsNamedAtOnce() {
    flags.put(Setting.PORT, List.of("x"));
    environment.put("WAXWING_RELAY_MAX_CLIENTS", "0");
    Fault fault = assertThrows(Fault.class, this::config);
    assertTrue(fault.what().contains("--port"), fault.what());
    assertTrue(fault.what().contains("WAXWING_RELAY_MAX_CLIENTS"), fault.what());
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1KiB,1024", "1 MB,1048576", "3GiB,3221225472", "1TiB,1099511627776"})
  void sizesHaveUnits(String text, long bytes) {
    flags.put(Setting.MAIL_QUOTA, List.of(text));
    assertEquals(bytes, config().rules().mailQuota());
  }

  @Test
  void addressesWithoutAPortGetTheOneListenedOn() {
    flags.put(Setting.ADDRESS, List.of("relay.example", "[::1]", "10.0.0.1:443"));
    flags.put(Setting.PORT, List.of("7000"));
    assertEquals(
        List.of("relay.example:7000", "[::1]:7000", "10.0.0.1:443"), config().listen().addresses());
  }

  @Test
  void aMissingFileThatWasNamedIsRefused() {
    flags.put(Setting.CONFIG, List.of(temp.resolve("none.json").toString()));
    assertEquals(FaultCode.CONFIG_INVALID, assertThrows(Fault.class, this::config).code());
  }

  private RelayConfig config() {
    flags.putIfAbsent(Setting.DIR, List.of(temp.toString()));
    return RelayConfig.of(Settings.of(flags, environment), "this-host");
  }

  private void file(String text) throws Exception {
    Files.writeString(temp.resolve("relay.json"), text);
  }
}
