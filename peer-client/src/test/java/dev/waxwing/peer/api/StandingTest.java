package dev.waxwing.peer.api;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StandingTest {
  @Test
  void settlingWaitsForTheMailThatWaitedAtTheRelay() throws Exception {
    try (EventStream events = new EventStream()) {
      Standing standing = new Standing(events, new Waits());
      standing.online(0, 3);
      standing.people("+ana\n", false);
      CompletableFuture<Void> settled = CompletableFuture.runAsync(() -> standing.settle(30_000));
      standing.delivered(2);
      assertFalse(standing.caughtUp());
      standing.delivered(2);
      assertTrue(standing.caughtUp());
      settled.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aNewLinkHasABacklogOfItsOwn() {
    try (EventStream events = new EventStream()) {
      Standing standing = new Standing(events, new Waits());
      standing.people("", false);
      standing.online(0, 1);
      standing.delivered(1);
      standing.online(0, 2);
      assertFalse(standing.caughtUp());
    }
  }
}
