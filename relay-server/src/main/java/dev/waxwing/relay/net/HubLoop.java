package dev.waxwing.relay.net;

import dev.waxwing.relay.core.ConnectionId;
import dev.waxwing.relay.core.Hub;
import dev.waxwing.relay.core.HubEffect;
import dev.waxwing.relay.core.HubEffect.Category;
import dev.waxwing.relay.core.HubEvent;
import dev.waxwing.relay.core.Moment;
import dev.waxwing.relay.core.StoreReply;
import dev.waxwing.relay.core.Ticket;
import dev.waxwing.relay.store.StoreDone;
import dev.waxwing.relay.store.StoreEngine;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The hub's one owner: a context of its own on which every event is given to the hub and its
 * effects are carried out. Events come in from any thread; connections bound what they put in.
 */
public final class HubLoop {
  /** Most events of one turn, so that sockets of the same thread get theirs. */
  private static final int MAX_TURN = 128;

  /** Seconds between looks at each connection. */
  private static final int TICKS_PER_CHECK = 5;

  /** One event on its way in, with the bytes that count against its connection. */
  private record Envelope(HubEvent event, @Nullable PeerConnection connection, int bytes) {}

  /**
   * What the loop works with.
   *
   * @param store where {@code Ask} goes
   * @param blobs where parts go
   * @param passwords where {@code CheckPassword} goes
   */
  public record Workers(StoreThread store, BlobDisk blobs, PasswordCheck passwords) {}

  // Fixed.
  private final Vertx vertx;
  private final Context context;
  private final Hub hub;
  private final Supplier<Moment> clocks;
  private final Workers workers;
  private final Effects effects = new Effects();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  // Any thread.
  private final ConcurrentLinkedQueue<Envelope> inbox = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inboxSize = new AtomicInteger();

  // The loop.
  private final Map<ConnectionId, PeerConnection> connections = new HashMap<>();
  private final List<PeerConnection> touched = new ArrayList<>();
  private long ticks;

  /**
   * A loop that owns {@code hub} from here on.
   *
   * @param clocks what the clocks say; asked on the loop
   */
  public HubLoop(Vertx vertx, Hub hub, Supplier<Moment> clocks, Workers workers) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.hub = hub;
    this.clocks = clocks;
    this.workers = workers;
    workers.blobs().reportTo(event -> post(event, null, 0));
  }

  /** Begins to say what time it is. */
  public void start() {
    context.runOnContext(
        nothing ->
            vertx.setPeriodic(
                1000,
                timer -> {
                  lookAtStore();
                  post(new HubEvent.Tick(), null, 0);
                  if (++ticks % TICKS_PER_CHECK == 0) {
                    connections.values().forEach(each -> each.onContext(each::tick));
                  }
                }));
  }

  /** Gives the hub an event that belongs to no connection; any thread. */
  public void post(HubEvent event) {
    post(event, null, 0);
  }

  /** Runs {@code question} on the loop, where it may look at the hub. */
  public <T> CompletableFuture<T> ask(Function<HubLoop, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    context.runOnContext(
        nothing -> {
          try {
            answer.complete(question.apply(this));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /** Runs {@code action} on the loop about once a second. */
  void everySecond(Runnable action) {
    context.runOnContext(nothing -> vertx.setPeriodic(1000, timer -> action.run()));
  }

  /** Ends when no connection is left after draining. */
  public CompletableFuture<Void> closed() {
    return closed;
  }

  /** The hub; on the loop only. */
  Hub hub() {
    return hub;
  }

  /** Every connection; on the loop only. */
  List<PeerConnection> connections() {
    return List.copyOf(connections.values());
  }

  /** Ends when the hub has told every connection to close. */
  public CompletableFuture<Void> drained() {
    return drained;
  }

  /** Events that wait; any thread. */
  int waiting() {
    return inboxSize.get();
  }

  void post(HubEvent event, @Nullable PeerConnection connection, int bytes) {
    inbox.add(new Envelope(event, connection, bytes));
    if (inboxSize.getAndIncrement() == 0) {
      context.runOnContext(nothing -> turn());
    }
  }

  /** Whether the store has ended; then the hub is told. Any thread. */
  private boolean lookAtStore() {
    StoreEngine.State state = workers.store().state();
    if (state != StoreEngine.State.OPEN) {
      post(new HubEvent.StoreEnded(state), null, 0);
    }
    return state != StoreEngine.State.OPEN;
  }

  /** The store did nothing of a call; any thread. */
  private void failed(Ticket ticket, Fault fault) {
    boolean ended = lookAtStore();
    // To a peer a damaged store is one that stopped: what it asked is asked again after a restore.
    // A damaged record has the same code, and that is not worth asking for again.
    boolean whole = ended && fault.code() == FaultCode.STORE_CORRUPT;
    Fault told =
        whole ? new Fault(FaultCode.STORE_STOPPED, "the relay's store is damaged", fault) : fault;
    post(new HubEvent.Answered(ticket, new StoreReply.Failed(told)));
  }

  /** Notes that a connection has something to be handed over at the end of this turn. */
  void touched(PeerConnection connection) {
    touched.add(connection);
  }

  void later(long millis, Runnable action) {
    vertx.setTimer(millis, timer -> action.run());
  }

  private void turn() {
    int taken = 0;
    for (Envelope next = inbox.poll(); next != null; next = inbox.poll()) {
      take(next);
      if (++taken == MAX_TURN) {
        break;
      }
    }
    touched.forEach(PeerConnection::handOver);
    touched.clear();
    if (inboxSize.addAndGet(-taken) > 0) {
      context.runOnContext(nothing -> turn());
    }
  }

  private void take(Envelope envelope) {
    if (envelope.connection != null && envelope.event instanceof HubEvent.Opened) {
      connections.put(envelope.connection.id(), envelope.connection);
    }
    try {
      for (HubEffect effect : hub.on(envelope.event, clocks.get())) {
        effect.on(effects);
      }
    } catch (RuntimeException e) {
      // A mistake of ours: the event is lost, the relay and everybody else go on.
      RelayLog.log(
          Category.OPERATOR,
          Level.ERROR,
          "event-failed",
          Map.of("event", envelope.event.getClass().getSimpleName(), "cause", String.valueOf(e)));
      DebugTrace.show(e);
    }
    PeerConnection connection = envelope.connection;
    if (connection != null) {
      connection.taken(envelope.bytes);
      if (envelope.event instanceof HubEvent.Closed) {
        connections.remove(connection.id());
        endWhenAlone();
      }
    }
  }

  private void endWhenAlone() {
    if (drained.isDone() && connections.isEmpty()) {
      closed.complete(null);
    }
  }

  /** Carries the hub's effects out, on the loop. */
  private final class Effects implements HubEffect.Cases<Effects> {
    @Override
    public Effects write(HubEffect.Write effect) {
      PeerConnection connection = connections.get(effect.connection());
      if (connection != null) {
        connection.write(effect.message(), effect.body());
      }
      return this;
    }

    @Override
    public Effects forward(HubEffect.Forward effect) {
      PeerConnection connection = connections.get(effect.connection());
      if (connection != null) {
        connection.queue(effect.frame());
      }
      return this;
    }

    @Override
    public Effects close(HubEffect.Close effect) {
      PeerConnection connection = connections.get(effect.connection());
      if (connection != null) {
        connection.write(effect.bye(), dev.waxwing.relay.core.Body.EMPTY);
        connection.outgoing(new Outgoing.Close(effect.bye().code()));
      }
      return this;
    }

    @Override
    public Effects pauseReading(HubEffect.PauseReading effect) {
      return tell(effect.connection(), new Outgoing.Pause());
    }

    @Override
    public Effects resumeReading(HubEffect.ResumeReading effect) {
      return tell(effect.connection(), new Outgoing.Resume());
    }

    private Effects tell(ConnectionId id, Outgoing what) {
      PeerConnection connection = connections.get(id);
      if (connection != null) {
        connection.outgoing(what);
      }
      return this;
    }

    @Override
    public Effects ask(HubEffect.Ask effect) {
      Ticket ticket = effect.ticket();
      try {
        workers
            .store()
            .<StoreReply>submit(
                StoreCalls.size(effect.call()),
                store -> effect.call().on(new StoreCalls(store)),
                StoreDone.of(
                    reply -> post(new HubEvent.Answered(ticket, reply)),
                    fault -> failed(ticket, fault)));
      } catch (Fault fault) {
        failed(ticket, fault);
      }
      return this;
    }

    @Override
    public Effects checkPassword(HubEffect.CheckPassword effect) {
      workers
          .passwords()
          .check(
              effect.password(),
              right -> post(new HubEvent.PasswordChecked(effect.ticket(), right)));
      return this;
    }

    @Override
    public Effects writePart(HubEffect.WritePart effect) {
      workers.blobs().write(effect);
      return this;
    }

    @Override
    public Effects readPart(HubEffect.ReadPart effect) {
      workers.blobs().read(effect);
      return this;
    }

    @Override
    public Effects freeBelow(HubEffect.FreeBelow effect) {
      workers.blobs().freeBelow(effect);
      return this;
    }

    @Override
    public Effects deleteBlob(HubEffect.DeleteBlob effect) {
      workers.blobs().delete(effect);
      return this;
    }

    @Override
    public Effects log(HubEffect.Log effect) {
      RelayLog.log(effect);
      return this;
    }

    @Override
    public Effects count(HubEffect.Count effect) {
      // The hub keeps the sums itself and shows them in its status.
      return this;
    }

    @Override
    public Effects drained(HubEffect.Drained effect) {
      drained.complete(null);
      endWhenAlone();
      return this;
    }
  }
}
