package dev.waxwing.simulation;

import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Frame;

/** A data connection of a device, from its token on. */
final class DataLine implements Wire.PeerEnd {
  /** Whose connection it is. */
  interface Owner {
    void bound();

    void heard(RelayMessage message, byte[] body);

    void ended();
  }

  private static final byte[] NO_HEADER = {'{', '}'};

  private final Bytes token;
  private final Owner owner;
  private Wire wire;
  private boolean over;

  private DataLine(Bytes token, Owner owner) {
    this.token = token;
    this.owner = owner;
  }

  /** Dials; null when nobody listens. */
  static DataLine dial(World world, Device device, Bytes token, Owner owner) {
    DataLine line = new DataLine(token, owner);
    line.wire = world.relay.connect(line, device.user().name(), world.lag());
    if (line.wire == null) {
      return null;
    }
    line.say(new PeerMessage.Hello(1, world.dice.bytes(32)));
    return line;
  }

  void say(PeerMessage message) {
    wire.toRelay(message, Frame.of(NO_HEADER, new byte[0]));
  }

  void send(Slice slice, byte[] part, int length) {
    wire.toRelay(slice, HeaderCodec.frame(slice, part, length));
  }

  /** Frames that the relay has not read. */
  int unread() {
    return wire.unreadByRelay();
  }

  void close() {
    over = true;
    wire.closeFromPeer();
  }

  void died() {
    over = true;
    wire.peerDied();
  }

  @Override
  public void heard(RelayMessage message, byte[] body) {
    if (over) {
      return;
    }
    if (message instanceof RelayMessage.RelayHello) {
      say(new PeerMessage.Bind(token));
    } else if (message instanceof RelayMessage.Bound) {
      owner.bound();
    } else {
      owner.heard(message, body);
    }
  }

  @Override
  public void ended() {
    if (!over) {
      over = true;
      owner.ended();
    }
  }
}
