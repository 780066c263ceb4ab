package dev.waxwing.simulation;

import dev.waxwing.message.EpochId;
import dev.waxwing.relay.core.HubEffect;
import dev.waxwing.relay.core.Moment;
import dev.waxwing.relay.core.StoreCall;
import dev.waxwing.relay.core.StoreReply;
import dev.waxwing.relay.net.StoreCalls;
import dev.waxwing.relay.store.MemoryStore;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The relay's store and the one thread that writes it: what waits goes into one transaction, which
 * is there when its force is, or is not there at all; who asked hears of it afterwards.
 */
final class RelayDisk {
  private static final int MOST_AT_ONCE = 256;

  final MemoryStore store;
  private final Agenda agenda;
  private final Dice dice;
  private final Plant plant;
  private final MailWatch watch;
  private final Deque<Piece> waiting = new ArrayDeque<>();

  private int life;
  private boolean committing;
  private boolean stopped;
  private boolean full;
  private boolean failsNext;
  private Runnable onStop = () -> {};

  /** One piece of work; {@code call} is null for what the relay does by itself. */
  private record Piece(StoreCall call, Supplier<StoreReply> work, Consumer<StoreReply> tell) {}

  RelayDisk(World world, StoreOptions options) {
    this.store = new MemoryStore(options);
    this.agenda = world.agenda;
    this.dice = world.dice.split();
    this.plant = world.plant;
    this.watch = world.watch;
  }

  /** Who hears that the store takes nothing more. */
  void onStop(Runnable listener) {
    onStop = listener;
  }

  void ask(HubEffect.Ask ask, Consumer<StoreReply> tell) {
    StoreCall call = ask.call();
    StoreCalls calls = new StoreCalls(store);
    submit(
        new Piece(
            call,
            () -> watch.call(call, store, () -> plant.storeCall(call, store, () -> call.on(calls))),
            tell));
  }

  /** Removes mail that is too old. */
  void expire(Moment now) {
    submit(
        new Piece(
            null,
            () -> {
              watch.expire(store, () -> store.mailbox().expire(now.ran(), 100, now.clock()));
              return new StoreReply.Changed(true);
            },
            reply -> {}));
  }

  private void submit(Piece piece) {
    if (stopped) {
      piece.tell.accept(failed(FaultCode.STORE_STOPPED));
    } else {
      waiting.add(piece);
      pump();
    }
  }

  private void pump() {
    if (!committing && !waiting.isEmpty()) {
      committing = true;
      later(dice.between(0, 3), this::begin);
    }
  }

  private void later(long millis, Runnable what) {
    int mine = life;
    agenda.in(
        millis,
        () -> {
          if (mine == life) {
            what.run();
          }
        });
  }

  private void begin() {
    store.begin();
    List<Runnable> answers = new ArrayList<>();
    List<Piece> pieces = new ArrayList<>();
    while (!waiting.isEmpty() && pieces.size() < MOST_AT_ONCE) {
      Piece piece = waiting.remove();
      StoreReply reply = run(piece);
      pieces.add(piece);
      if (piece.call != null && plant.answersEarly(piece.call)) {
        later(0, () -> piece.tell.accept(reply));
      } else {
        answers.add(() -> piece.tell.accept(reply));
      }
    }
    later(
        dice.oneIn(20) ? dice.between(20, 2_000) : dice.between(1, 20),
        () -> commit(pieces, answers));
  }

  private StoreReply run(Piece piece) {
    store.mark();
    long before = store.changes();
    StoreReply reply;
    try {
      reply = piece.work.get();
    } catch (Fault fault) {
      reply = new StoreReply.Failed(fault);
    }
    if (full && !(reply instanceof StoreReply.Failed) && grows(piece, before)) {
      reply = failed(FaultCode.DISK_FULL);
    }
    if (reply instanceof StoreReply.Failed) {
      store.rollbackToMark();
    }
    return reply;
  }

  /** What only reads, or makes room, succeeds on a full disk. */
  private boolean grows(Piece piece, long before) {
    return store.changes() != before
        && piece.call != null
        && !(piece.call instanceof StoreCall.Ack);
  }

  private void commit(List<Piece> pieces, List<Runnable> answers) {
    committing = false;
    if (failsNext && !plant.goesOnAfterFailedForce()) {
      // What a force that failed has left is known at the next start only.
      stopped = true;
      settle();
      watch.forceFailed();
      pieces.addAll(waiting);
      waiting.clear();
      pieces.forEach(piece -> piece.tell.accept(failed(FaultCode.STORE_STOPPED)));
      onStop.run();
      return;
    }
    if (failsNext) {
      failsNext = false;
      store.rollback();
      watch.forceFailed();
    } else {
      store.commit();
    }
    answers.forEach(Runnable::run);
    pump();
  }

  private void settle() {
    if (dice.heads()) {
      store.commit();
    } else {
      store.rollback();
    }
  }

  private static StoreReply failed(FaultCode code) {
    return new StoreReply.Failed(new Fault(code, "simulated"));
  }

  /** The power goes: a transaction that was being forced is there, or is not. */
  void crash() {
    life++;
    if (committing) {
      settle();
    }
    waiting.clear();
    committing = false;
    stopped = false;
    failsNext = false;
  }

  void backUp() {
    if (!committing) {
      store.backUp();
    }
  }

  /** After a crash: everything is as the backup has it, in a new incarnation. */
  void restore() {
    store.restore(new EpochId(dice.bytes(EpochId.LENGTH)));
  }

  void full(boolean now) {
    full = now;
  }

  void failNext(boolean now) {
    failsNext = now;
  }

  boolean stopped() {
    return stopped;
  }
}
