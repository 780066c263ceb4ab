package dev.waxwing.simulation;

import dev.waxwing.identity.LoginTranscript;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** One control connection of a device: the login, then what comes, in batches. */
final class ControlLine implements Wire.PeerEnd {
  private static final int BATCH = 64;
  private static final byte[] NO_HEADER = {'{', '}'};

  private final World world;
  private final Device device;
  private final Dice dice;
  private final Bytes nonce;
  private final Deque<PeerInput.Incoming> waiting = new ArrayDeque<>();
  private Wire wire;
  private boolean ready;
  private boolean over;
  private boolean turnDue;

  private ControlLine(World world, Device device, Dice dice) {
    this.world = world;
    this.device = device;
    this.dice = dice;
    this.nonce = dice.bytes(32);
  }

  /** Dials; null when nobody listens. */
  static ControlLine dial(World world, Device device, Dice dice) {
    ControlLine line = new ControlLine(world, device, dice);
    line.wire = world.relay.connect(line, device.user().name(), world.lag());
    if (line.wire == null) {
      return null;
    }
    line.say(new PeerMessage.Hello(1, line.nonce), new byte[0]);
    return line;
  }

  boolean ready() {
    return ready;
  }

  void say(PeerMessage message, byte[] body) {
    wire.toRelay(message, Frame.of(NO_HEADER, body));
  }

  void ping() {
    wire.ping();
  }

  void died() {
    over = true;
    wire.peerDied();
  }

  /** This end has enough of it. */
  void letGo() {
    wire.closeFromPeer();
    ended();
  }

  @Override
  public void heard(RelayMessage message, byte[] body) {
    if (over) {
      return;
    }
    if (message instanceof RelayMessage.RelayHello hello && !ready) {
      login(hello);
    } else if (message instanceof RelayMessage.Welcome welcome) {
      ready = true;
      device.up(welcome);
    } else if (message instanceof RelayMessage.Bye bye) {
      bye(bye);
    } else {
      waiting.add(new PeerInput.Incoming(message, body));
      takeSoon();
    }
  }

  private void login(RelayMessage.RelayHello hello) {
    LoginTranscript transcript =
        new LoginTranscript(hello.relay(), nonce, hello.challenge(), hello.binding());
    if (!hello.relay().equals(world.relay.identity.publicKey())
        || !transcript.verifyRelay(world.suite.signing(), hello.signature())) {
      throw new AssertionError("the relay did not prove who it is");
    }
    say(
        new PeerMessage.Login(
            device.user(),
            device.address().device(),
            transcript.signAsDevice(
                world.suite.signing(), device.identity.signing(), device.address())),
        new byte[0]);
  }

  private void bye(RelayMessage.Bye bye) {
    world.story.tell(device.user() + " hears bye " + bye.code());
    // The program stops here for good.
    world.story.demand(
        bye.code() != FaultCode.LOGIN_REPLACED,
        Promise.PROGRESS,
        device.user() + " was replaced by a connection it had given up");
    if (bye.code() == FaultCode.LOGIN_REFUSED || bye.code() == FaultCode.FRAME_UNEXPECTED) {
      throw new AssertionError(device.user() + " was sent away: " + bye);
    }
  }

  private void takeSoon() {
    if (!turnDue) {
      turnDue = true;
      device.later(dice.between(0, 15), this::take);
    }
  }

  private void take() {
    turnDue = false;
    List<PeerInput.Incoming> batch = new ArrayList<>();
    while (!over && batch.size() < BATCH && !waiting.isEmpty()) {
      batch.add(waiting.remove());
    }
    if (!batch.isEmpty()) {
      device.on(new PeerInput.Received(batch));
    }
    if (!over && !waiting.isEmpty()) {
      takeSoon();
    }
  }

  @Override
  public void ended() {
    if (!over) {
      over = true;
      device.down(this);
    }
  }
}
