package dev.waxwing.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Seeded worlds of a relay and its people against the promises of delivery. A failing seed prints
 * itself and what happened last; {@code -Dsimulation.seed=N} plays it alone.
 */
class SimulationTest {
  private static final int SEEDS = 1_000;
  private static final int REAL_SEEDS = 20;

  @Test
  void everySeedKeepsThePromises() {
    Long alone = Long.getLong("simulation.seed");
    LongStream seeds = alone == null ? LongStream.range(0, SEEDS) : LongStream.of(alone);
    Map<Story.Trouble, Integer> troubles = Seeds.play(seeds, World.Crypto.CHEAP);
    System.out.println("seeds 0 to " + (SEEDS - 1) + ": " + troubles);
    for (Story.Trouble kind : Story.Trouble.values()) {
      assertTrue(alone != null || troubles.containsKey(kind), "no seed had " + kind);
    }
  }

  @Test
  void aSeedPlaysTheSameTwice() {
    for (long seed = 0; seed < 20; seed++) {
      assertEquals(footprint(seed), footprint(seed), "seed " + seed);
    }
  }

  private static String footprint(long seed) {
    World world = new World(seed, World.Crypto.CHEAP, new Plant());
    world.run();
    return world.agenda.events() + "\n" + world.story.troubles() + "\n" + world.story.tail();
  }

  @Test
  void theRealCryptographyKeepsThemToo() {
    Seeds.play(LongStream.range(0, REAL_SEEDS), World.Crypto.REAL);
  }
}
