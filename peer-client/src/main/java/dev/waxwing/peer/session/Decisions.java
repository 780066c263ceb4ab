package dev.waxwing.peer.session;

import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore.ContactRow;
import dev.waxwing.peer.session.PeerStore.Marks;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import org.jspecify.annotations.Nullable;

/** What the owner of the profile decides about people. */
final class Decisions {
  private final People people;
  private final Sessions sessions;
  private final Outbox outbox;

  Decisions(People people, Sessions sessions, Outbox outbox) {
    this.people = people;
    this.sessions = sessions;
    this.outbox = outbox;
  }

  /**
   * Carries a decision out.
   *
   * @throws Fault CONTACT_UNKNOWN
   */
  void carryOut(Turn turn, PeerInput.Decide input) {
    UserId user = input.user();
    ContactRow known =
        turn.tx()
            .contact(user)
            .orElseThrow(() -> new Fault(FaultCode.CONTACT_UNKNOWN, user + " is not known here"));
    Marks marks = known.marks();
    switch (input.decision()) {
      case ADD -> {
        outbox.answered(turn, user);
        turn.put(People.with(known, marks.asContact()));
      }
      case FORGET -> {
        OutboxRows.forget(turn, user);
        turn.tx().removeContact(user);
      }
      case BLOCK -> turn.put(People.with(known, marks.withBlocked(true)));
      case UNBLOCK -> turn.put(People.with(known, marks.withBlocked(false)));
      case VERIFY -> {
        requireCompared(known, input.compared());
        outbox.answered(turn, user);
        Marks verified = marks.asContact().verified(turn.now());
        turn.put(People.with(people.acceptPending(known), verified));
        keyTaken(turn, known);
      }
      case UNVERIFY -> turn.put(People.with(known, marks.verified(0)));
      case ACCEPT_NEW_KEY -> {
        turn.put(people.acceptPending(known));
        keyTaken(turn, known);
      }
    }
  }

  /** A key shown after the comparison is not the one compared. */
  private static void requireCompared(ContactRow known, @Nullable Bytes compared) {
    Bytes pending = known.pending();
    Bytes shown = pending == null ? known.record() : pending;
    Bytes key = UserRecord.Signed.parse(shown.toArray()).record().accountKey();
    if (compared == null || !key.equals(compared)) {
      throw new Fault(FaultCode.KEY_CHANGED, known.user() + "'s key is not the one compared");
    }
  }

  /** A person goes on; with a held key that was taken as theirs, new sessions begin. */
  private void keyTaken(Turn turn, ContactRow before) {
    if (before.pending() != null) {
      UserRecord record = People.record(turn.tx().contact(before.user()).orElseThrow());
      record
          .devices()
          .forEach(device -> sessions.renew(turn, new Address(before.user(), device.device())));
      OutboxRows.newKey(turn, before.user());
    }
    OutboxRows.release(turn, before.user());
    outbox.pump(turn, before.user());
  }
}
