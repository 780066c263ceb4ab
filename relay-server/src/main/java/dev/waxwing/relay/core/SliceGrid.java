package dev.waxwing.relay.core;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.Slice;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayList;
import java.util.List;

/**
 * Where parts are cut into slices: always at the same places, so that slices from the uploader,
 * from memory and from disk can follow each other. Stateless; any thread.
 */
public final class SliceGrid {
  private SliceGrid() {}

  /** The only length a slice may have, in bytes. */
  public static int length(Slice slice) {
    int longest =
        slice.part() == 0 && slice.at() == 0
            ? WireLimits.SLICE + WireLimits.AGE_PREFIX
            : WireLimits.SLICE;
    return Math.min(longest, slice.of() - slice.at());
  }

  /** A whole part as frames. */
  public static List<Frame> cut(BlobId blob, long part, byte[] bytes) {
    List<Frame> frames = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      Slice slice = new Slice(blob, part, at, bytes.length);
      int length = length(slice);
      frames.add(HeaderCodec.frame(slice, bytes, length));
      at += length;
    }
    return frames;
  }
}
