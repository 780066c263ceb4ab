package dev.waxwing.relay.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Whatever bytes the configuration file has, it is a configuration or refused as none. */
class ConfigFuzzTest {
  @TempDir static Path folder;
  private static Path file;
  private static int taken;

  @BeforeAll
  static void place() {
    file = folder.resolve("relay.json");
  }

  @AfterAll
  static void anInputWasTaken() {
    assertTrue(taken > 0);
  }

  @FuzzTest
  void configuration(byte[] input) throws IOException {
    Files.write(file, input);
    Map<Setting, List<String>> flags =
        Map.of(Setting.DIR, List.of(folder.toString()), Setting.CONFIG, List.of(file.toString()));
    try {
      RelayConfig.of(Settings.of(flags, Map.of()), "this-host");
      taken++;
    } catch (Fault fault) {
      assertEquals(FaultCode.CONFIG_INVALID, fault.code());
    }
  }
}
