package dev.waxwing.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.system.Town;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power cuts under the relay, under a person's profile, and under the relay's stores alone; and the
 * same with a disk that lies about forcing, which must cost something, or nothing here would prove
 * anything. Needs root, see {@link CutDisk#require}.
 */
class PowerCutCampaign {
  /** Every fsync says that it is done and does nothing. */
  private static final List<String> LYING =
      List.of(
          "strace",
          "-f",
          "-qq",
          "-o",
          "/dev/null",
          "-e",
          "trace=fsync,fdatasync",
          "-e",
          "inject=fsync,fdatasync:retval=0");

  private static final int MOST_ACCEPTED = 300;
  private static final int BETWEEN_RESTS = 10;

  /** Cuts with a lying disk, of which one at least must be seen. */
  private static final int LIES = 5;

  @TempDir Path folder;
  private final Moments moments = new Moments();

  @BeforeEach
  void require() throws InterruptedException {
    CutDisk.require(folder);
  }

  @Test
  void whatTheRelayAcceptedOutlivesItsPower() throws Exception {
    long cuts = Knobs.number("WAXWING_POWER_CUTS", 10);
    try (CutDisk disk = new CutDisk(folder.resolve("relay.img"), folder.resolve("disk"));
        Town town = new Town(folder, disk.folder("relay"), CrashRig.LIMITS)) {
      // The archive of loaded classes is made by a run that ends in peace.
      town.relay().end();
      town.openRelay();
      try (Crowd crowd = new Crowd(town, folder)) {
        for (int cut = 1; cut <= cuts; cut++) {
          moments.await(crowd, MOST_ACCEPTED);
          Kill.freeze(town.relay());
          disk.cut();
          Kill.withChildren(town.relay());
          disk.restore();
          town.openRelay();
          if (cut % BETWEEN_RESTS == 0) {
            System.out.println(cut + " cuts: " + crowd.rest(true));
          }
        }
        Tally sum = crowd.rest(false);
        print("relay", cuts, crowd.filesDone(), sum);
        assertEquals(List.of(), crowd.problems());
        assertTrue(sum.broken().nothing(), sum::toString);
        assertTrue(sum.accepted() > cuts, sum::toString);
        Kill.withChildren(town.relay());
      }
    }
  }

  private static void print(String what, long cuts, int files, Tally sum) {
    System.out.println("| power of | cuts | files | " + Tally.head() + " |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|");
    System.out.println("| " + what + " | " + cuts + " | " + files + " | " + sum.cells() + " |");
  }

  @Test
  void whatAPersonStoredOutlivesTheirPower() throws Exception {
    long cuts = Knobs.number("WAXWING_PROFILE_CUTS", 6);
    List<String> problems = new ArrayList<>();
    Tally sum = Tally.NONE;
    try (CutDisk hers = new CutDisk(folder.resolve("alice.img"), folder.resolve("hers"));
        CutDisk his = new CutDisk(folder.resolve("bob.img"), folder.resolve("his"));
        Town town = new Town(folder, CrashRig.LIMITS);
        Voice alice = new Voice(town, "alice", town.join("alice", hers.folder("home")).home);
        Voice bob = new Voice(town, "bob", town.join("bob", his.folder("home")).home)) {
      alice.start();
      bob.start();
      Talk talk = new Talk(town, alice, bob, folder.resolve("sent"), his.folder("saved"));
      talk.take();
      for (int cut = 1; cut <= cuts; cut++) {
        CutDisk disk = cut % 2 == 0 ? hers : his;
        Voice victim = cut % 2 == 0 ? alice : bob;
        talk.prepare();
        talk.begin();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5 + moments.draw(1_000)));
        Kill.freeze(victim.program());
        disk.cut();
        victim.kill();
        disk.restore();
        victim.start();
        if (victim == bob) {
          talk.take();
        }
        talk.goOn();
        for (String problem : talk.end()) {
          problems.add("cut " + cut + " of " + victim.name + ": " + problem);
        }
        sum = sum.plus(talk.sum());
      }
      print("profile", cuts, talk.filesWhole(), sum);
      alice.kill();
      bob.kill();
    }
    assertEquals(List.of(), problems);
    assertTrue(sum.broken().nothing(), sum::toString);
    assertTrue(sum.accepted() > cuts, sum::toString);
  }

  @Test
  void whatTheStoresKeptOutlivesTheirPower() throws Exception {
    long cuts = Knobs.number("WAXWING_STORE_CUTS", 20);
    try (CutDisk disk = new CutDisk(folder.resolve("stores.img"), folder.resolve("stores"))) {
      StoreCuts stores = new StoreCuts(disk, folder, moments);
      for (int cut = 0; cut < cuts; cut++) {
        stores.cut(List.of());
      }
      System.out.println(StoreCuts.head());
      System.out.println(stores.line("as it is"));
      assertEquals(0, stores.wrong(), () -> stores.line("as it is"));
      assertTrue(stores.said() > cuts, "nothing was kept");
    }
  }

  @Test
  void aDiskThatLiesAboutForcingIsCaught() throws Exception {
    try (CutDisk disk = new CutDisk(folder.resolve("lying.img"), folder.resolve("lying"))) {
      StoreCuts stores = new StoreCuts(disk, folder, moments);
      // An honest run first, so that there is a store at all.
      stores.cut(List.of());
      assertEquals(0, stores.wrong());
      for (int lie = 0; lie < LIES && stores.wrong() == 0; lie++) {
        stores.cut(LYING);
      }
      System.out.println(StoreCuts.head());
      System.out.println(stores.line("with a lying disk"));
      assertTrue(
          stores.lost() > 0, "nothing was lost with a disk that lies: these cuts prove nothing");
    }
  }

  @Test
  void aRelayOnADiskThatLiesIsCaught() throws Exception {
    try (CutDisk disk = new CutDisk(folder.resolve("relay.img"), folder.resolve("disk"));
        Town town = new Town(folder, disk.folder("relay"), CrashRig.LIMITS)) {
      try (Crowd crowd = new Crowd(town, folder)) {
        town.relay().end();
        town.openRelay(LYING, Map.of());
        moments.await(crowd, MOST_ACCEPTED);
        disk.cut();
        Kill.withChildren(town.relay());
        disk.restore();
        if (opens(town)) {
          Tally sum = crowd.rest(false);
          print("relay, lying", 1, 0, sum);
          assertTrue(
              sum.broken().lost() > 0,
              "nothing was lost with a disk that lies: these cuts prove nothing");
        }
      } finally {
        Kill.withChildren(town.relay());
      }
    }
  }

  /** Without what was forced there may be nothing to start from. */
  private static boolean opens(Town town) throws InterruptedException {
    try {
      town.openRelay();
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }
}
