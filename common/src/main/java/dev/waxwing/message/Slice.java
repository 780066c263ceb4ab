package dev.waxwing.message;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;

/**
 * The header of a slice of a part; the body is the slice. The same bytes travel from the uploader
 * to the relay and on to every reader, so the relay forwards the frame as it came.
 *
 * @param blob the blob
 * @param part index of the part, from 0
 * @param at where in the part the slice starts, in bytes
 * @param of length of the whole part, in bytes
 */
public record Slice(BlobId blob, long part, int at, int of) implements PeerMessage, RelayMessage {

  /**
   * Checks the ranges.
   *
   * @throws Fault HEADER_MALFORMED
   */
  public Slice {
    if (part < 0
        || part >= WireLimits.MAX_PARTS
        || of < 1
        || of > WireLimits.partLength(part)
        || at < 0
        || at >= of) {
      throw new Fault(FaultCode.HEADER_MALFORMED, "a slice outside its part");
    }
  }

  @Override
  public <R> R on(PeerMessage.Cases<R> cases) {
    return cases.slice(this);
  }

  @Override
  public <R> R on(RelayMessage.Cases<R> cases) {
    return cases.slice(this);
  }
}
