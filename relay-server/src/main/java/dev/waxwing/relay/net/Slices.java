package dev.waxwing.relay.net;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.Slice;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayList;
import java.util.List;

/** Cuts a part from disk into the frames it once came in. */
final class Slices {
  private Slices() {}

  /** The frames of a part, in order; the first slice of a blob has the age prefix more. */
  static List<Frame> of(BlobId blob, long part, byte[] bytes) {
    List<Frame> frames = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int whole = WireLimits.SLICE + (part == 0 && at == 0 ? WireLimits.AGE_PREFIX : 0);
      int length = Math.min(whole, bytes.length - at);
      frames.add(HeaderCodec.frame(new Slice(blob, part, at, bytes.length), bytes, length));
      at += length;
    }
    return frames;
  }
}
