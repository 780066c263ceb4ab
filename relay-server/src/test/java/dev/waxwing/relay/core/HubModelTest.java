package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random sends, acks, logins and crashes against a model of a few lines: what was accepted is in
 * its mailbox until it is acked in the right epoch, and each session gets its mail once, in order.
 */
class HubModelTest {
  private static final int SEEDS = 60;
  private static final Policy.Rate MUCH = new Policy.Rate(1_000_000, 1_000_000);
  private static final Policy POLICY =
      new Policy(
          "model",
          Policy.Registration.INVITE,
          Policy.Visibility.OPEN,
          new Policy.Limits(1000, 100_000, MUCH, MUCH, MUCH, Policy.Blobs.DEFAULT));

  @Test
  void nothingAcceptedIsLostOrDeliveredOutOfOrder() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        new Run(seed, false, false).play();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void acceptingBeforeTheStoreAnsweredIsFound() {
    assertThrows(AssertionError.class, () -> playAll(true, false));
  }

  @Test
  void ignoringTheEpochOfAnAckIsFound() {
    assertThrows(AssertionError.class, () -> playAll(false, true));
  }

  private static void playAll(boolean early, boolean anyEpoch) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      new Run(seed, early, anyEpoch).play();
    }
  }

  /** One run of one seed. */
  private static final class Run {
    private final Random random;
    private final HubRig rig = new HubRig(POLICY);
    private final boolean early;
    private final List<HubRig.Person> people = new ArrayList<>();
    private final Map<HubRig.Person, ConnectionId> connections = new HashMap<>();

    // The model.
    private final Map<MessageId, HubRig.Person> sentTo = new HashMap<>();
    private final Set<MessageId> accepted = new HashSet<>();
    private final Set<MessageId> acked = new HashSet<>();
    private long ids;

    Run(long seed, boolean early, boolean anyEpoch) {
      random = new Random(seed);
      this.early = early;
      rig.store.anyEpoch = anyEpoch;
      for (int i = 1; i <= 3; i++) {
        people.add(rig.known("person" + i, i));
      }
      rig.answering = false;
    }

    void play() {
      for (int i = 0; i < 400; i++) {
        rig.now += random.nextInt(50);
        act();
        check();
      }
      for (HubRig.Person person : people) {
        connect(person);
      }
      for (int i = 0; i < 300; i++) {
        rig.answerAll();
        people.forEach(person -> ackSome(person, 100));
        check();
      }
      for (MessageId id : accepted) {
        demand(acked.contains(id), id + " was accepted and never delivered");
      }
    }

    private void act() {
      HubRig.Person who = people.get(random.nextInt(people.size()));
      switch (random.nextInt(10)) {
        case 0 -> connect(who);
        case 1, 2, 3 -> send(who);
        case 4, 5, 6 -> {
          if (!rig.asks.isEmpty()) {
            rig.answer();
          }
        }
        case 7 -> ackSome(who, 1 + random.nextInt(5));
        case 8 -> ackWithAnOldEpoch(who);
        default -> {
          if (random.nextInt(6) == 0) {
            crash();
          }
        }
      }
    }

    private void connect(HubRig.Person who) {
      ConnectionId connection = rig.open();
      rig.say(connection, who.login(rig.hello(connection)));
      connections.put(who, connection);
    }

    private boolean ready(HubRig.Person who) {
      ConnectionId connection = connections.get(who);
      return connection != null
          && rig.bye(connection) == null
          && !rig.said(connection, RelayMessage.Welcome.class).isEmpty();
    }

    private void send(HubRig.Person from) {
      if (!ready(from)) {
        return;
      }
      boolean again = random.nextInt(5) == 0 && ids > 0;
      long number = again ? 1 + random.nextInt((int) ids) : ++ids;
      MessageId id = HubRig.id(number);
      HubRig.Person to =
          sentTo.computeIfAbsent(id, any -> people.get(random.nextInt(people.size())));
      if (acked.contains(id)) {
        // A row that was acked is gone, so the relay would take it for a new one.
        return;
      }
      rig.send(connections.get(from), number, to, 1 + random.nextInt(60_000));
      if (early) {
        accepted.add(id);
      }
    }

    private void ackSome(HubRig.Person who, int count) {
      if (!ready(who)) {
        return;
      }
      ConnectionId connection = connections.get(who);
      int acks = 0;
      for (RelayMessage.Deliver mail : rig.said(connection, RelayMessage.Deliver.class)) {
        if (!acked.contains(mail.id()) && acks++ < count) {
          acked.add(mail.id());
          rig.ack(connection, mail);
        }
      }
    }

    private void ackWithAnOldEpoch(HubRig.Person who) {
      if (!ready(who)) {
        return;
      }
      ConnectionId connection = connections.get(who);
      for (RelayMessage.Deliver mail : rig.said(connection, RelayMessage.Deliver.class)) {
        rig.say(
            connection,
            new PeerMessage.Ack(
                new EpochId(HubRig.bytes(16, 99)),
                List.of(new PeerMessage.Mail(mail.seq(), mail.id()))));
        return;
      }
    }

    /** The process dies: some of what was asked had been committed, in order, the rest not. */
    private void crash() {
      int committed = rig.asks.isEmpty() ? 0 : random.nextInt(rig.asks.size() + 1);
      for (HubEffect.Ask ask : List.copyOf(rig.asks).subList(0, committed)) {
        ask.call().on(rig.store);
      }
      Set<MessageId> lostAcks = new HashSet<>(acked);
      rig.store
          .mail
          .values()
          .forEach(box -> box.values().forEach(row -> lostAcks.remove(row.id())));
      acked.retainAll(lostAcks);
      rig.restart(POLICY);
      connections.clear();
    }

    private void check() {
      for (Map.Entry<HubRig.Person, ConnectionId> one : connections.entrySet()) {
        long last = 0;
        Set<MessageId> once = new HashSet<>();
        for (RelayMessage.Deliver mail : rig.said(one.getValue(), RelayMessage.Deliver.class)) {
          demand(mail.seq() > last, "delivered out of order");
          last = mail.seq();
          demand(sentTo.get(mail.id()) == one.getKey(), "delivered to the wrong person");
          demand(once.add(mail.id()), "delivered twice in one session");
        }
        for (RelayMessage.Accepted one2 : rig.said(one.getValue(), RelayMessage.Accepted.class)) {
          accepted.add(one2.id());
        }
      }
      for (MessageId id : accepted) {
        boolean there =
            rig.store.box(sentTo.get(id).who).values().stream()
                .anyMatch(row -> row.id().equals(id));
        boolean early = this.early && rig.asks.stream().anyMatch(ask -> appends(ask, id));
        demand(there || early || acked.contains(id), id + " was accepted and is nowhere");
      }
    }

    private static boolean appends(HubEffect.Ask ask, MessageId id) {
      return ask.call() instanceof StoreCall.Append append
          && append.messages().stream().anyMatch(one -> one.id().equals(id));
    }

    private static void demand(boolean right, String what) {
      if (!right) {
        throw new AssertionError(what);
      }
    }
  }
}
