package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.network.FaultProxy;
import dev.waxwing.network.Lane;
import dev.waxwing.network.Plan;
import dev.waxwing.network.ProxyProcess;
import dev.waxwing.network.Trouble;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The network cuts, resets, slows and damages connections: what was accepted arrives once and in
 * order, and a file is whole or absent. A few cases of each kind; {@link NetworkCampaign} has all.
 */
@DisabledOnOs(OS.WINDOWS)
@Tag("long")
class NetworkIT {
  private static final int PAIRS = 4;
  private static final int SESSION_CUTS = 40;
  private static final int FILE_CUTS = 10;

  /** The pauses a link makes at least between tries, doubling each time. */
  private static final long FIRST_PAUSE_MILLIS = 250;

  private static final int TRIES = 4;
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  @TempDir static Path folder;
  private static NetworkRig rig;

  @BeforeAll
  static void open() throws Exception {
    System.out.println("-Dseed=" + SEED);
    rig = new NetworkRig(folder, PAIRS, SEED);
  }

  @AfterAll
  static void close() throws Exception {
    NetworkTally histories = new NetworkTally("histories");
    try (NetworkRig ends = rig) {
      for (NetworkPair pair : ends.pairs) {
        histories.run();
        pair.settle(histories);
      }
      assertEquals(0, ends.mailLeft(), "mail nobody acknowledged");
    }
    assertTrue(histories.right(), histories::toString);
  }

  @Test
  void sessionsCutAnywhereLoseRepeatAndReorderNothing() throws Exception {
    NetworkCuts cuts = new NetworkCuts(SEED);
    NetworkTally tally = new NetworkTally("session cut");
    List<NetworkRig.Case> cases = new ArrayList<>();
    for (boolean ofSender : new boolean[] {true, false}) {
      NetworkPair first = rig.pairs.get(0);
      FaultProxy.Count length = first.sessionLength(ofSender ? first.sender : first.receiver);
      long bytes = length.newestUp() + length.newestDown();
      assertTrue(bytes > 4_000, () -> "a session of " + bytes + " bytes");
      int step = (int) (bytes / (SESSION_CUTS / 2));
      cases.addAll(cuts.session(length, ofSender, step, tally));
    }
    rig.carryOut(cases);
    System.out.println(tally);
    assertTrue(tally.right() && tally.mostlyTroubled(), tally::toString);
  }

  @Test
  void filesCutAnywhereAreWholeOrAbsent() throws Exception {
    Path file = Sample.file(folder.resolve("cut.bin"), 3 * Sample.MIB);
    NetworkCuts cuts = new NetworkCuts(SEED);
    NetworkTally tally = new NetworkTally("file cut");
    long length = Sample.sealed(3 * Sample.MIB);
    List<NetworkRig.Case> cases = new ArrayList<>();
    cases.addAll(cuts.file(file, 0, length, true, FILE_CUTS, tally));
    cases.addAll(cuts.file(file, 0, length, false, FILE_CUTS, tally));
    rig.carryOut(cases);
    System.out.println(tally);
    assertTrue(tally.right() && tally.mostlyTroubled(), tally::toString);
  }

  @Test
  void troubleOfEveryKindHarmsNothing() throws Exception {
    Path file = Sample.file(folder.resolve("kinds.bin"), 200_000);
    NetworkTroubles troubles = new NetworkTroubles(file).brief();
    rig.carryOut(troubles.cases);
    troubles.tallies.forEach(System.out::println);
    assertTrue(troubles.tallies.stream().allMatch(NetworkTally::right), troubles.tallies::toString);
  }

  @Test
  void whoIsNotLetInTriesLessAndLessOftenAndNotInStep() throws Exception {
    Set<Long> firstGaps = new HashSet<>();
    for (NetworkPair pair : rig.pairs) {
      pair.sender.door.usual(Plan.REFUSE);
    }
    for (NetworkPair pair : rig.pairs) {
      ProxyProcess.Door door = pair.sender.door;
      int before = door.connects().size();
      door.sever();
      List<Long> tries = triesAt(door, before);
      for (int i = 1; i < TRIES; i++) {
        long gap = TimeUnit.NANOSECONDS.toMillis(tries.get(i) - tries.get(i - 1));
        long least = FIRST_PAUSE_MILLIS << (i - 1);
        assertTrue(gap >= least, "a pause of " + gap + " ms where " + least + " is the least");
      }
      firstGaps.add(TimeUnit.NANOSECONDS.toMillis(tries.get(1) - tries.get(0)));
      door.usual(Plan.CLEAR);
    }
    System.out.println("first pauses: " + firstGaps);
    assertTrue(firstGaps.size() > 1, "everybody comes back at the same moment");
    for (NetworkPair pair : rig.pairs) {
      pair.sender.awaitOnline();
    }
  }

  private static List<Long> triesAt(ProxyProcess.Door door, int before) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    List<Long> tries = door.connects();
    while (tries.size() < before + TRIES) {
      assertTrue(System.nanoTime() < until, "nobody tries any more");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      tries = door.connects();
    }
    return tries.subList(before, tries.size());
  }

  @Test
  void aCommandThatEndsForTheNetworkSaysSo() throws Exception {
    ProxyProcess.Door door = rig.proxy.door(rig.relay.port);
    Path home = folder.resolve("cli");
    rig.stage().at(home, "join", rig.relay.inviteAt(door.address()), "--name", "cli").ok();
    Path other = folder.resolve("other");
    rig.stage().at(other, "join", rig.relay.invite(), "--name", "other").ok();
    rig.stage().at(home, "msg", "other", "hello", "--no-input").ok();
    for (Plan plan :
        List.of(
            Plan.REFUSE,
            Plan.up(Lane.until(0, Trouble.RESET)),
            Plan.up(Lane.until(300, Trouble.CUT)),
            Plan.down(Lane.until(300, Trouble.CUT)),
            Plan.down(Lane.until(2_000, Trouble.RESET)))) {
      door.usual(plan);
      Ran ran = rig.stage().at(home, "msg", "other", "lost?", "--no-input", "--timeout", "2s");
      OutcomeTable.note("network: " + plan, ran).refused(FaultCode.NETWORK_UNREACHABLE);
    }
    door.usual(Plan.CLEAR);
    rig.stage().at(home, "msg", "other", "last", "--no-input").ok();
    String read = rig.stage().at(other, "inbox").ok().out();
    // What a command could not hand over it said so of, and did not leave behind.
    assertTrue(read.contains("hello") && read.contains("last"), read);
    assertFalse(read.contains("lost?"), read);
  }
}
