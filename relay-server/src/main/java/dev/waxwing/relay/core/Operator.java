package dev.waxwing.relay.core;

import dev.waxwing.relay.core.HubEffect.Category;
import dev.waxwing.relay.core.HubEffect.Level;
import dev.waxwing.relay.store.RemovedReason;
import dev.waxwing.wire.FaultCode;
import java.util.Map;

/** What the operator does to users and to the whole relay. */
final class Operator {
  private final Turn turn;
  private final Rules rules;
  private final Sessions sessions;
  private final Sending sending;
  private final Blobs blobs;

  private long drainSince;
  private boolean drained;

  Operator(Turn turn, Rules rules, Sessions sessions, Sending sending, Blobs blobs) {
    this.turn = turn;
    this.rules = rules;
    this.sessions = sessions;
    this.sending = sending;
    this.blobs = blobs;
  }

  /** Takes nothing new from now on. */
  void drain() {
    if (!rules.draining()) {
      rules.drain();
      drainSince = turn.now();
      turn.log(Category.OPERATOR, Level.INFO, "draining", Map.of());
    }
  }

  /** Ends everybody once nothing is on its way any more, or time is up. */
  void finishDrain() {
    if (!rules.draining() || drained) {
      return;
    }
    boolean settled =
        sending.appending() == 0
            && sessions.controls().stream()
                .allMatch(session -> !session.ready() || session.mail().allAcked());
    if (settled || turn.now() - drainSince >= Hub.DRAIN_MILLIS) {
      drained = true;
      sessions.closeAll(FaultCode.RELAY_DRAINING, "the relay ends");
      turn.add(new HubEffect.Drained());
    }
  }

  /** Removes a user, with mail, blobs and connections. */
  void dropUser(HubEvent.DropUser event) {
    turn.log(Category.OPERATOR, Level.INFO, "drop-user", Map.of("user", event.user().name()));
    turn.ask(
        new StoreCall.RemoveUser(event.user(), RemovedReason.USER_REMOVED, turn.clock()),
        StoreReply.Changed.class,
        reply -> {
          sessions.closeUser(event.user(), FaultCode.KICKED, "the operator removed this user");
          blobs.dropUser(event.user());
        },
        fault -> {});
  }

  /** Ends a user's connections. */
  void kick(HubEvent.Kick event) {
    turn.log(Category.OPERATOR, Level.INFO, "kick", Map.of("user", event.user().name()));
    sessions.closeUser(event.user(), FaultCode.KICKED, event.reason());
  }
}
