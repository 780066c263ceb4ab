package dev.waxwing.evil;

import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Frame;

/**
 * A frame on its way through the evil relay.
 *
 * @param line the connection it came on
 * @param fromPeer whether a peer said it; else the honest relay did
 * @param message the {@link PeerMessage} or {@link RelayMessage} in its header
 * @param frame all of it
 */
public record Passing(Line line, boolean fromPeer, Object message, Frame frame) {
  static Passing fromPeer(Line line, Frame frame) {
    return new Passing(line, true, HeaderCodec.peerMessage(frame), frame);
  }

  static Passing fromRelay(Line line, Frame frame) {
    return new Passing(line, false, HeaderCodec.relayMessage(frame), frame);
  }

  /** Lets it through as it came. */
  public void pass() {
    if (fromPeer) {
      line.toRelay(frame);
    } else {
      line.toPeer(frame);
    }
  }

  /** Lets it through with another body. */
  public void pass(byte[] body) {
    if (fromPeer) {
      line.toRelay(HeaderCodec.frame((PeerMessage) message, body));
    } else {
      line.toPeer(HeaderCodec.frame((RelayMessage) message, body));
    }
  }

  public byte[] body() {
    return frame.body();
  }

  /** Whether it goes to this person and is of this kind. */
  public boolean to(UserId user, Class<? extends RelayMessage> kind) {
    return !fromPeer && kind.isInstance(message) && line.isOf(user);
  }

  /** Whether this person said it and it is of this kind. */
  public boolean from(UserId user, Class<? extends PeerMessage> kind) {
    return fromPeer && kind.isInstance(message) && line.isOf(user);
  }

  RelayMessage said() {
    return (RelayMessage) message;
  }

  PeerMessage asked() {
    return (PeerMessage) message;
  }
}
