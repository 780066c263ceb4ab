package dev.waxwing.peer.session;

import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.content.ContentCodec;
import dev.waxwing.peer.content.Letter;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.peer.session.PeerStore.OutboxRow;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** What becomes of rows of the outbox, apart from being sent. Stateless. */
final class OutboxRows {
  private static final long KEEP_MILLIS = 30L * 24 * 3600 * 1000;

  /** Times a message is sealed: once, and three times anew. */
  private static final int MAX_ATTEMPTS = 4;

  /** Not on the relay's disk. */
  private static final List<OutboxRow.State> UNSENT =
      List.of(OutboxRow.State.QUEUED, OutboxRow.State.SEALED, OutboxRow.State.HELD);

  private OutboxRows() {}

  /**
   * Queues a failed text once more.
   *
   * @return for whom it is
   * @throws Fault MESSAGE_UNKNOWN, or TRANSFER_STATE for a file
   */
  static UserId requeue(Turn turn, MessageId id) {
    MessageRow message =
        turn.tx()
            .message(id)
            .filter(row -> row.state() == MessageRow.State.FAILED)
            .orElseThrow(
                () ->
                    new Fault(
                        FaultCode.MESSAGE_UNKNOWN, "there is no failed message with that ID"));
    if (message.kind() != MessageRow.Kind.TEXT) {
      throw new Fault(FaultCode.TRANSFER_STATE, "a file is retried as a transfer");
    }
    byte[] plaintext =
        ContentCodec.encode(new Letter(id, message.sentAt(), new Content.Text(message.text())));
    turn.tx()
        .putOutbox(
            new OutboxRow(
                id, message.with(), OutboxRow.State.QUEUED, turn.date(), plaintext, List.of(), 0));
    turn.move(id, MessageRow.State.QUEUED);
    return message.with();
  }

  /** The same message in a state that has no ciphertext. */
  private static OutboxRow unsealed(OutboxRow row, OutboxRow.State state) {
    return new OutboxRow(
        row.id(), row.to(), state, row.created(), row.plaintext(), List.of(), row.attempts());
  }

  /** What is sealed for somebody, in its order; what makes a line before the rest, if so wanted. */
  static List<OutboxRow> sealed(Turn turn, UserId to, boolean linesFirst) {
    List<OutboxRow> rows = turn.tx().outbox(OutboxRow.State.SEALED, to, Integer.MAX_VALUE);
    if (!linesFirst) {
      return rows;
    }
    List<OutboxRow> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparing(row -> !isLine(row)));
    return sorted;
  }

  /** Whether a message makes a line in the history, here and there. */
  static boolean isLine(OutboxRow row) {
    return Visible.of(ContentCodec.decode(row.plaintext()).content()).isPresent();
  }

  /** Whether the key of now was given this message; neither what is queued nor what is held was. */
  static boolean hasLeft(OutboxRow row) {
    return row.state() == OutboxRow.State.SEALED || row.state() == OutboxRow.State.ACCEPTED;
  }

  /**
   * The ciphertext was in vain: the message is to be sealed anew, or given up when it was three
   * times.
   */
  static void again(Turn turn, OutboxRow row, Fault fault) {
    if (row.attempts() < MAX_ATTEMPTS) {
      turn.tx().putOutbox(unsealed(row, OutboxRow.State.QUEUED));
    } else {
      giveUp(turn, row, fault);
    }
  }

  /** The same message, sealed once more. */
  static OutboxRow sealed(OutboxRow row, List<OutboxRow.Sealed> shares) {
    return new OutboxRow(
        row.id(),
        row.to(),
        OutboxRow.State.SEALED,
        row.created(),
        row.plaintext(),
        shares,
        row.attempts() + 1);
  }

  /** What is on the relay's disk is kept for a resend until its receipt, if it gets one. */
  static void accepted(Turn turn, OutboxRow row) {
    if (!Inbox.deservesReceipt(ContentCodec.decode(row.plaintext()).content())) {
      turn.tx().removeOutbox(row.id());
      return;
    }
    turn.tx().putOutbox(unsealed(row, OutboxRow.State.ACCEPTED));
    turn.move(row.id(), MessageRow.State.ACCEPTED);
  }

  /** The receiver stored these. */
  static void receipt(Turn turn, UserId from, List<MessageId> stored) {
    for (MessageId id : stored) {
      if (turn.tx().outbox(id).filter(row -> row.to().equals(from)).isPresent()) {
        turn.tx().removeOutbox(id);
        turn.move(id, MessageRow.State.DELIVERED);
      }
    }
  }

  /**
   * The relay was restored, or says so: what has no receipt is to be sealed again, under its old
   * id.
   */
  static void newEpoch(Turn turn) {
    Fault fault =
        new Fault(
            FaultCode.NOT_DELIVERED,
            "the relay was restored again and again, and no receipt came",
            "ask them whether they have it, and send it again if not");
    for (OutboxRow.State state : List.of(OutboxRow.State.ACCEPTED, OutboxRow.State.SEALED)) {
      turn.tx().outbox(state).forEach(row -> again(turn, row, fault));
    }
  }

  /** Plaintext is kept for 30 days at most; what was not handed over by then has failed. */
  static void expire(Turn turn) {
    long oldest = turn.date() - KEEP_MILLIS;
    turn.tx().removeOutboxBefore(OutboxRow.State.ACCEPTED, oldest);
    for (OutboxRow.State state : UNSENT) {
      for (UserId user : new TreeSet<>(turn.tx().outboxPeople(state))) {
        if (turn.tx().outbox(state, user, 1).get(0).created() < oldest) {
          Fault fault = new Fault(FaultCode.MESSAGE_EXPIRED, "it could not be sent for 30 days");
          turn.tx().outbox(state, user, Integer.MAX_VALUE).stream()
              .filter(row -> row.created() < oldest)
              .forEach(row -> giveUp(turn, row, fault));
        }
      }
    }
  }

  /** Gives up everything in a state to somebody. */
  static void giveUpAll(Turn turn, OutboxRow.State state, UserId to, Fault fault) {
    turn.tx().outbox(state, to, Integer.MAX_VALUE).forEach(row -> giveUp(turn, row, fault));
  }

  /**
   * Another key is held for somebody, or is theirs now. What is said may wait for a person's word
   * on it; a file is for the key it was sent to, and for no other.
   */
  static void giveUpOffers(Turn turn, OutboxRow.State state, UserId to) {
    Fault fault =
        new Fault(
            FaultCode.KEY_CHANGED,
            "it was for another key of " + to + "; it is not sent to this one by itself");
    turn.tx().outbox(state, to, Integer.MAX_VALUE).stream()
        .filter(row -> ContentCodec.decode(row.plaintext()).content() instanceof Content.Offer)
        .forEach(row -> giveUp(turn, row, fault));
  }

  static void giveUp(Turn turn, OutboxRow row, Fault fault) {
    turn.tx().removeOutbox(row.id());
    turn.move(row.id(), MessageRow.State.FAILED);
    turn.undeliverable(row, ContentCodec.decode(row.plaintext()).content(), fault);
  }

  /** Somebody is forgotten: with the pin goes what was meant for it. */
  static void forget(Turn turn, UserId to) {
    Fault fault = new Fault(FaultCode.CANCELLED, "the person was forgotten");
    UNSENT.forEach(state -> giveUpAll(turn, state, to, fault));
    dropAccepted(turn, to);
  }

  /**
   * Somebody's key signed another, and no person has decided anything: what the old key had never
   * goes to the new one, and what was written for the old one waits.
   *
   * @return whether anything waits
   */
  static boolean keyFollowed(Turn turn, UserId to) {
    dropAccepted(turn, to);
    UNSENT.forEach(state -> giveUpOffers(turn, state, to));
    for (OutboxRow.State state : List.of(OutboxRow.State.SEALED, OutboxRow.State.QUEUED)) {
      for (OutboxRow row : turn.tx().outbox(state, to, Integer.MAX_VALUE)) {
        turn.tx().putOutbox(unsealed(row, OutboxRow.State.HELD));
        turn.move(row.id(), MessageRow.State.HELD);
      }
    }
    return !turn.tx().outbox(OutboxRow.State.HELD, to, 1).isEmpty();
  }

  /** A held key was taken as somebody's: what the old key had never goes to it. */
  static void newKey(Turn turn, UserId to) {
    dropAccepted(turn, to);
    UNSENT.forEach(state -> giveUpOffers(turn, state, to));
    turn.tx()
        .outbox(OutboxRow.State.SEALED, to, Integer.MAX_VALUE)
        .forEach(row -> turn.tx().putOutbox(unsealed(row, OutboxRow.State.QUEUED)));
    turn.tx()
        .outbox(OutboxRow.State.QUEUED, to, Integer.MAX_VALUE)
        .forEach(row -> turn.move(row.id(), MessageRow.State.QUEUED));
  }

  /** A person goes on with somebody's key: what waited for that goes to it. */
  static void release(Turn turn, UserId to) {
    // An earlier program held offers as well.
    giveUpOffers(turn, OutboxRow.State.HELD, to);
    for (OutboxRow row : turn.tx().outbox(OutboxRow.State.HELD, to, Integer.MAX_VALUE)) {
      turn.tx().putOutbox(unsealed(row, OutboxRow.State.QUEUED));
      turn.move(row.id(), MessageRow.State.QUEUED);
    }
  }

  private static void dropAccepted(Turn turn, UserId to) {
    turn.tx()
        .outbox(OutboxRow.State.ACCEPTED, to, Integer.MAX_VALUE)
        .forEach(row -> turn.tx().removeOutbox(row.id()));
  }
}
