package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final long SHORT = TimeUnit.SECONDS.toNanos(1);

  private final Backoff backoff = new Backoff();

  @Test
  void whatIsRefusedAgainAndAgainWaitsLongerUpToSixteenSeconds() {
    for (long millis : new long[] {500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000}) {
      assertEquals(millis, backoff.next(false, SHORT));
    }
  }

  @Test
  void aLinkThatCameBackIsUsedAtOnce() {
    backoff.next(false, SHORT);
    backoff.next(false, SHORT);
    assertEquals(500, backoff.next(true, SHORT));
    assertEquals(1_000, backoff.next(false, SHORT));
  }

  @Test
  void anAttemptThatWentWellForAWhileBeginsAnew() {
    backoff.next(false, SHORT);
    backoff.next(false, SHORT);
    assertEquals(500, backoff.next(false, TimeUnit.SECONDS.toNanos(11)));
  }
}
