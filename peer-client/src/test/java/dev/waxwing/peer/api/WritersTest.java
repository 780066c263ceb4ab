package dev.waxwing.peer.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.local.LocalCall;
import dev.waxwing.message.BlobId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class WritersTest {
  private final Map<BlobId, Long> open = new HashMap<>();
  private final List<BlobId> left = new ArrayList<>();
  private long now;
  private final Writers writers =
      new Writers(
          new Writers.Streams() {
            @Override
            public OptionalLong still(BlobId stream) {
              Long since = open.get(stream);
              return since == null ? OptionalLong.empty() : OptionalLong.of(now - since);
            }

            @Override
            public void writerGone(BlobId stream) {
              left.add(stream);
              open.remove(stream);
            }
          },
          () -> now);

  /** A process that may leave two streams open. */
  private static final class Process implements LocalCall {
    final List<Runnable> ties = new ArrayList<>();

    void die() {
      List.copyOf(ties).forEach(Runnable::run);
    }

    @Override
    public Runnable onGone(Runnable action) {
      if (ties.size() == 2) {
        throw new Fault(FaultCode.RATE_LIMITED, "too many");
      }
      ties.add(action);
      return () -> ties.remove(action);
    }

    @Override
    public String name() {
      return "openStream";
    }

    @Override
    public JsonNode args() {
      return PeerCalls.MAPPER.createObjectNode();
    }

    @Override
    public void event(JsonNode event) {}

    @Override
    public boolean crowded() {
      return false;
    }

    @Override
    public void result(JsonNode result) {}

    @Override
    public void fail(Fault fault) {}

    @Override
    public void onCancel(Runnable action) {}
  }

  private BlobId stream(int number) {
    byte[] id = new byte[BlobId.LENGTH];
    id[0] = (byte) number;
    BlobId stream = new BlobId(Bytes.of(id));
    open.put(stream, now);
    return stream;
  }

  @Test
  void aStreamThatMovesNeedsThisProcessAndOneThatStandsStillDoesNot() {
    assertFalse(writers.needed());
    BlobId one = stream(1);
    writers.opened(one, new Process());
    now += Writers.STILL_NANOS - 1;
    assertTrue(writers.needed());
    now++;
    assertFalse(writers.needed());
    open.put(one, now);
    assertTrue(writers.needed());
  }

  @Test
  void aWriterHasTimeToAskWhatCameOfIt() {
    BlobId one = stream(1);
    Process process = new Process();
    writers.opened(one, process);
    open.remove(one);
    assertTrue(writers.needed());
    now += Writers.AFTERWARDS_NANOS - 1;
    assertTrue(writers.needed());
    now++;
    assertFalse(writers.needed());
    assertEquals(List.of(), process.ties);
  }

  @Test
  void aWriterThatHasGoneNeedsNothing() {
    BlobId one = stream(1);
    Process process = new Process();
    writers.opened(one, process);
    process.die();
    assertEquals(List.of(one), left);
    assertTrue(writers.needed(), "it has to say so");
    now += Writers.AFTERWARDS_NANOS;
    assertFalse(writers.needed());
  }

  @Test
  void whoGoesWhenThisProcessEndsFailsNothing() {
    Process process = new Process();
    writers.opened(stream(1), process);
    writers.close();
    process.die();
    assertEquals(List.of(), left);
  }

  @Test
  void oneAfterTheOtherIsNotTooMuch() {
    Process process = new Process();
    for (int i = 0; i < 100; i++) {
      BlobId one = stream(i);
      writers.opened(one, process);
      open.remove(one);
      assertTrue(writers.needed());
      now += Writers.AFTERWARDS_NANOS;
    }
    writers.opened(stream(100), process);
    writers.opened(stream(101), process);
    BlobId more = stream(102);
    assertThrows(Fault.class, () -> writers.opened(more, process));
    assertEquals(List.of(more), left);
  }
}
