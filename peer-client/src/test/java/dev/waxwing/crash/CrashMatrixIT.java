package dev.waxwing.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crash.CrashMatrix.Blow;
import dev.waxwing.crash.CrashMatrix.Row;
import dev.waxwing.crash.CrashPoint.Side;
import dev.waxwing.crash.Debugger.Edge;
import dev.waxwing.crash.Debugger.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A few points of the matrix, the classic ones; all of them are {@link CrashMatrixCampaign}'s. */
@DisabledOnOs(OS.WINDOWS)
@Tag("long")
class CrashMatrixIT {
  private static final List<String> POINTS =
      List.of("relay/committed", "relay/part-forced", "sender/sealed", "receiver/decrypted");

  private static final long PATIENCE_SECONDS = 30;

  /** Long enough for what is about to come. */
  private static final long SHORT_SECONDS = 4;

  private static final String ACKED = "messages_acked_total";

  /** The commit passed over may be one that carries no mail. */
  private static final int MOST_TRIES = 3;

  @TempDir static Path folder;
  private static CrashRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = new CrashRig(folder);
  }

  @AfterAll
  static void end() throws Exception {
    rig.close();
  }

  @Test
  void nothingAcceptedIsLostAtTheClassicPoints() throws Exception {
    List<String> bad = new ArrayList<>();
    long accepted = 0;
    CrashMatrix matrix = new CrashMatrix(rig, folder);
    for (String name : POINTS) {
      Row row = matrix.run(CrashPoint.named(name), Blow.KILL);
      accepted += row.tally().accepted();
      if (!row.good()) {
        bad.add(row.line());
      }
    }
    assertEquals(List.of(), bad);
    assertTrue(accepted > 0, "nothing was accepted");
  }

  @Test
  void aRelayThatTellsBeforeItCommitsIsCaught() throws Exception {
    assertTrue(
        lostWithout(
                Side.RELAY,
                new Place("dev.waxwing.relay.store.SqliteMailbox", "append", Edge.ENTRY, 1),
                new Place("dev.waxwing.relay.store.SqliteStore", "commit", Edge.ENTRY, 1))
            > 0,
        "accepted mail that was never committed was not missed");
  }

  @Test
  void aReceiverThatAcksBeforeItCommitsIsCaught() throws Exception {
    assertTrue(
        lostWithout(
                Side.BOB,
                new Place("dev.waxwing.peer.session.Inbox", "deliver", Edge.ENTRY, 1),
                new Place("dev.waxwing.peer.store.Database", "commit", Edge.ENTRY, 1))
            > 0,
        "acked mail that was never committed was not missed");
  }

  /**
   * Lets a program pass over a method once, as a planted fault, and kills it soon afterwards.
   *
   * @param within where the work begins that is to be passed over
   * @return how much was lost
   */
  private static long lostWithout(Side side, Place within, Place left) throws Exception {
    Ledger ledger = rig.alice.saidTo("bob");
    rig.alice.say("bob");
    assertTrue(Voice.becomes(() -> all(), PATIENCE_SECONDS, () -> true), "no talk at all");
    ledger.came(rig.bob.seen("alice", 0).lines());
    long before = ledger.tally().broken().lost();
    for (int i = 0; i < MOST_TRIES && ledger.tally().broken().lost() == before; i++) {
      if (side == Side.RELAY) {
        // Away: what he is given at once does not need the relay's disk any more.
        rig.kill(Side.BOB);
      }
      try (Debugger debugger = rig.debug(side)) {
        debugger.stopAt(within);
        int accepted = ledger.accepted();
        long acked = rig.town.metric(ACKED);
        rig.alice.say("bob");
        assertTrue(debugger.awaitHit(PATIENCE_SECONDS), "no mail comes");
        debugger.stopAt(left);
        debugger.goOn();
        assertTrue(debugger.awaitHit(PATIENCE_SECONDS), "nobody commits");
        debugger.skip();
        // Until what comes of it has left: that is what makes the loss.
        Voice.becomes(
            () -> side == Side.BOB ? rig.town.metric(ACKED) > acked : accepted() > accepted,
            SHORT_SECONDS,
            () -> true);
        rig.kill(side);
      }
      rig.restart(side);
      if (side == Side.RELAY) {
        rig.restart(Side.BOB);
      }
      Voice.becomes(() -> all(), SHORT_SECONDS, () -> true);
      ledger.came(rig.bob.seen("alice", 0).lines());
    }
    long lost = ledger.tally().broken().lost() - before;
    ledger.forgive();
    return lost;
  }

  private static int accepted() {
    rig.alice.listen();
    return rig.alice.saidTo("bob").accepted();
  }

  private static boolean all() throws InterruptedException {
    rig.alice.listen();
    return rig.alice.saidTo("bob").complete(rig.bob.seen("alice", 0).lines());
  }
}
