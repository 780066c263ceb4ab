package dev.waxwing.peer.session;

import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.PeerStore.ContactRow;
import dev.waxwing.peer.session.PeerStore.Marks;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Whom this profile knows and by which key: pinned when first seen, followed when the pinned key
 * signs a successor, held when it does not (PROTOCOL.md, "Contacts").
 */
final class People {
  private final Suite suite;

  People(Suite suite) {
    this.suite = suite;
  }

  /** The pinned record of a person. */
  static UserRecord record(ContactRow contact) {
    return UserRecord.Signed.parse(contact.record().toArray()).record();
  }

  /**
   * Takes in a record the relay shows for {@code user}.
   *
   * @return the person as known now; {@link Trust#CHANGED} when the record is held
   * @throws Fault RECORD_INVALID: nothing changed
   */
  ContactRow show(Turn turn, UserId user, UserRecord.Signed shown) {
    if (!shown.record().user().equals(user)) {
      throw new Fault(FaultCode.RECORD_INVALID, "the relay showed somebody else's record");
    }
    ContactRow known = turn.tx().contact(user).orElse(null);
    ContactRow next = known == null ? firstSeen(turn, user, shown) : compare(known, shown);
    if (!next.equals(known)) {
      turn.put(next);
      changed(turn, known, next);
    }
    return next;
  }

  private ContactRow firstSeen(Turn turn, UserId user, UserRecord.Signed shown) {
    requireSignedBy(shown, shown.record().accountKey());
    boolean writtenTo = !turn.tx().outbox(PeerStore.OutboxRow.State.QUEUED, user, 1).isEmpty();
    Marks marks = writtenTo ? Marks.NONE.asContact() : Marks.NONE;
    return new ContactRow(
        user, null, null, Bytes.of(shown.toBytes()), null, Trust.NEW, marks, turn.now());
  }

  private ContactRow compare(ContactRow known, UserRecord.Signed shown) {
    UserRecord.Signed pinned = UserRecord.Signed.parse(known.record().toArray());
    if (pinned.encoded().equals(shown.encoded())) {
      return known.trust() == Trust.CHANGED ? with(known, known.record(), null) : known;
    }
    boolean signedByPinned = shown.signedBy(suite.signing(), pinned.record().accountKey());
    if (signedByPinned && follows(pinned, shown.record())) {
      return with(known, Bytes.of(shown.toBytes()), null);
    }
    if (signedByPinned) {
      throw new Fault(FaultCode.RECORD_INVALID, "the relay showed an outdated or unchained record");
    }
    requireSignedBy(shown, shown.record().accountKey());
    return with(known, known.record(), Bytes.of(shown.toBytes()));
  }

  /** Whether a record is later in the chain; its link shows when it is the very next. */
  private static boolean follows(UserRecord.Signed pinned, UserRecord shown) {
    long seq = pinned.record().seq();
    return shown.seq() == seq + 1
        ? shown.previous().equals(hash(pinned.encoded()))
        : shown.seq() > seq;
  }

  private static Bytes hash(Bytes encoded) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(encoded.toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private void requireSignedBy(UserRecord.Signed shown, Bytes key) {
    if (!shown.signedBy(suite.signing(), key)) {
      throw new Fault(FaultCode.RECORD_INVALID, "the relay showed a record nobody signed");
    }
  }

  /** Another key is told of; what was meant for the old one is not for it. */
  private static void changed(Turn turn, @Nullable ContactRow known, ContactRow next) {
    if (known == null) {
      return;
    }
    boolean keyFollowed = !record(known).accountKey().equals(record(next).accountKey());
    if (keyFollowed) {
      String waits =
          OutboxRows.keyFollowed(turn, next.user())
              ? "; what you wrote before is held until you verify them or accept the key"
              : "";
      turn.effects()
          .add(new PeerEffect.Notice(next.user() + " has a new key, signed by the old" + waits));
    } else if (next.trust() == Trust.CHANGED && known.trust() != Trust.CHANGED) {
      turn.effects()
          .add(
              new PeerEffect.Notice(
                  next.user() + "'s safety number changed; what you send them is held"));
    }
  }

  /** Takes the held record as the person's own, as their owner decided. */
  ContactRow acceptPending(ContactRow known) {
    Bytes pending = known.pending();
    return pending == null
        ? known
        : new ContactRow(
            known.user(),
            known.alias(),
            known.displayName(),
            pending,
            null,
            Trust.NEW,
            known.marks().verified(0),
            known.since());
  }

  static ContactRow with(ContactRow row, Marks marks) {
    Trust trust =
        row.trust() == Trust.CHANGED
            ? Trust.CHANGED
            : marks.verifiedAt() > 0 ? Trust.VERIFIED : Trust.NEW;
    return new ContactRow(
        row.user(),
        row.alias(),
        row.displayName(),
        row.record(),
        row.pending(),
        trust,
        marks,
        row.since());
  }

  /** A mark that people compared keys is for the key they compared. */
  private static ContactRow with(ContactRow row, Bytes record, @Nullable Bytes pending) {
    Bytes key = UserRecord.Signed.parse(record.toArray()).record().accountKey();
    Marks marks = key.equals(record(row).accountKey()) ? row.marks() : row.marks().verified(0);
    Trust trust =
        pending != null ? Trust.CHANGED : marks.verifiedAt() > 0 ? Trust.VERIFIED : Trust.NEW;
    return new ContactRow(
        row.user(), row.alias(), row.displayName(), record, pending, trust, marks, row.since());
  }
}
