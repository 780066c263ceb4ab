package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AgeClockTest {
  private static final long DAY = 24 * 3_600_000;
  private static final long TODAY = 20_000 * DAY;

  private final AgeClock ages = new AgeClock();
  private long steady;
  private long ahead = TODAY;

  private long after(long millis) {
    steady += millis;
    return ages.date(new Moment(steady + ahead, steady));
  }

  @Test
  void theClockFoundAtTheStartHasToStandAnHour() {
    assertTrue(after(0) < 0);
    assertTrue(after(AgeClock.START_MILLIS - 1) < 0);
    assertEquals(TODAY + steady + 1, after(1));
  }

  @Test
  void aClockThatWasWrongAtTheStartHasToStandADay() {
    ahead = 0;
    after(0);
    ahead = TODAY;
    after(60_000);
    assertTrue(after(AgeClock.STANDS_MILLIS - 1) < 0);
    assertEquals(TODAY + steady + 1, after(1));
  }

  @Test
  void aLeapIsBelievedOnlyWhenItHasStoodForADay() {
    believed();
    ahead += 40 * DAY;
    assertEquals(TODAY + steady + 1000, after(1000));
    assertEquals(TODAY + steady + DAY - 1, after(DAY - 1));
    assertEquals(TODAY + 40 * DAY + steady + 1, after(1));
  }

  @Test
  void aSecondLeapHasToStandForItself() {
    believed();
    ahead += 2 * DAY;
    after(1000);
    after(DAY - 1);
    ahead += 40 * DAY;
    assertEquals(TODAY + steady + 1, after(1));
    assertEquals(TODAY + steady + DAY - 1, after(DAY - 1));
    assertEquals(TODAY + 42 * DAY + steady + 1, after(1));
  }

  @Test
  void aLeapThatIsTakenBackIsForgotten() {
    believed();
    ahead += 40 * DAY;
    after(1000);
    ahead -= 40 * DAY;
    after(DAY - 1);
    ahead += 40 * DAY;
    assertEquals(TODAY + steady + DAY - 1, after(DAY - 1));
  }

  @Test
  void smallStepsAndStepsBackAreFollowed() {
    believed();
    ahead += AgeClock.LEAP_MILLIS;
    assertEquals(TODAY + AgeClock.LEAP_MILLIS + steady, after(0));
    ahead -= 400 * DAY;
    assertEquals(ahead + steady, after(0));
  }

  private void believed() {
    after(0);
    after(AgeClock.START_MILLIS);
  }
}
