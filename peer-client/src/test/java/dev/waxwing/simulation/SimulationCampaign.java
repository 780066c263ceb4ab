package dev.waxwing.simulation;

import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Many seeds: {@code WAXWING_SIM_SEEDS} of them from {@code WAXWING_SIM_FIRST} on, with {@code
 * WAXWING_SIM_REAL} of them under the real cryptography.
 */
class SimulationCampaign {
  private static final long SEEDS = number("WAXWING_SIM_SEEDS", 100_000);
  private static final long FIRST = number("WAXWING_SIM_FIRST", 0);
  private static final long REAL = number("WAXWING_SIM_REAL", 200);

  private static long number(String name, long otherwise) {
    String value = System.getenv(name);
    return value == null ? otherwise : Long.parseLong(value);
  }

  @Test
  void everySeedKeepsThePromises() {
    play(FIRST, SEEDS, World.Crypto.CHEAP);
  }

  @Test
  void theRealCryptographyKeepsThemToo() {
    play(FIRST, REAL, World.Crypto.REAL);
  }

  private static void play(long first, long count, World.Crypto crypto) {
    Map<Story.Trouble, Integer> troubles =
        Seeds.play(LongStream.range(first, first + count), crypto);
    System.out.println(
        count + " seeds from " + first + ", " + crypto + ": all promises kept; " + troubles);
  }
}
