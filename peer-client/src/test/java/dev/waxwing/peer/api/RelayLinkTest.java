package dev.waxwing.peer.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RelayLinkTest {
  private static final long SHORT = TimeUnit.SECONDS.toNanos(1);
  private static final long LONG = TimeUnit.SECONDS.toNanos(11);

  @Test
  void aLinkThatStoodForAWhileIsMadeAgainAtOnce() {
    assertEquals(0, RelayLink.after(true, LONG, 7));
  }

  @Test
  void oneThatEndsAsSoonAsItStandsIsMadeAgainLessAndLessOftenAndYetSoon() {
    int failures = 0;
    for (int expected : new int[] {1, 2, 3, 4, 4}) {
      failures = RelayLink.after(true, SHORT, failures);
      assertEquals(expected, failures);
    }
  }

  @Test
  void oneThatIsNotMadeAtAllWaitsLongerEachTime() {
    assertEquals(12, RelayLink.after(false, LONG, 11));
  }
}
