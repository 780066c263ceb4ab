package dev.waxwing.peer.session;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Prekeys;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.peer.ratchet.PrekeyRef;
import dev.waxwing.peer.ratchet.PrekeySecret;
import dev.waxwing.peer.ratchet.PrekeyStock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Makes, publishes and drops this device's prekeys when that is due (PROTOCOL.md, "Prekeys"). */
final class PrekeyKeeper {
  private static final String NEXT_ID = "prekeys/next";
  private static final String UNPUBLISHED = "prekeys/unpublished";

  private final Suite suite;
  private final Identity identity;
  private final Randomness random;

  PrekeyKeeper(Suite suite, Identity identity, Randomness random) {
    this.suite = suite;
    this.identity = identity;
    this.random = random;
  }

  /** Why prekeys are looked at. */
  enum Occasion {
    /** The relay told what it has left. */
    ROUTINE,
    /** The relay lost what it had: everything is made anew. */
    NEW_EPOCH
  }

  /**
   * Stores what is due, then asks the relay to take the public halves.
   *
   * @param ref of the request
   * @return whether a request was made
   */
  boolean keep(Turn turn, Occasion occasion, PrekeyStock.AtRelay left, int ref) {
    // A device without a stock lost it, or is new: what the relay holds of it nobody can answer.
    boolean afresh =
        occasion == Occasion.NEW_EPOCH
            || turn.tx().value(UNPUBLISHED).isPresent()
            || turn.tx().value(NEXT_ID).isEmpty();
    PrekeyStock stock = load(turn);
    PrekeyStock.Plan plan = afresh ? stock.planAfresh(turn.date()) : stock.plan(left, turn.date());
    if (plan.isEmpty()) {
      return false;
    }
    Secret randomness = Secret.take(random.bytes(plan.randomBytes()));
    PrekeyStock.Change change = stock.carryOut(plan, randomness, turn.date());
    for (PrekeySecret key : change.created()) {
      turn.tx()
          .putPrekey(
              new PeerStore.PrekeyRow(
                  key.ref().kind(), key.ref().id(), key.created(), key.secret().exposeCopy()));
    }
    for (PrekeyRef gone : change.dropped()) {
      turn.tx().removePrekey(gone.kind(), gone.id());
    }
    change.stock().keys().stream()
        .filter(key -> key.ref().kind() == Prekeys.Kind.SIGNED)
        .mapToLong(key -> key.ref().id())
        .min()
        .ifPresent(oldest -> turn.tx().removeReplayedBelow(oldest));
    turn.tx().putValue(NEXT_ID, ByteBuffer.allocate(8).putLong(change.stock().nextId()).array());
    if (change.created().isEmpty()) {
      return false;
    }
    // Until the relay confirms, nobody knows which of these it has: then everything is made anew.
    turn.tx().putValue(UNPUBLISHED, new byte[] {1});
    turn.transmit(
        new PeerMessage.PublishPrekeys(ref, afresh),
        change.batch(suite, identity.signing(), identity.address()).encode());
    return true;
  }

  /** The relay has taken the last batch. */
  void published(Turn turn) {
    turn.tx().removeValue(UNPUBLISHED);
  }

  private static PrekeyStock load(Turn turn) {
    List<PrekeySecret> keys = new ArrayList<>();
    for (Prekeys.Kind kind : Prekeys.Kind.values()) {
      for (PeerStore.PrekeyRow row : turn.tx().prekeys(kind)) {
        keys.add(
            new PrekeySecret(
                new PrekeyRef(row.kind(), row.id()), row.created(), Secret.copyOf(row.secret())));
      }
    }
    // From the clock at first: a device that lost its stock gives no key an ID it used before.
    long next =
        turn.tx()
            .value(NEXT_ID)
            .map(bytes -> ByteBuffer.wrap(bytes).getLong())
            .orElse(Math.max(0, turn.now()));
    return new PrekeyStock(keys, next);
  }
}
