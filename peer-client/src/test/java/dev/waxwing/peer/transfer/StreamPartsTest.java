package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * A stream says when nothing is to be had of it, and its ends never wait for each other in vain.
 */
class StreamPartsTest {
  private static final int PART = AgeWriter.PART_PLAINTEXT;

  private final StreamParts stream = new StreamParts();
  private final ByteBuffer into = ByteBuffer.allocate(PART);

  @Test
  void aPartIsThereWhenItIsKnownWhetherItIsTheLast() {
    assertFalse(stream.await(0, 1));
    stream.write(new byte[PART]);
    assertFalse(stream.await(0, 1));
    stream.write(new byte[5]);
    assertFalse(stream.await(0, 1), "less than a part follows, and may go on");
    stream.end();
    assertTrue(stream.await(0, 1));
    assertFalse(stream.read(0, into));
    assertEquals(PART, into.position());
    assertTrue(stream.await(1, 1));
    assertTrue(stream.read(1, into.clear()));
    assertEquals(5, into.position());
    assertTrue(stream.await(0, 1), "what is remembered is there");
  }

  @Test
  void nothingIsAStreamOfOnePart() {
    stream.end();
    assertTrue(stream.await(0, 1));
    assertTrue(stream.read(0, into));
    assertEquals(0, into.position());
    assertTrue(stream.past(1));
  }

  @Test
  void whatIsRememberedIsReadAgainThoughThereIsNoRoomForMore() {
    Thread writer =
        new Thread(() -> stream.write(new byte[(StreamParts.MOST_PARTS + 2) * PART]), "writer");
    writer.setDaemon(true);
    writer.start();
    for (int part = 0; part < StreamParts.MOST_PARTS; part++) {
      assertFalse(stream.full(part));
      stream.read(part, into.clear());
    }
    assertTrue(stream.full(StreamParts.MOST_PARTS));
    assertFalse(stream.full(0), "a new run begins with it");
    stream.kept(1);
    assertFalse(stream.full(StreamParts.MOST_PARTS));
  }

  @Test
  void whenTheUploadFailedNeitherEndWaits() {
    stream.fail(new Fault(FaultCode.DECLINED, "not wanted"));
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertTrue(stream.await(0, 60_000));
          Fault reader = assertThrows(Fault.class, () -> stream.read(0, into));
          assertEquals(FaultCode.DECLINED, reader.code());
          Fault writer = assertThrows(Fault.class, () -> stream.write(new byte[9 * PART]));
          assertEquals(FaultCode.DECLINED, writer.code());
        });
  }
}
