package dev.waxwing.peer.session;

import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Prekeys;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.ratchet.PrekeyStock;
import dev.waxwing.peer.session.PeerStore.ContactRow;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A peer's end of the protocol: one input is one transaction, and its effects are let go only when
 * that is on disk. One thread.
 */
public final class PeerSession implements Outbox.BundleWish, Inbox.Wishes {
  private static final String EPOCH = "relay/epoch";
  private static final long NO_PREKEYS_MILLIS = 10_000;

  // Valid for the process.
  private final PeerStore store;
  private final People people;
  private final Sessions sessions;
  private final PrekeyKeeper prekeys;
  private final Outbox outbox;
  private final Inbox inbox;
  private final Decisions decisions;
  private final TransferLedger ledger;
  private final Ageing ageing = new Ageing();
  private int nextRef = 1;
  private long clock;

  // Valid for one connection.
  private final Map<Integer, Lookup> lookups = new HashMap<>();
  private int publishing;
  private long publishNotBefore;
  private boolean online;

  /** Somebody being looked up. */
  private record Lookup(UserId user, Want want) {}

  private enum Want {
    RECORD,
    BUNDLES
  }

  /** A session of {@code identity} over its store. */
  public PeerSession(
      PeerStore store, Suite suite, Identity identity, Randomness random, TransferLedger ledger) {
    this.store = store;
    this.ledger = ledger;
    this.people = new People(suite);
    this.sessions = new Sessions(suite, identity, random);
    this.prekeys = new PrekeyKeeper(suite, identity, random);
    this.outbox = new Outbox(identity, sessions, random, this);
    this.inbox = new Inbox(sessions, outbox, this);
    this.decisions = new Decisions(people, sessions, outbox);
  }

  /**
   * Handles one input.
   *
   * @param now milliseconds since 1970
   * @return what to do, now that everything is on disk
   * @throws Fault what the input was refused for, or the store's failure: nothing changed on disk,
   *     and the caller must end the connection
   */
  public List<PeerEffect> on(PeerInput input, long now) {
    if (now < clock) {
      clockSetBack(clock - now);
    }
    clock = now;
    inbox.startTurn();
    Runnable undo = remember();
    try {
      return store.transact(
          tx -> {
            Turn turn = new Turn(tx, now, ageing.at(tx, now));
            input.on(new Inputs(turn));
            inbox.flush(turn);
            turn.giveUpIn(ledger);
            return List.copyOf(turn.effects());
          });
    } catch (RuntimeException e) {
      undo.run();
      throw e;
    }
  }

  /** What waits for a time waits no longer than it would have. */
  private void clockSetBack(long millis) {
    publishNotBefore -= millis;
    outbox.clockSetBack(millis);
  }

  /** What brings memory back to where it is now: it moves with the store or not at all. */
  private Runnable remember() {
    Runnable inner = outbox.remember();
    Runnable outer = inbox.remember();
    Runnable age = ageing.remember();
    Map<Integer, Lookup> asked = new HashMap<>(lookups);
    int published = publishing;
    long pause = publishNotBefore;
    boolean connected = online;
    return () -> {
      inner.run();
      outer.run();
      age.run();
      lookups.clear();
      lookups.putAll(asked);
      publishing = published;
      publishNotBefore = pause;
      online = connected;
    };
  }

  /** Whether the relay has what others need to write to this device for the first time. */
  public boolean reachable() {
    return online && publishing == 0;
  }

  /** Whether all mail that was delivered is dealt with; some waits for its sender's record. */
  public boolean settled() {
    return inbox.settled();
  }

  /** A number for a request that no other request of this session has. */
  public int nextRef() {
    return nextRef++;
  }

  @Override
  public void fetch(Turn turn, UserId user) {
    lookUp(turn, user, Want.BUNDLES);
  }

  @Override
  public void look(Turn turn, UserId user) {
    lookUp(turn, user, Want.RECORD);
  }

  @Override
  public boolean underWay(UserId user) {
    return lookups.containsValue(new Lookup(user, Want.BUNDLES));
  }

  @Override
  public void store(Turn turn, Address from, MessageId id, Content content) {
    ledger.store(turn.tx(), from, content, turn.now());
    turn.effects().add(new PeerEffect.ContentArrived(from, id, content));
  }

  private void lookUp(Turn turn, UserId user, Want want) {
    Lookup lookup = new Lookup(user, want);
    if (online && !lookups.containsValue(lookup)) {
      int ref = nextRef();
      lookups.put(ref, lookup);
      turn.transmit(
          want == Want.BUNDLES
              ? new PeerMessage.FetchBundles(ref, user)
              : new PeerMessage.FindUser(ref, user));
    }
  }

  private void tendPrekeys(Turn turn, PrekeyKeeper.Occasion occasion, PrekeyStock.AtRelay left) {
    if (publishing == 0 && turn.now() >= publishNotBefore) {
      int ref = nextRef();
      publishing = prekeys.keep(turn, occasion, left, ref) ? ref : 0;
    }
  }

  private void shown(Turn turn, Lookup lookup, UserRecord.Signed record) {
    try {
      people.show(turn, lookup.user(), record);
      turn.effects().add(new PeerEffect.Looked(lookup.user(), null));
    } catch (Fault fault) {
      turn.effects().add(new PeerEffect.Looked(lookup.user(), fault));
    }
  }

  private void bundles(Turn turn, Lookup lookup, Prekeys.Bundles bundles) {
    UserId user = lookup.user();
    shown(turn, lookup, bundles.owner());
    ContactRow known = turn.tx().contact(user).orElse(null);
    boolean usable =
        known != null
            && known.trust() != Trust.CHANGED
            && bundles
                .owner()
                .encoded()
                .equals(UserRecord.Signed.parse(known.record().toArray()).encoded());
    boolean complete = usable && known != null && start(turn, People.record(known), bundles);
    if (!complete && (known == null || known.trust() != Trust.CHANGED)) {
      outbox.postpone(turn, user, NO_PREKEYS_MILLIS);
    }
    outbox.pump(turn, user);
  }

  /** Starts the sessions that lack; whether every device has one then. */
  private boolean start(Turn turn, UserRecord record, Prekeys.Bundles bundles) {
    for (Prekeys.Bundle bundle : bundles.bundles()) {
      if (record.device(bundle.device()).isPresent()
          && !sessions.ready(turn, record, bundle.device())) {
        sessions.start(turn, record, bundle);
      }
    }
    return record.devices().stream()
        .allMatch(device -> sessions.ready(turn, record, device.device()));
  }

  private void lookupRefused(Turn turn, Lookup lookup, RelayMessage.Refused refusal) {
    Fault fault = new Fault(refusal.code(), refusal.detail());
    turn.effects().add(new PeerEffect.Looked(lookup.user(), fault));
    if (refusal.code() == FaultCode.USER_UNKNOWN || refusal.code() == FaultCode.DECLINED) {
      OutboxRows.giveUpAll(turn, PeerStore.OutboxRow.State.QUEUED, lookup.user(), fault);
      inbox.unpark(turn, lookup.user());
    } else if (lookup.want() == Want.BUNDLES) {
      outbox.postpone(turn, lookup.user(), Math.max(1_000, refusal.retryAfterMillis()));
    }
  }

  /** The inputs, each in a turn. */
  private final class Inputs implements PeerInput.Cases<Boolean> {
    private final Turn turn;

    Inputs(Turn turn) {
      this.turn = turn;
    }

    @Override
    public Boolean linkUp(PeerInput.LinkUp input) {
      RelayMessage.Welcome welcome = input.welcome();
      online = true;
      lookups.clear();
      publishing = 0;
      publishNotBefore = 0;
      inbox.linkUp(welcome.epoch());
      byte[] epoch = welcome.epoch().value().toArray();
      boolean restored =
          turn.tx()
              .value(EPOCH)
              .filter(known -> !java.util.Arrays.equals(known, epoch))
              .isPresent();
      turn.tx().putValue(EPOCH, epoch);
      if (restored) {
        OutboxRows.newEpoch(turn);
      }
      tendPrekeys(
          turn,
          restored ? PrekeyKeeper.Occasion.NEW_EPOCH : PrekeyKeeper.Occasion.ROUTINE,
          new PrekeyStock.AtRelay(welcome.oneTime(), welcome.oneTimeKem()));
      outbox.linkUp(turn);
      return true;
    }

    @Override
    public Boolean linkDown(PeerInput.LinkDown input) {
      online = false;
      Fault fault = new Fault(FaultCode.NETWORK_UNREACHABLE, "the connection ended");
      lookups
          .values()
          .forEach(lookup -> turn.effects().add(new PeerEffect.Looked(lookup.user(), fault)));
      lookups.clear();
      outbox.linkDown();
      return true;
    }

    @Override
    public Boolean received(PeerInput.Received input) {
      input
          .messages()
          .forEach(message -> message.message().on(new FromRelay(turn, message.body())));
      return true;
    }

    @Override
    public Boolean submit(PeerInput.Submit input) {
      ledger.admit(turn.tx(), input.to(), input.content());
      outbox.submit(turn, input);
      return true;
    }

    @Override
    public Boolean retry(PeerInput.Retry input) {
      outbox.retry(turn, input.id());
      return true;
    }

    @Override
    public Boolean look(PeerInput.Look input) {
      if (online) {
        PeerSession.this.look(turn, input.user());
      } else {
        Fault fault = new Fault(FaultCode.NETWORK_UNREACHABLE, "there is no connection");
        turn.effects().add(new PeerEffect.Looked(input.user(), fault));
      }
      return true;
    }

    @Override
    public Boolean decide(PeerInput.Decide input) {
      decisions.carryOut(turn, input);
      return true;
    }

    @Override
    public Boolean tick(PeerInput.Tick input) {
      if (online) {
        tendPrekeys(
            turn,
            PrekeyKeeper.Occasion.ROUTINE,
            new PrekeyStock.AtRelay(Prekeys.ONE_TIME, Prekeys.ONE_TIME_KEM));
      }
      sessions.tend(turn);
      inbox.tick(turn);
      outbox.tick(turn);
      return true;
    }
  }

  /** The relay's messages; what the session does not handle itself goes on as a reply. */
  private final class FromRelay extends Replies {
    FromRelay(Turn turn, byte[] body) {
      super(turn, body);
    }

    @Override
    public Boolean refused(RelayMessage.Refused message) {
      MessageId id = message.id();
      Integer ref = message.ref();
      Lookup lookup = ref == null ? null : lookups.remove(ref);
      if (id != null) {
        outbox.refused(turn, id, message);
      } else if (lookup != null) {
        lookupRefused(turn, lookup, message);
      } else if (ref != null && ref == publishing) {
        publishing = 0;
        publishNotBefore = turn.now() + Math.max(60_000, message.retryAfterMillis());
      } else {
        return reply(message);
      }
      return true;
    }

    @Override
    public Boolean done(RelayMessage.Done message) {
      if (message.ref() != publishing) {
        return reply(message);
      }
      publishing = 0;
      prekeys.published(turn);
      return true;
    }

    @Override
    public Boolean accepted(RelayMessage.Accepted message) {
      outbox.accepted(turn, message.id());
      return true;
    }

    @Override
    public Boolean deliver(RelayMessage.Deliver message) {
      inbox.deliver(turn, new Inbox.Mail(message, body));
      return true;
    }

    @Override
    public Boolean userFound(RelayMessage.UserFound message) {
      Lookup lookup = lookups.remove(message.ref());
      if (lookup != null) {
        shown(turn, lookup, UserRecord.Signed.parse(body));
        inbox.unpark(turn, lookup.user());
      }
      return true;
    }

    @Override
    public Boolean bundles(RelayMessage.Bundles message) {
      Lookup lookup = lookups.remove(message.ref());
      if (lookup != null) {
        PeerSession.this.bundles(turn, lookup, Prekeys.Bundles.decode(body));
      }
      return true;
    }

    @Override
    public Boolean prekeysLow(RelayMessage.PrekeysLow message) {
      tendPrekeys(
          turn,
          PrekeyKeeper.Occasion.ROUTINE,
          new PrekeyStock.AtRelay(message.oneTime(), message.oneTimeKem()));
      return true;
    }
  }
}
