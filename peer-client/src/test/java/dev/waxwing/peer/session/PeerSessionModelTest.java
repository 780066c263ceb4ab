package dev.waxwing.peer.session;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/**
 * Random schedules of two peers and a relay against the promises of delivery. Every schedule makes
 * hundreds of real prekeys, hence few in the build; {@code -Dsession.seeds=1000} and {@code
 * -Dsession.seed=N} run more and others.
 */
class PeerSessionModelTest {
  private static final int SEEDS = Integer.getInteger("session.seeds", 40);

  @Test
  void noScheduleLosesRepeatsReordersOrInventsAMessage() {
    int damaged = 0;
    for (int i = 0; i < SEEDS; i++) {
      long seed = Long.getLong("session.seed", 0) + i;
      Schedule schedule = new Schedule(seed);
      try {
        schedule.run();
        schedule.check();
      } catch (RuntimeException | AssertionError e) {
        fail("seed " + seed + ": " + e.getMessage() + "\n" + String.join("\n", schedule.story), e);
      }
      damaged += schedule.lives > 2 ? 1 : 0;
    }
    assertTrue(SEEDS < 20 || damaged > 0, "no schedule lost a peer's state");
  }
}
