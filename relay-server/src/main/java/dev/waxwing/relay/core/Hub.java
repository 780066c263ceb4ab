package dev.waxwing.relay.core;

import dev.waxwing.crypto.Signing;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import java.util.List;

/**
 * The relay's state machine: sessions, presence, mail on its way, blobs on their way. One owner
 * thread; it neither blocks nor throws for what a peer did.
 */
public final class Hub {
  /** How long a drain waits for acks of what was delivered. */
  static final long DRAIN_MILLIS = 10_000;

  private static final long FORGET_MILLIS = 60_000;

  private final Turn turn = new Turn();
  private final Rules rules;
  private final RateLimits rates = new RateLimits();
  private final Sessions sessions;
  private final People people;
  private final Logins logins;
  private final Keys keys;
  private final Mail mail;
  private final Sending sending;
  private final DataTokens tokens;
  private final Blobs blobs;
  private final Operator operator;
  private final HubEvent.Cases<Runnable> events = new Events();

  private long forgotAt;

  /**
   * A hub without sessions.
   *
   * @param identity the relay's long-term key
   */
  public Hub(Policy policy, Signing signing, Signing.Pair identity, Randomness randomness) {
    rules = new Rules(policy, signing, identity, randomness);
    sessions = new Sessions(turn, rules);
    people = new People(turn, rules, rates);
    keys = new Keys(turn, rules, rates, sessions);
    mail = new Mail(turn, rules, sessions);
    sending = new Sending(turn, rules, rates, mail::deliverNow);
    tokens = new DataTokens(turn, rules, sessions);
    blobs = new Blobs(turn, rules, rates, sessions);
    operator = new Operator(turn, rules, sessions, sending, blobs);
    logins =
        new Logins(
            turn,
            rules,
            rates,
            sessions,
            (session, lists) -> {
              people.entered(session, lists);
              mail.pump(session);
            });
  }

  /**
   * Takes one event.
   *
   * @param now what the clocks say; only the steady one makes time pass, so that a clock that jumps
   *     ends no connection and stops no limit
   * @return what to do, in order
   */
  public List<HubEffect> on(HubEvent event, Moment now) {
    turn.begin(now);
    event.on(events).run();
    blobs.grantWaiting();
    operator.finishDrain();
    return turn.end();
  }

  /** How it is now. */
  public HubStatus status() {
    return new HubStatus(
        rules.draining() ? HubStatus.State.DRAINING : turn.store(),
        sessions.status(),
        people.count(),
        blobs.status(),
        turn.counters());
  }

  private void received(HubEvent.Received event) {
    Session session = sessions.find(event.connection());
    if (session == null) {
      return;
    }
    session.lastHeard = turn.now();
    MessageType type = MessageType.of(event.message());
    switch (type.in(session.state)) {
      case IGNORED -> {}
      case UNEXPECTED ->
          turn.close(session, FaultCode.FRAME_UNEXPECTED, "that message does not belong here");
      case HANDLED -> handle(session, event, type);
    }
  }

  private void handle(Session session, HubEvent.Received event, MessageType type) {
    if (!type.mayHaveBody() && event.frame().bodyLength() > 0) {
      turn.close(session, FaultCode.FRAME_UNEXPECTED, "a body where there is none");
      return;
    }
    if (session.inFlight() >= Turn.HARD_LIMIT) {
      turn.close(session, FaultCode.RATE_LIMITED, "too many requests without an answer");
      return;
    }
    try {
      event.message().on(new Messages(session, event.frame())).run();
    } catch (Fault fault) {
      turn.close(session, fault.code(), fault.what());
    }
  }

  private void closed(HubEvent.Closed event) {
    Session session = sessions.find(event.connection());
    if (session != null) {
      session.state = SessionState.CLOSING;
      sessions.remove(session);
      if (session.mail != null) {
        people.left(session);
      }
      blobs.closed(session);
    }
  }

  private void written(HubEvent.Written event) {
    Session session = sessions.find(event.connection());
    if (session != null) {
      session.written(event.bodyBytes());
      if (session.ready()) {
        turn.pause(session, Session.Pause.OUTPUT, session.unwritten() > Turn.MOST_UNWRITTEN);
      } else if (session.bound()) {
        blobs.written(session);
      }
    }
  }

  private void tick() {
    sessions.tick();
    mail.tick();
    blobs.tick();
    tokens.forgetExpired();
    if (turn.now() - forgotAt >= FORGET_MILLIS) {
      forgotAt = turn.now();
      rates.forgetIdle(turn.now());
    }
  }

  private void broken(HubEvent.Broken event) {
    Session session = sessions.find(event.connection());
    if (session != null) {
      turn.close(session, event.fault().code(), event.fault().what());
    }
  }

  /** What each event does. */
  private final class Events implements HubEvent.Cases<Runnable> {
    @Override
    public Runnable opened(HubEvent.Opened event) {
      return () -> sessions.opened(event);
    }

    @Override
    public Runnable received(HubEvent.Received event) {
      return () -> Hub.this.received(event);
    }

    @Override
    public Runnable broken(HubEvent.Broken event) {
      return () -> Hub.this.broken(event);
    }

    @Override
    public Runnable alive(HubEvent.Alive event) {
      return () -> sessions.heard(event.connection());
    }

    @Override
    public Runnable closed(HubEvent.Closed event) {
      return () -> Hub.this.closed(event);
    }

    @Override
    public Runnable written(HubEvent.Written event) {
      return () -> Hub.this.written(event);
    }

    @Override
    public Runnable answered(HubEvent.Answered event) {
      return () -> turn.answered(event);
    }

    @Override
    public Runnable passwordChecked(HubEvent.PasswordChecked event) {
      return () -> turn.passwordChecked(event);
    }

    @Override
    public Runnable partForced(HubEvent.PartForced event) {
      return () -> blobs.forced(event);
    }

    @Override
    public Runnable partNotWritten(HubEvent.PartNotWritten event) {
      return () -> blobs.notWritten(event);
    }

    @Override
    public Runnable partRead(HubEvent.PartRead event) {
      return () -> {
        Session session = sessions.find(event.connection());
        if (session != null) {
          blobs.read(event, session);
        }
      };
    }

    @Override
    public Runnable partNotRead(HubEvent.PartNotRead event) {
      return () -> {
        Session session = sessions.find(event.connection());
        if (session != null) {
          blobs.notRead(event, session);
        }
      };
    }

    @Override
    public Runnable blobRestored(HubEvent.BlobRestored event) {
      return () -> blobs.restored(event);
    }

    @Override
    public Runnable storeEnded(HubEvent.StoreEnded event) {
      return () -> turn.storeEnded(event.state());
    }

    @Override
    public Runnable tick(HubEvent.Tick event) {
      return Hub.this::tick;
    }

    @Override
    public Runnable drain(HubEvent.Drain event) {
      return operator::drain;
    }

    @Override
    public Runnable kick(HubEvent.Kick event) {
      return () -> operator.kick(event);
    }

    @Override
    public Runnable dropUser(HubEvent.DropUser event) {
      return () -> operator.dropUser(event);
    }

    @Override
    public Runnable setPolicy(HubEvent.SetPolicy event) {
      return () -> rules.policy(event.policy());
    }
  }

  /** What each message of a session does, where it is legal. */
  private final class Messages implements PeerMessage.Cases<Runnable> {
    private final Session session;
    private final Frame frame;

    Messages(Session session, Frame frame) {
      this.session = session;
      this.frame = frame;
    }

    private Bytes body() {
      return Body.of(frame, 0, frame.bodyLength()).toBytes();
    }

    @Override
    public Runnable hello(PeerMessage.Hello message) {
      return () -> logins.hello(session, message);
    }

    @Override
    public Runnable register(PeerMessage.Register message) {
      return () -> logins.register(session, message, body());
    }

    @Override
    public Runnable login(PeerMessage.Login message) {
      return () -> logins.login(session, message);
    }

    @Override
    public Runnable bind(PeerMessage.Bind message) {
      return () -> tokens.bind(session, message);
    }

    @Override
    public Runnable publishPrekeys(PeerMessage.PublishPrekeys message) {
      return () -> keys.publish(session, message, body());
    }

    @Override
    public Runnable findUser(PeerMessage.FindUser message) {
      return () -> keys.find(session, message);
    }

    @Override
    public Runnable fetchBundles(PeerMessage.FetchBundles message) {
      return () -> keys.fetch(session, message);
    }

    @Override
    public Runnable send(PeerMessage.Send message) {
      return () -> sending.send(session, message, frame);
    }

    @Override
    public Runnable ack(PeerMessage.Ack message) {
      return () -> mail.ack(session, message);
    }

    @Override
    public Runnable who(PeerMessage.Who message) {
      return () -> people.who(session, message);
    }

    @Override
    public Runnable setBlocked(PeerMessage.SetBlocked message) {
      return () -> people.setBlocked(session, message);
    }

    @Override
    public Runnable setVisible(PeerMessage.SetVisible message) {
      return () -> people.setVisible(session, message);
    }

    @Override
    public Runnable openData(PeerMessage.OpenData message) {
      return () -> tokens.open(session, message);
    }

    @Override
    public Runnable createBlob(PeerMessage.CreateBlob message) {
      return () -> blobs.create(session, message, body());
    }

    @Override
    public Runnable dropBlob(PeerMessage.DropBlob message) {
      return () -> blobs.drop(session, message);
    }

    @Override
    public Runnable declineBlob(PeerMessage.DeclineBlob message) {
      return () -> blobs.leave(session, message.ref(), message.blob(), RecipientState.DECLINED);
    }

    @Override
    public Runnable finishBlob(PeerMessage.FinishBlob message) {
      return () -> blobs.leave(session, message.ref(), message.blob(), RecipientState.DONE);
    }

    @Override
    public Runnable put(PeerMessage.Put message) {
      return () -> blobs.put(session, message);
    }

    @Override
    public Runnable seal(PeerMessage.Seal message) {
      return () -> blobs.seal(session, message);
    }

    @Override
    public Runnable get(PeerMessage.Get message) {
      return () -> blobs.get(session, message);
    }

    @Override
    public Runnable held(PeerMessage.Held message) {
      return () -> blobs.held(session, message);
    }

    @Override
    public Runnable slice(Slice message) {
      return () -> blobs.slice(session, message, frame);
    }
  }
}
