package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.network.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@link NetworkIT} at length: sessions cut at every byte, files at a thousand, half-open and
 * choked connections until somebody loses patience. The environment says how long:
 *
 * <pre>
 *  WAXWING_NETWORK_STEP    a session is cut at one byte of so many; 1 for every byte (default 64)
 *  WAXWING_NETWORK_RUNS    cuts of a file at each side (default 40)
 *  WAXWING_NETWORK_LARGE   cuts of a large file at each side (default 4)
 *  WAXWING_NETWORK_PAIRS   pairs of people at once (default 8)
 *  WAXWING_NETWORK_SEED    printed when drawn
 * </pre>
 */
@DisabledOnOs(OS.WINDOWS)
class NetworkCampaign {
  private static final int STEP = number("STEP", 64);
  private static final int RUNS = number("RUNS", 40);
  private static final int LARGE = number("LARGE", 4);
  private static final int PAIRS = number("PAIRS", 8);
  private static final long SEED = seed();
  private static final long FILE = 4 * Sample.MIB;

  /** Longer than what may be sent again, so that a start from nothing would be seen. */
  private static final long LARGE_FILE = 48 * Sample.MIB;

  private static final long LATE = 40 * Sample.MIB;

  @TempDir static Path folder;
  private static final List<NetworkTally> TABLE = new ArrayList<>();
  private static NetworkRig rig;

  private static int number(String name, int otherwise) {
    String text = System.getenv("WAXWING_NETWORK_" + name);
    return text == null ? otherwise : Integer.parseInt(text);
  }

  private static long seed() {
    String text = System.getenv("WAXWING_NETWORK_SEED");
    return text == null ? System.nanoTime() : Long.parseLong(text);
  }

  @BeforeAll
  static void open() throws Exception {
    System.out.println("WAXWING_NETWORK_SEED=" + SEED);
    rig = new NetworkRig(folder, PAIRS, SEED);
  }

  @AfterAll
  static void close() throws Exception {
    NetworkTally histories = tally("histories at the end");
    try (NetworkRig ends = rig) {
      for (NetworkPair pair : ends.pairs) {
        histories.run();
        pair.settle(histories);
      }
      assertEquals(0, ends.mailLeft(), "mail nobody acknowledged");
    } finally {
      print();
    }
    assertTrue(histories.right(), histories::toString);
  }

  private static void print() throws IOException {
    List<String> lines = new ArrayList<>(List.of("seed " + SEED, "", NetworkTally.head()));
    TABLE.forEach(tally -> lines.add(tally.toString()));
    lines.forEach(System.out::println);
    Files.write(Path.of(System.getProperty("waxwing.target"), "network-campaign.md"), lines);
  }

  private static synchronized NetworkTally tally(String kind) {
    NetworkTally tally = new NetworkTally(kind);
    TABLE.add(tally);
    return tally;
  }

  private static void carryOut(List<NetworkRig.Case> cases, NetworkTally tally) throws Exception {
    rig.carryOut(cases);
    System.out.println(tally);
    assertTrue(tally.right() && tally.mostlyTroubled(), tally::toString);
  }

  private static void session(boolean ofSender, String kind) throws Exception {
    NetworkPair first = rig.pairs.get(0);
    FaultProxy.Count length = first.sessionLength(ofSender ? first.sender : first.receiver);
    System.out.println(kind + ": " + length.newestUp() + " up, " + length.newestDown() + " down");
    NetworkTally tally = tally(kind);
    carryOut(new NetworkCuts(SEED).session(length, ofSender, STEP, tally), tally);
  }

  @Test
  void aSendersSessionIsCutAtEveryByte() throws Exception {
    session(true, "session of the sender cut");
  }

  @Test
  void aReceiversSessionIsCutAtEveryByte() throws Exception {
    session(false, "session of the receiver cut");
  }

  @Test
  void aFileIsCutAtManyBytes() throws Exception {
    Path file = Sample.file(folder.resolve("cut.bin"), FILE);
    for (boolean ofSender : new boolean[] {true, false}) {
      NetworkTally tally = tally("file cut at the " + (ofSender ? "sender" : "receiver"));
      NetworkCuts cuts = new NetworkCuts(SEED + (ofSender ? 1 : 2));
      carryOut(cuts.file(file, 0, Sample.sealed(FILE), ofSender, RUNS, tally), tally);
    }
  }

  @Test
  void aLargeFileCutLateDoesNotBeginAgain() throws Exception {
    Path file = Sample.file(folder.resolve("large.bin"), LARGE_FILE);
    for (boolean ofSender : new boolean[] {true, false}) {
      NetworkTally tally = tally("large file cut at the " + (ofSender ? "sender" : "receiver"));
      NetworkCuts cuts = new NetworkCuts(SEED + (ofSender ? 3 : 4));
      carryOut(cuts.file(file, LATE, LARGE_FILE, ofSender, LARGE, tally), tally);
      assertTrue(tally.worstWaste() <= Sample.RESENT + Sample.MIB, tally::toString);
    }
  }

  @Test
  void troubleOfEveryKindHarmsNothing() throws Exception {
    Path file = Sample.file(folder.resolve("kinds.bin"), 200_000);
    NetworkTroubles troubles = new NetworkTroubles(file).patient().brief();
    synchronized (NetworkCampaign.class) {
      TABLE.addAll(troubles.tallies);
    }
    List<NetworkRig.Case> cases = new ArrayList<>(troubles.cases);
    Collections.shuffle(cases, new Random(SEED));
    rig.carryOut(cases);
    assertTrue(troubles.tallies.stream().allMatch(NetworkTally::right), troubles.tallies::toString);
  }
}
