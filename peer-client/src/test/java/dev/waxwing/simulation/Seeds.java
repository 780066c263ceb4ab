package dev.waxwing.simulation;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** Plays many seeds, two at a time. */
final class Seeds {
  private Seeds() {}

  /**
   * Plays seeds until one breaks a promise.
   *
   * @return how often each trouble came
   * @throws AssertionError with the seed and what happened last
   */
  static Map<Story.Trouble, Integer> play(LongStream seeds, World.Crypto crypto) {
    Map<Story.Trouble, Integer> all = new EnumMap<>(Story.Trouble.class);
    seeds
        .parallel()
        .forEach(
            seed -> {
              World world = new World(seed, crypto, new Plant());
              run(world, seed);
              synchronized (all) {
                world.story.troubles().forEach((kind, n) -> all.merge(kind, n, Integer::sum));
              }
            });
    return all;
  }

  private static void run(World world, long seed) {
    try {
      world.run();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "seed " + seed + ": " + e.getMessage() + "\n" + world.climate + "\n" + world.story.tail(),
          e);
    }
  }

  /** A seed that a plant makes break a promise. */
  record Found(long seed, Promise.Broken how) {}

  /**
   * The first of some seeds, in order, in which a planted fault breaks one of some promises. Worlds
   * without the trouble that the plant needs to show are passed over.
   */
  static Optional<Found> find(int seeds, Supplier<Plant> plant, Set<Promise> how) {
    for (long seed = 0; seed < seeds; seed++) {
      Plant planted = plant.get();
      World world = new World(seed, World.Crypto.CHEAP, planted);
      if (!world.climate.kinds().containsAll(planted.needs())) {
        continue;
      }
      try {
        world.run();
      } catch (Promise.Broken broken) {
        if (how.contains(broken.promise())) {
          return Optional.of(new Found(seed, broken));
        }
      }
    }
    return Optional.empty();
  }
}
