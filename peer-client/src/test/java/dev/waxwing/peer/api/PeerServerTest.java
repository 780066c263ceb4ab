package dev.waxwing.peer.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.local.LocalCall;
import dev.waxwing.wire.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PeerServerTest {
  /** Somebody on the local socket who may stop reading. */
  private static final class Caller implements LocalCall {
    final List<PeerEvent> heard = new ArrayList<>();
    boolean slow;

    @Override
    public String name() {
      return PeerServer.SUBSCRIBE;
    }

    @Override
    public JsonNode args() {
      return PeerCalls.MAPPER.createObjectNode();
    }

    @Override
    public void event(JsonNode event) {
      heard.add(PeerCalls.decodeEvent(event));
    }

    @Override
    public boolean crowded() {
      return slow;
    }

    @Override
    public void result(JsonNode result) {
      throw new AssertionError("no end");
    }

    @Override
    public void fail(Fault fault) {
      throw new AssertionError(fault);
    }

    @Override
    public void onCancel(Runnable action) {}

    @Override
    public Runnable onGone(Runnable action) {
      return () -> {};
    }
  }

  @Test
  void aFollowerInAnotherProcessIsToldThatItWasTooSlowAndNothingMore() {
    Caller caller = new Caller();
    List<Consumer<PeerEvent>> followers = new ArrayList<>();
    PeerServer.follow(
        consumer -> {
          followers.add(consumer);
          return () -> {};
        },
        caller);
    Consumer<PeerEvent> follower = followers.get(0);
    follower.accept(new PeerEvent.Notice("one"));
    caller.slow = true;
    follower.accept(new PeerEvent.Notice("two"));
    caller.slow = false;
    follower.accept(new PeerEvent.Notice("three"));
    assertEquals(List.of(new PeerEvent.Notice("one"), new PeerEvent.Missed()), caller.heard);
  }
}
