package dev.waxwing.relay.core;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.core.HubEffect.Category;
import dev.waxwing.relay.core.HubEffect.Level;
import dev.waxwing.relay.core.HubEffect.Metric;
import dev.waxwing.relay.store.StoreEngine;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The effects of the event at hand, and the questions that wait for an answer. */
final class Turn {
  /** Most requests of one session that wait for the store before its reading is paused. */
  static final int MOST_IN_FLIGHT = 64;

  /** Requests that may wait although reading is paused; more end the connection. */
  static final int HARD_LIMIT = 16 * MOST_IN_FLIGHT;

  /** Bodies a control session may have unread before its reading is paused, in bytes. */
  static final long MOST_UNWRITTEN = 2L << 20;

  private final Map<Ticket, Consumer<StoreReply>> asked = new HashMap<>();
  private final Map<Ticket, Consumer<Boolean>> passwords = new HashMap<>();
  private final Map<Metric, Long> counters = new EnumMap<>(Metric.class);
  private List<HubEffect> effects = new ArrayList<>();
  private long tickets;

  // What the clocks say, and the time this hub lives by, less the one it has run.
  private @Nullable Moment moment;
  private long base;

  private HubStatus.State store = HubStatus.State.RUNNING;

  void begin(Moment now) {
    if (moment == null) {
      base = now.clock() - now.ran();
    }
    moment = now;
  }

  List<HubEffect> end() {
    List<HubEffect> done = effects;
    effects = new ArrayList<>();
    return done;
  }

  /**
   * For deadlines, rates and everything else that lasts: begins with what the clock says, and goes
   * on evenly whatever is done to the clock.
   */
  long now() {
    return moment().ran() + base;
  }

  /** For stamps, and what ends on a date: what the clock says, right or wrong. */
  long clock() {
    return moment().clock();
  }

  /** For what goes when it is too old: how long relays on this store have run, in all. */
  long ran() {
    return moment().ran();
  }

  private Moment moment() {
    return Objects.requireNonNull(moment, "no event yet");
  }

  /** Whether the store takes work: RUNNING, DISK_FULL, STOPPED or CORRUPT. */
  HubStatus.State store() {
    return store;
  }

  /** Whether the store takes nothing more until a restart. */
  boolean storeEnded() {
    return store == HubStatus.State.STOPPED || store == HubStatus.State.CORRUPT;
  }

  Map<Metric, Long> counters() {
    return Map.copyOf(counters);
  }

  void add(HubEffect effect) {
    effects.add(effect);
  }

  void write(Session session, RelayMessage message) {
    write(session, message, Body.EMPTY);
  }

  void write(Session session, RelayMessage message, Body body) {
    if (session.open()) {
      session.handed(body.length());
      effects.add(new HubEffect.Write(session.connection, message, body));
      if (session.ready()) {
        pause(session, Session.Pause.OUTPUT, session.unwritten() > MOST_UNWRITTEN);
      }
    }
  }

  void forward(Session session, Frame frame) {
    session.handed(frame.bodyLength());
    effects.add(new HubEffect.Forward(session.connection, frame));
    tally(Metric.BLOB_BYTES_OUT, frame.bodyLength());
  }

  void refuse(Session session, int ref, Fault fault) {
    refuse(session, ref, fault, 0);
  }

  void refuse(Session session, int ref, Fault fault, long retryAfter) {
    write(session, refused(ref, null, null, fault, retryAfter));
  }

  void refuse(Session session, MessageId id, Fault fault, long retryAfter) {
    count(Metric.MESSAGES_REFUSED, 1);
    write(session, refused(null, id, null, fault, retryAfter));
  }

  void refuse(Session session, BlobId blob, Fault fault, long retryAfter) {
    write(session, refused(null, null, blob, fault, retryAfter));
  }

  private static RelayMessage.Refused refused(
      @Nullable Integer ref,
      @Nullable MessageId id,
      @Nullable BlobId blob,
      Fault fault,
      long retryAfter) {
    return new RelayMessage.Refused(ref, id, blob, fault.code(), fault.what(), retryAfter);
  }

  /** Ends a connection; the session stays known until the shell says it is closed. */
  void close(Session session, FaultCode code, String detail) {
    if (session.open()) {
      session.state = SessionState.CLOSING;
      effects.add(new HubEffect.Close(session.connection, new RelayMessage.Bye(code, detail)));
    }
  }

  void pause(Session session, Session.Pause reason, boolean on) {
    if (session.pause(reason, on) && session.open()) {
      effects.add(
          on
              ? new HubEffect.PauseReading(session.connection)
              : new HubEffect.ResumeReading(session.connection));
    }
  }

  /** Asks the store on behalf of nobody who waits. */
  <R extends StoreReply> void ask(
      StoreCall call, Class<R> expected, Consumer<R> done, Consumer<Fault> failed) {
    Ticket ticket = new Ticket(++tickets);
    asked.put(
        ticket,
        reply -> {
          if (expected.isInstance(reply)) {
            if (call instanceof StoreCall.Append) {
              wrote();
            }
            done.accept(expected.cast(reply));
          } else if (reply instanceof StoreReply.Failed failure) {
            note(failure.fault());
            failed.accept(failure.fault());
          } else {
            failed.accept(new Fault(FaultCode.INTERNAL, "an answer of the wrong kind"));
          }
        });
    effects.add(new HubEffect.Ask(ticket, call));
  }

  /** Asks the store for a session: counted, and dropped when the session is gone by then. */
  <R extends StoreReply> void askFor(
      Session session,
      StoreCall call,
      Class<R> expected,
      Consumer<R> done,
      Consumer<Fault> failed) {
    began(session);
    ask(
        call,
        expected,
        reply -> {
          ended(session);
          done.accept(reply);
        },
        fault -> {
          ended(session);
          failed.accept(fault);
        });
  }

  /** One more request of the session waits for the store. */
  void began(Session session) {
    session.began();
    pause(session, Session.Pause.REQUESTS, session.inFlight() >= MOST_IN_FLIGHT);
  }

  /** One request of the session waits no more. */
  void ended(Session session) {
    session.ended();
    pause(session, Session.Pause.REQUESTS, session.inFlight() >= MOST_IN_FLIGHT);
  }

  void answered(HubEvent.Answered event) {
    Consumer<StoreReply> waiting = asked.remove(event.ticket());
    if (waiting != null) {
      waiting.accept(event.reply());
    }
  }

  /** Has the hub password checked. */
  void checkPassword(String password, Consumer<Boolean> done) {
    Ticket ticket = new Ticket(++tickets);
    passwords.put(ticket, done);
    effects.add(new HubEffect.CheckPassword(ticket, password));
  }

  int passwordsBeingChecked() {
    return passwords.size();
  }

  void passwordChecked(HubEvent.PasswordChecked event) {
    Consumer<Boolean> waiting = passwords.remove(event.ticket());
    if (waiting != null) {
      waiting.accept(event.right());
    }
  }

  /** Takes a failure of the store or the spool into the hub's state. */
  void note(Fault fault) {
    if (fault.code() == FaultCode.STORE_STOPPED && !storeEnded()) {
      store = HubStatus.State.STOPPED;
      log(Category.STORE, Level.ERROR, "stopped", Map.of("what", fault.what()));
    } else if (fault.code() == FaultCode.DISK_FULL && store == HubStatus.State.RUNNING) {
      store = HubStatus.State.DISK_FULL;
      log(Category.STORE, Level.WARN, "disk-full", Map.of());
    }
  }

  /** The store says itself that it takes nothing more. */
  void storeEnded(StoreEngine.State why) {
    switch (why) {
      case OPEN -> {}
      case STOPPED -> note(new Fault(FaultCode.STORE_STOPPED, "the store has stopped"));
      case CORRUPT -> {
        if (store != HubStatus.State.CORRUPT) {
          store = HubStatus.State.CORRUPT;
          log(Category.STORE, Level.ERROR, "corrupt", Map.of("advice", "restore a backup"));
        }
      }
    }
  }

  /** Something new went to disk: there is room, then. */
  void wrote() {
    if (store == HubStatus.State.DISK_FULL) {
      store = HubStatus.State.RUNNING;
      log(Category.STORE, Level.INFO, "room-again", Map.of());
    }
  }

  /** Counts without an effect, where there is much to count. */
  void tally(Metric metric, long amount) {
    counters.merge(metric, amount, Long::sum);
  }

  void count(Metric metric, long amount) {
    counters.merge(metric, amount, Long::sum);
    effects.add(new HubEffect.Count(metric, amount));
  }

  void log(Category category, Level level, String event, Map<String, String> fields) {
    effects.add(new HubEffect.Log(category, level, event, fields));
  }
}
