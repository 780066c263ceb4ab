package dev.waxwing.peer.ratchet;

import static dev.waxwing.peer.ratchet.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.identity.Prekeys;
import dev.waxwing.identity.Prekeys.Batch;
import dev.waxwing.identity.Prekeys.Kind;
import dev.waxwing.peer.ratchet.PrekeyStock.AtRelay;
import dev.waxwing.peer.ratchet.PrekeyStock.Change;
import dev.waxwing.peer.ratchet.PrekeyStock.Plan;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PrekeyStockTest {
  private static final long NOW = Actor.START;
  private static final long DAY = 24L * 60 * 60 * 1000;
  private static final AtRelay FULL = new AtRelay(100, 50);

  private final Actor alice = new Actor("alice", new Random(51), 0);

  @Test
  void newDeviceMakesOneOfEachSignedKindAndAllOneTimeKeys() {
    Plan plan = PrekeyStock.EMPTY.plan(AtRelay.NOTHING, NOW);
    assertEquals(1, Collections.frequency(plan.create(), Kind.SIGNED));
    assertEquals(1, Collections.frequency(plan.create(), Kind.LAST_RESORT_KEM));
    assertEquals(100, Collections.frequency(plan.create(), Kind.ONE_TIME));
    assertEquals(50, Collections.frequency(plan.create(), Kind.ONE_TIME_KEM));
    assertEquals(List.of(), plan.drop());
    assertEquals(32 + 64 + 100 * 32 + 50 * 64, plan.randomBytes());
    Change change = carryOut(PrekeyStock.EMPTY, plan, NOW);
    assertEquals(152, change.created().size());
    assertEquals(152, change.stock().nextId());
    Set<Secret> different = new HashSet<>();
    change.created().forEach(key -> assertTrue(different.add(key.secret())));
    assertTrue(change.stock().plan(FULL, NOW).isEmpty());
    assertThrows(
        IllegalArgumentException.class,
        () -> PrekeyStock.EMPTY.carryOut(plan, alice.secret(64), NOW));
  }

  @Test
  void batchIsSignedAndSurvivesTheWire() {
    Change change = carryOut(PrekeyStock.EMPTY, PrekeyStock.EMPTY.plan(AtRelay.NOTHING, NOW), NOW);
    Batch batch = change.batch(Actor.SUITE, alice.signer, alice.address());
    assertEquals(batch, Batch.decode(batch.encode()));
    assertEquals(150, batch.oneTime().size());
    List<Prekeys.Prekey> all = new ArrayList<>(batch.oneTime());
    all.add(batch.signed().orElseThrow());
    all.add(batch.lastResort().orElseThrow());
    for (Prekeys.Prekey key : all) {
      assertTrue(key.verify(Actor.SUITE.signing(), alice.signer.publicKey(), alice.address()));
    }
    assertEquals(
        batch, PrekeyStock.batch(change.created(), Actor.SUITE, alice.signer, alice.address()));
  }

  @Test
  void oneTimeKeysAreRefilledBelowTwentyAndNotBefore() {
    PrekeyStock stock = full();
    assertTrue(stock.plan(new AtRelay(20, 20), NOW).isEmpty());
    assertEquals(
        Collections.nCopies(81, Kind.ONE_TIME), stock.plan(new AtRelay(19, 20), NOW).create());
    assertEquals(
        Collections.nCopies(31, Kind.ONE_TIME_KEM), stock.plan(new AtRelay(20, 19), NOW).create());
  }

  @Test
  void signedKeysRotateAfterSevenDaysAndOldHalvesStayThirtyMore() {
    PrekeyStock stock = full();
    assertTrue(stock.plan(FULL, NOW + 7 * DAY - 1).isEmpty());
    Plan due = stock.plan(FULL, NOW + 7 * DAY);
    assertEquals(List.of(Kind.SIGNED, Kind.LAST_RESORT_KEM), due.create());
    assertEquals(List.of(), due.drop());
    Change rotated = carryOut(stock, due, NOW + 7 * DAY);
    long dies = NOW + 7 * DAY + 30 * DAY;
    PrekeyStock week = rotated.stock();
    assertEquals(List.of(), week.plan(FULL, dies - 1).drop());
    List<PrekeyRef> dead = week.plan(FULL, dies).drop();
    assertEquals(
        List.of(new PrekeyRef(Kind.SIGNED, 0), new PrekeyRef(Kind.LAST_RESORT_KEM, 1)), dead);
    PrekeyStock after = carryOut(week, week.plan(FULL, dies), dies).stock();
    assertTrue(after.keys().stream().noneMatch(key -> dead.contains(key.ref())));
  }

  @Test
  void keyOfDeviceThatWasAwayForMonthsOpensWhatWaitsForIt() {
    PrekeyStock stock = full();
    Plan plan = stock.plan(FULL, NOW + 90 * DAY);
    assertEquals(List.of(Kind.SIGNED, Kind.LAST_RESORT_KEM), plan.create());
    assertEquals(List.of(), plan.drop());
  }

  @Test
  void thirtyDaysCountFromTheSuccessorEvenWhenItCameLate() {
    PrekeyStock stock = full();
    long back = NOW + 90 * DAY;
    PrekeyStock rotated = carryOut(stock, stock.plan(FULL, back), back).stock();
    assertEquals(List.of(), rotated.plan(FULL, back + 30 * DAY - 1).drop());
    assertEquals(2, rotated.plan(FULL, back + 30 * DAY).drop().size());
  }

  @Test
  void idsAreNeverUsedAgainEvenWhenTheHighestKeysAreGone() {
    PrekeyStock stock = new PrekeyStock(List.of(), full().nextId());
    Change change = carryOut(stock, stock.plan(AtRelay.NOTHING, NOW), NOW);
    assertTrue(change.created().stream().allMatch(key -> key.ref().id() >= 152));
  }

  @Test
  void unusedOneTimeHalvesDoNotPileUp() {
    PrekeyStock stock = full();
    for (int i = 0; i < 15; i++) {
      stock = carryOut(stock, stock.plan(AtRelay.NOTHING, NOW), NOW).stock();
    }
    assertEquals(1000, stock.keys().stream().filter(k -> k.ref().kind() == Kind.ONE_TIME).count());
    assertEquals(
        500, stock.keys().stream().filter(k -> k.ref().kind() == Kind.ONE_TIME_KEM).count());
    long oldest =
        stock.keys().stream()
            .filter(key -> key.ref().kind() == Kind.ONE_TIME)
            .mapToLong(key -> key.ref().id())
            .min()
            .orElseThrow();
    assertTrue(oldest > 500, "the oldest go first, " + oldest);
  }

  @Test
  void newEpochReplacesEverythingAndKeepsOldHalves() {
    PrekeyStock stock = full();
    Plan plan = stock.planAfresh(NOW + 1);
    assertEquals(152, plan.create().size());
    assertEquals(List.of(), plan.drop());
    assertEquals(304, carryOut(stock, plan, NOW + 1).stock().keys().size());
  }

  @Test
  void keyMadeUnderClockFarAheadIsReplaced() {
    PrekeyStock stock = full();
    assertTrue(stock.plan(FULL, NOW - 7 * DAY).isEmpty());
    assertEquals(
        List.of(Kind.SIGNED, Kind.LAST_RESORT_KEM), stock.plan(FULL, NOW - 7 * DAY - 1).create());
  }

  @Test
  void secretOfTheWrongLengthIsDamage() {
    for (Kind kind : Kind.values()) {
      int length = PrekeySecret.secretLength(kind);
      new PrekeySecret(new PrekeyRef(kind, 0), 0, alice.secret(length));
      assertFault(
          FaultCode.PROFILE_CORRUPT,
          () -> new PrekeySecret(new PrekeyRef(kind, 0), 0, alice.secret(length - 1)));
    }
  }

  private PrekeyStock full() {
    Plan plan = PrekeyStock.EMPTY.plan(AtRelay.NOTHING, NOW);
    return carryOut(PrekeyStock.EMPTY, plan, NOW).stock();
  }

  private Change carryOut(PrekeyStock stock, Plan plan, long now) {
    return stock.carryOut(plan, alice.secret(plan.randomBytes()), now);
  }
}
