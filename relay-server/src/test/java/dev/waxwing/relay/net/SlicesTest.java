package dev.waxwing.relay.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.Slice;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlicesTest {
  private static final BlobId BLOB = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));

  @ParameterizedTest
  @CsvSource({"0,1,1", "0,262392,1", "0,262393,2", "1,262208,1", "1,262209,2", "0,1049016,4"})
  void slicesOfAPartAreItsBytesInOrderEachWithinAFrame(long part, int length, int count) {
    byte[] bytes = new byte[length];
    new Random(part * 31 + length).nextBytes(bytes);
    List<Frame> frames = Slices.of(BLOB, part, bytes);
    assertEquals(count, frames.size());
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (Frame frame : frames) {
      Slice slice = (Slice) HeaderCodec.relayMessage(Frame.parse(frame.array()));
      assertEquals(new Slice(BLOB, part, joined.size(), length), slice);
      joined.writeBytes(frame.body());
    }
    assertArrayEquals(bytes, joined.toByteArray());
  }

  @ParameterizedTest
  @CsvSource({"0", "7"})
  void aWholePartIsFourSlices(long part) {
    assertEquals(4, Slices.of(BLOB, part, new byte[WireLimits.partLength(part)]).size());
  }
}
