package dev.waxwing.peer.session;

import dev.waxwing.message.Address;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore.MessageRow.State;
import dev.waxwing.peer.store.MemoryPeerStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** One random schedule, and what must be true when everything has come to rest. */
final class Schedule {
  private static final int STEPS = 120;
  private static final int HEADER = 41;

  /** What happened, to be read when it went wrong. */
  final List<String> story = new ArrayList<>();

  /** Stores there were, of all peers. */
  int lives = 2;

  private final Random random;
  private final RelayModel relay = new RelayModel();
  private final Peer.Clock clock = new Peer.Clock();
  private final Peer[] peers = new Peer[2];

  /** What each person's devices stored in earlier lives. */
  private final List<List<Peer>> dead = List.of(new ArrayList<>(), new ArrayList<>());

  private final List<Sent> sent = new ArrayList<>();
  private final boolean gentle;
  private RelayModel.Backup backup;
  private boolean restored;

  /** Something said, by which life of whom. */
  private record Sent(Peer from, int to, MessageId id, String text) {}

  Schedule(long seed) {
    // Spread: the first draws of neighbouring seeds are alike.
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    // Half of the schedules lose no state, and must keep the order.
    gentle = random.nextBoolean();
    peers[0] = new Peer("alice", relay, clock, seed * 2);
    peers[1] = new Peer("bob", relay, clock, seed * 2 + 1);
    peers[0].connect();
    peers[1].connect();
    settle();
    backup = relay.backup();
  }

  void run() {
    for (int i = 0; i < STEPS; i++) {
      step();
    }
    relay.refuseSends.clear();
    relay.refuseLookups.clear();
    for (int i = 0; i < 40; i++) {
      for (Peer peer : peers) {
        peer.store.restart();
        peer.connect();
        for (PeerStore.ContactRow row : peer.store.transact(PeerStore.Tx::contacts)) {
          // Whoever wrote is answered, and a new key is believed: nothing is left to wait for.
          peer.on(new PeerInput.Decide(row.user(), PeerInput.Decide.Decision.ADD));
          if (row.trust() == Trust.CHANGED) {
            peer.on(new PeerInput.Decide(row.user(), PeerInput.Decide.Decision.ACCEPT_NEW_KEY));
          }
        }
      }
      clock.now += 5_000;
      for (Peer peer : peers) {
        peer.on(new PeerInput.Tick());
      }
      settle();
    }
  }

  private void settle() {
    boolean moved = true;
    for (int round = 0; moved; round++) {
      moved = false;
      for (Peer peer : peers) {
        moved |= peer.relayTakes();
        moved |= peer.takes(1 + random.nextInt(4));
      }
      if (round > 20_000) {
        throw new AssertionError("never at rest");
      }
    }
  }

  private void step() {
    int who = random.nextInt(2);
    Peer peer = peers[who];
    clock.now += random.nextInt(700);
    int what = random.nextInt(100);
    if (what < 22) {
      String text = "m" + sent.size();
      MessageId id = new MessageId(Bytes.of(peer.bytes(MessageId.LENGTH)));
      story.add(peer.user() + " says " + text);
      sent.add(new Sent(peer, 1 - who, id, text));
      peer.on(
          new PeerInput.Submit(
              id, peers[1 - who].user(), new dev.waxwing.peer.content.Content.Text(text)));
    } else if (what < 50) {
      peer.relayTakes();
    } else if (what < 72) {
      peer.takes(1 + random.nextInt(5));
    } else if (what < 80) {
      connectOrDrop(peer);
    } else if (what < 84) {
      peer.on(new PeerInput.Tick());
    } else if (what < 88) {
      boolean before = random.nextBoolean();
      story.add(peer.user() + " dies " + (before ? "before" : "after") + " its next commit");
      peer.store.crashNext(
          before ? MemoryPeerStore.Moment.BEFORE_COMMIT : MemoryPeerStore.Moment.AFTER_COMMIT);
    } else if (what < 91) {
      deliverAgain(peer);
    } else if (what < 94) {
      story.add("a refusal");
      relay.refuseSends.add(random.nextBoolean() ? FaultCode.RATE_LIMITED : FaultCode.DISK_FULL);
    } else if (what < 95) {
      relay.refuseLookups.add(FaultCode.RATE_LIMITED);
    } else {
      disaster(who);
    }
  }

  private void connectOrDrop(Peer peer) {
    story.add(peer.user() + (peer.online ? " drops" : " connects"));
    if (peer.online) {
      peer.drop();
    } else {
      peer.connect();
    }
  }

  private void deliverAgain(Peer peer) {
    List<RelayModel.Row> rows =
        relay.accepted.stream().filter(row -> row.to().equals(peer.address())).toList();
    if (peer.online && !rows.isEmpty()) {
      RelayModel.Row row = rows.get(random.nextInt(rows.size()));
      // A relay delivers again only what it still has, or had in an earlier epoch.
      if (peer.store.restart().transact(tx -> tx.seen(row.from(), row.id()))) {
        story.add("again " + row.seq() + " to " + peer.user());
        RelayModel.deliver(peer, row);
      }
    }
  }

  private void disaster(int who) {
    Peer peer = peers[who];
    switch (random.nextInt(gentle ? 3 : 5)) {
      case 0 -> {
        story.add("relay restarts");
        relay.restart();
      }
      case 1 -> {
        story.add("backup");
        backup = relay.backup();
      }
      case 2 -> {
        story.add("relay restored");
        restored = true;
        relay.restore(backup);
      }
      case 3 -> {
        story.add(peer.user() + " loses all state");
        rebirth(who, new Peer(peer.identity, retired(who)));
      }
      default -> {
        story.add(peer.user() + " joins anew");
        Peer old = retired(who);
        Identity fresh = Identity.create(Peer.SUITE, peer.user(), old::bytes, clock.now);
        relay.records.put(peer.user(), fresh.record());
        rebirth(who, new Peer(fresh, old));
      }
    }
  }

  private Peer retired(int who) {
    Peer old = peers[who];
    old.disconnect();
    old.store.restart();
    dead.get(who).add(old);
    return old;
  }

  private void rebirth(int who, Peer next) {
    lives++;
    peers[who] = next;
    next.connect();
  }

  void check() {
    checkNoLoss();
    for (int who = 0; who < 2; who++) {
      for (Peer life : lives(who)) {
        checkLog(life, 1 - who);
      }
    }
    checkKeysServeOnce();
    if (gentle && !restored) {
      Map<MessageId, Set<Bytes>> shares = new HashMap<>();
      relay.handedOver.forEach(
          row -> shares.computeIfAbsent(row.id(), id -> new HashSet<>()).add(row.sealed()));
      shares.forEach((id, all) -> require(all.size() == 1, "sealed twice: " + id));
    }
  }

  private List<Peer> lives(int who) {
    List<Peer> all = new ArrayList<>(dead.get(who));
    all.add(peers[who]);
    return all;
  }

  /** Invariant 1, with the reasons there may be: a party that lost its state. */
  private void checkNoLoss() {
    for (Sent one : sent) {
      boolean senderLives = one.from() == peers[1 - one.to()];
      State state = one.from().state(one.id());
      boolean stored =
          lives(one.to()).stream().anyMatch(life -> life.state(one.id()) == State.UNREAD);
      if (state == State.DELIVERED) {
        require(stored, one.text() + " is called delivered and is nowhere");
      } else if (senderLives && state != null) {
        boolean excused = !dead.get(one.to()).isEmpty();
        require(excused, one.text() + " is " + state + " with everybody at rest");
      }
    }
    for (Peer peer : peers) {
      require(relay.mailbox(peer.address()).isEmpty(), "mail is left for " + peer.user());
    }
  }

  /** Invariants 2, 3 and 4. */
  private void checkLog(Peer life, int sender) {
    UserId from = peers[sender].user();
    List<String> heard = life.heard(from);
    require(Set.copyOf(heard).size() == heard.size(), "stored twice: " + heard);
    List<String> said =
        sent.stream().filter(one -> one.to() == 1 - sender).map(Sent::text).toList();
    require(said.containsAll(heard), "invented: " + heard);
    boolean setAside = life.store.transact(PeerStore.Tx::quarantined) > 0;
    if (gentle && !setAside) {
      List<String> inOrder = said.stream().filter(heard::contains).toList();
      require(inOrder.equals(heard), "out of order: " + heard);
    }
  }

  /** Invariant 6: one ratchet header, which names the message key, never has two ciphertexts. */
  private void checkKeysServeOnce() {
    Map<String, Bytes> byHeader = new HashMap<>();
    for (RelayModel.Row row : relay.handedOver) {
      byte[] sealed = row.sealed().toArray();
      int start = sealed[1] == 1 ? 2 + 1154 : 2;
      Address from = row.from();
      String name =
          from + " " + row.to() + " " + row.sealed().slice(start, start + HEADER).toBase64();
      Bytes body = row.sealed().slice(start, sealed.length);
      Bytes before = byHeader.put(name, body);
      require(before == null || before.equals(body), "a message key served twice");
    }
  }

  private static void require(boolean truth, String otherwise) {
    if (!truth) {
      throw new AssertionError(otherwise);
    }
  }
}
