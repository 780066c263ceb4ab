package dev.waxwing.peer.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventStreamTest {
  @Test
  void whoIsTooSlowIsToldSoAfterWhatWasKept() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    BlockingQueue<PeerEvent> heard = new LinkedBlockingQueue<>();
    try (EventStream events = new EventStream()) {
      events.subscribe(
          event -> {
            begun.countDown();
            await(slow);
            heard.add(event);
          });
      events.publish(new PeerEvent.Notice("first"));
      await(begun);
      for (int i = 0; i < EventStream.LIMIT + 5; i++) {
        events.publish(new PeerEvent.Notice("number " + i));
      }
      slow.countDown();
      assertEquals(new PeerEvent.Notice("first"), heard.poll(20, TimeUnit.SECONDS));
      for (int i = 0; i < EventStream.LIMIT; i++) {
        assertEquals(new PeerEvent.Notice("number " + i), heard.poll(20, TimeUnit.SECONDS));
      }
      assertEquals(new PeerEvent.Missed(), heard.poll(20, TimeUnit.SECONDS));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody came");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
