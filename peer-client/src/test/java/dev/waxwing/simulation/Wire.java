package dev.waxwing.simulation;

import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.core.ConnectionId;
import dev.waxwing.wire.Frame;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One connection: two pipes, each in its own order, with delays of their own. When it is cut, each
 * pipe still carries some of what was under way, and each end hears of it at its own time.
 */
final class Wire {
  /** The end at the peer. */
  interface PeerEnd {
    void heard(RelayMessage message, byte[] body);

    void ended();
  }

  /** The end at the relay. */
  interface RelayEnd {
    void heard(Wire wire, PeerMessage message, Frame frame);

    void alive(Wire wire);

    void wrote(Wire wire, long bodyBytes);

    void ended(Wire wire);
  }

  private static final long NEVER = Long.MAX_VALUE;

  final ConnectionId id;
  private final Agenda agenda;
  private final Dice dice;
  private final PeerEnd peer;
  private final RelayEnd relay;
  private final long lag;

  private long upFree;
  private long downFree;
  private long upUntil = NEVER;
  private long downUntil = NEVER;
  private boolean peerOver;
  private boolean relayOver;
  private boolean reading = true;
  private int underWay;
  private final Deque<Runnable> unread = new ArrayDeque<>();

  /**
   * A connection that is open at both ends.
   *
   * @param lag longest delay of a frame behind the one before it, milliseconds
   */
  Wire(ConnectionId id, Network network, PeerEnd peer, RelayEnd relay, long lag) {
    this.id = id;
    this.agenda = network.agenda();
    this.dice = network.dice().split();
    this.peer = peer;
    this.relay = relay;
    this.lag = lag;
  }

  /** What all wires share. */
  record Network(Agenda agenda, Dice dice) {}

  private long delay() {
    return dice.oneIn(40) ? dice.between(0, lag * 20) : dice.between(1, lag);
  }

  void toRelay(PeerMessage message, Frame frame) {
    if (!peerOver) {
      upFree = Math.max(upFree, agenda.now() + delay());
      long arrives = upFree;
      int time = agenda.leaps();
      underWay++;
      agenda.at(
          arrives,
          () -> {
            if (arrives > upUntil) {
              // Nobody says that it came: it stays in the socket, which takes no more then.
              return;
            }
            underWay--;
            if (!relayOver && time == agenda.leaps()) {
              read(() -> relay.heard(this, message, frame));
            }
          });
    }
  }

  private void read(Runnable frame) {
    if (reading && unread.isEmpty()) {
      frame.run();
    } else {
      unread.add(frame);
    }
  }

  /** Frames the peer has said that the relay has not read. */
  int unreadByRelay() {
    return underWay + unread.size();
  }

  /** The relay reads no more, or reads again. */
  void reading(boolean on) {
    reading = on;
    if (on) {
      agenda.in(
          0,
          () -> {
            while (reading && !relayOver && !unread.isEmpty()) {
              unread.remove().run();
            }
          });
    }
  }

  void ping() {
    if (!peerOver && agenda.now() <= upUntil) {
      agenda.in(
          lag,
          () -> {
            if (!relayOver && reading) {
              relay.alive(this);
            }
          });
    }
  }

  void toPeer(RelayMessage message, byte[] body) {
    if (relayOver) {
      return;
    }
    boolean stuck = agenda.now() > downUntil;
    if (!stuck && body.length > 0) {
      agenda.in(
          dice.between(0, 3),
          () -> {
            if (!relayOver) {
              relay.wrote(this, body.length);
            }
          });
    }
    downFree = Math.max(downFree, agenda.now() + delay());
    long arrives = downFree;
    int time = agenda.leaps();
    agenda.at(
        arrives,
        () -> {
          if (!peerOver && arrives <= downUntil && time == agenda.leaps()) {
            peer.heard(message, body);
          }
        });
  }

  /** The relay has said its last word; the rest of what it said still comes. */
  void closeFromRelay() {
    if (!relayOver) {
      downFree = Math.max(downFree, agenda.now() + delay());
      agenda.at(downFree, this::peerHears);
      agenda.in(dice.between(1, 200), this::relayHears);
    }
  }

  /** The peer lets go; what it said before still comes to the relay, unless the line is cut. */
  void closeFromPeer() {
    if (!peerOver) {
      peerOver = true;
      upFree = Math.max(upFree, agenda.now() + delay());
      if (upUntil == NEVER) {
        agenda.at(upFree, this::relayHears);
      } else {
        agenda.in(dice.between(1_000, 20_000), this::relayHears);
      }
    }
  }

  /**
   * The line breaks.
   *
   * @param patience longest time until an end notices, milliseconds
   */
  void cut(long patience) {
    long now = agenda.now();
    upUntil = Math.min(upUntil, now + dice.between(0, lag));
    downUntil = Math.min(downUntil, now + dice.between(0, lag));
    agenda.in(lag + dice.between(1, patience), this::relayHears);
    agenda.in(lag + dice.between(1, patience), this::peerHears);
  }

  /** Time passes: what is under way is no longer so, it came to nothing with its connection. */
  void timePasses() {
    long now = agenda.now();
    if (underWay > 0 || !unread.isEmpty() || upFree > now || downFree > now) {
      relayHears();
      peerHears();
    }
  }

  /** The relay's process is gone. */
  void relayDied() {
    relayOver = true;
    downUntil = Math.min(downUntil, agenda.now() + dice.between(0, lag));
    agenda.in(lag + dice.between(1, 500), this::peerHears);
  }

  /** The peer's process is gone; what it had handed over may still come. */
  void peerDied() {
    peerOver = true;
    upUntil = Math.min(upUntil, agenda.now() + dice.between(0, lag));
    agenda.in(lag + dice.between(1, 2_000), this::relayHears);
  }

  private void peerHears() {
    if (!peerOver) {
      peerOver = true;
      peer.ended();
    }
  }

  private void relayHears() {
    if (!relayOver) {
      relayOver = true;
      relay.ended(this);
    }
  }

  boolean over() {
    return peerOver || relayOver;
  }
}
