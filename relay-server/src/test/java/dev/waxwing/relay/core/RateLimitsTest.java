package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RateLimitsTest {
  private static final Policy.Rate RATE = new Policy.Rate(2, 1);

  private final RateLimits rates = new RateLimits();

  private long take(String who, long now) {
    return rates.take(RateLimits.Act.ATTEMPT, who, RATE, now);
  }

  @Test
  void manyStrangersKeepNobodyOutForLong() {
    for (int i = 0; i < RateLimits.MOST_BUCKETS; i++) {
      assertEquals(0, take("stranger" + i, 0));
    }
    assertTrue(take("ana", 0) > 0);
    assertEquals(0, take("ana", 1_000), "one second on, the strangers' buckets are full again");
  }

  @Test
  void aBucketThatIsEmptyIsNotForgotten() {
    assertEquals(0, take("eve", 0));
    assertEquals(0, take("eve", 0));
    rates.forgetIdle(500);
    assertTrue(take("eve", 500) > 0);
    rates.forgetIdle(1_999);
    assertEquals(0, take("eve", 2_000));
  }

  @Test
  void whatCostsMoreWaitsLongerAndTakesNothingMeanwhile() {
    Policy.Rate ten = new Policy.Rate(10, 2);
    assertEquals(0, rates.take(RateLimits.Act.SEND, "eve", ten, 7, 0));
    assertEquals(2_000, rates.take(RateLimits.Act.SEND, "eve", ten, 7, 0));
    assertEquals(0, rates.take(RateLimits.Act.SEND, "eve", ten, 3, 0));
    assertEquals(500, rates.take(RateLimits.Act.SEND, "eve", ten, 1, 0));
    assertEquals(0, rates.take(RateLimits.Act.SEND, "eve", ten, 7, 3_500));
  }
}
