package dev.waxwing.system;

import dev.waxwing.network.FaultProxy;
import dev.waxwing.network.Lane;
import dev.waxwing.network.Plan;
import dev.waxwing.network.Trouble;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Cases in which a connection ends after so many bytes, in one of three ways. */
final class NetworkCuts {
  private static final Trouble[] ENDS = {Trouble.CUT, Trouble.RESET, Trouble.CUT_AND_RESET};

  /** TLS handshake and login of a data connection, each way, and some more. */
  private static final int OPENING = 6_000;

  private final SplittableRandom random;

  NetworkCuts(long seed) {
    this.random = new SplittableRandom(seed);
  }

  private Lane end(long at) {
    return Lane.until(at, ENDS[random.nextInt(ENDS.length)]);
  }

  /**
   * Cuts through login, two messages and their acknowledgements.
   *
   * @param length how long such a session is
   * @param ofSender whose session
   * @param step 1 for every byte; else a random one of so many
   */
  List<NetworkRig.Case> session(
      FaultProxy.Count length, boolean ofSender, int step, NetworkTally tally) {
    List<Plan> plans = new ArrayList<>();
    for (long at = random.nextInt(step); at < length.newestUp(); at += step) {
      plans.add(Plan.up(end(at)));
    }
    for (long at = random.nextInt(step); at < length.newestDown(); at += step) {
      plans.add(Plan.down(end(at)));
    }
    return plans.stream()
        .<NetworkRig.Case>map(
            plan -> pair -> pair.messages(ofSender ? pair.sender : pair.receiver, plan, tally))
        .toList();
  }

  /** Cuts at random bytes of a data connection: nine of ten where the file passes. */
  List<NetworkRig.Case> file(
      Path file, long from, long to, boolean ofSender, int runs, NetworkTally tally) {
    List<NetworkRig.Case> cases = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      boolean along = i % 10 < 9;
      Lane lane = end(along ? random.nextLong(from, to) : random.nextInt(OPENING));
      Plan plan = along == ofSender ? Plan.up(lane) : Plan.down(lane);
      cases.add(pair -> pair.file(ofSender ? pair.sender : pair.receiver, plan, file, tally));
    }
    return cases;
  }
}
