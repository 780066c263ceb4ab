package dev.waxwing.peer.session;

import java.util.List;

/** A relay and its peers, moved in turns. */
final class World {
  static final long DAY = 24L * 3_600_000;
  static final long START = 1_800_000_000_000L;

  final RelayModel relay = new RelayModel();
  final Peer.Clock clock = new Peer.Clock();
  final Peer alice = new Peer("alice", relay, clock, 1);
  final Peer bob = new Peer("bob", relay, clock, 2);
  final Peer carol = new Peer("carol", relay, clock, 3);

  /** All three have been here before; alice and bob know each other. */
  static World acquainted() {
    World world = new World();
    world.connect(world.alice, world.bob, world.carol);
    world.alice.say(world.bob, "hello");
    world.settle(world.alice, world.bob);
    world.bob.say(world.alice, "hello");
    world.settle(world.alice, world.bob);
    return world;
  }

  void connect(Peer... peers) {
    List.of(peers).forEach(Peer::connect);
    settle(peers);
  }

  /** Everything under way arrives. */
  void settle(Peer... peers) {
    for (int round = 0; ; round++) {
      boolean moved = false;
      for (Peer peer : peers) {
        moved |= peer.relayTakes();
        moved |= peer.takes(64);
      }
      if (!moved) {
        return;
      }
      if (round > 20_000) {
        throw new AssertionError("the peers and the relay never come to rest");
      }
    }
  }

  /** Time passes and everybody notices, day by day. */
  void pass(long millis, Peer... peers) {
    for (long left = millis; left > DAY; left -= DAY) {
      leap(DAY, peers);
    }
    leap((millis - 1) % DAY + 1, peers);
  }

  /** The clock is set forward and everybody notices. */
  void leap(long millis, Peer... peers) {
    clock.now += millis;
    for (Peer peer : peers) {
      peer.on(new PeerInput.Tick());
    }
    settle(peers);
  }
}
