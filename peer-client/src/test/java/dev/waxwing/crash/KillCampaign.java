package dev.waxwing.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.system.Town;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A relay killed at random moments, {@code WAXWING_KILLS} times, while two people write without end
 * and one sends files.
 */
class KillCampaign {
  private static final int MOST_ACCEPTED = 200;

  /** Kills between two looks at everything. */
  private static final int BETWEEN_RESTS = 25;

  @TempDir Path folder;

  @Test
  void nothingAcceptedIsLostWheneverTheRelayIsKilled() throws Exception {
    long kills = Knobs.number("WAXWING_KILLS", 25);
    Moments moments = new Moments();
    try (Town town = new Town(folder, CrashRig.LIMITS)) {
      // Ended in peace once, it leaves the archive of loaded classes that halves each start.
      town.relay().end();
      town.openRelay();
      try (Crowd crowd = new Crowd(town, folder)) {
        long busy = 0;
        for (int kill = 1; kill <= kills; kill++) {
          moments.await(crowd, MOST_ACCEPTED);
          town.relay().kill();
          busy += crowd.underWay() > 0 ? 1 : 0;
          town.openRelay();
          if (kill % BETWEEN_RESTS == 0) {
            System.out.println(kill + " kills: " + crowd.rest(true));
          }
        }
        Tally sum = crowd.rest(false);
        System.out.println("| kills | with mail under way | files | " + Tally.head() + " |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        System.out.println(
            "| " + kills + " | " + busy + " | " + crowd.filesDone() + " | " + sum.cells() + " |");
        assertEquals(List.of(), crowd.problems());
        assertTrue(sum.broken().nothing(), sum::toString);
        assertTrue(busy > 0, "no kill met mail under way");
        assertTrue(crowd.filesDone() > 0, "no file arrived");
      }
    }
  }
}
