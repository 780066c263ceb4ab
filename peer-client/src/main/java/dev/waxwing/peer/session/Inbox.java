package dev.waxwing.peer.session;

import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.content.ContentCodec;
import dev.waxwing.peer.content.Letter;
import dev.waxwing.peer.session.PeerStore.ContactRow;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Mail coming in: opened on a copy, stored together with the new ratchet state and its ID, then
 * acked. What cannot be opened is set aside, acked and asked for again.
 */
final class Inbox {
  private static final long CLOCK_TOLERANCE = 3_600_000;

  /** Messages that get a receipt once more on one connection. */
  private static final int MOST_REPEATED = 10_000;

  /** Messages on their way out above which no receipt is repeated. */
  private static final int MOST_WAITING = 1_000;

  private final Sessions sessions;
  private final Outbox outbox;
  private final Wishes wishes;
  private final Unreadable unreadable;

  // Valid for one connection.
  private EpochId epoch = new EpochId(Bytes.of(new byte[EpochId.LENGTH]));
  private final ParkedMail parked = new ParkedMail();

  /**
   * What got its receipt once more: a relay that repeats without end gets no more answers than
   * that. Not brought back when a turn fails, since that ends the connection.
   */
  private final Set<MessageId> repeated = new HashSet<>();

  // Valid for one turn.
  private final List<PeerMessage.Mail> acks = new ArrayList<>();
  private final Map<UserId, List<MessageId>> receipts = new LinkedHashMap<>();

  /** What the inbox asks others to do. */
  interface Wishes {
    /** Somebody's record is needed to open their mail. */
    void look(Turn turn, UserId user);

    /** Content that concerns transfers is to be stored in this turn. */
    void store(Turn turn, Address from, MessageId id, Content content);
  }

  /** A delivery with its body. */
  record Mail(RelayMessage.Deliver head, byte[] sealed) {}

  Inbox(Sessions sessions, Outbox outbox, Wishes wishes) {
    this.sessions = sessions;
    this.outbox = outbox;
    this.wishes = wishes;
    this.unreadable = new Unreadable(sessions, outbox);
  }

  void linkUp(EpochId current) {
    epoch = current;
    parked.clear();
    repeated.clear();
    startTurn();
  }

  /** What brings this back to where it is now, when a turn fails. */
  Runnable remember() {
    EpochId current = epoch;
    Runnable waiting = parked.remember();
    Runnable asked = unreadable.remember();
    return () -> {
      epoch = current;
      waiting.run();
      asked.run();
    };
  }

  /** Asks again for records that mail waits for. */
  void tick(Turn turn) {
    parked.senders().forEach(user -> wishes.look(turn, user));
  }

  /** Forgets what an earlier turn left when its transaction failed. */
  void startTurn() {
    acks.clear();
    receipts.clear();
    unreadable.startTurn();
  }

  void deliver(Turn turn, Mail mail) {
    if (parked.holds(mail.head().from().user())) {
      parked.add(mail);
    } else {
      take(turn, mail, Knowledge.ASK);
    }
  }

  /** Whether a sender's record may still be asked for. */
  private enum Knowledge {
    ASK,
    FINAL
  }

  /** Whether no mail waits for its sender's record. */
  boolean settled() {
    return parked.isEmpty();
  }

  /** The sender's record came, or will not come: their parked mail is dealt with. */
  void unpark(Turn turn, UserId sender) {
    parked.remove(sender).forEach(mail -> take(turn, mail, Knowledge.FINAL));
  }

  private void take(Turn turn, Mail mail, Knowledge knowledge) {
    Address from = mail.head().from();
    MessageId id = mail.head().id();
    ContactRow known = turn.tx().contact(from.user()).orElse(null);
    if (known != null && known.marks().blocked()) {
      ack(mail);
      return;
    }
    if (outbox.isSelf(from.user())) {
      setAside(turn, mail, "it pretends to come from here");
      return;
    }
    if (turn.tx().seen(from, id)) {
      ack(mail);
      repeated(turn, known, id);
      return;
    }
    Optional<UserRecord> record = Optional.ofNullable(known).flatMap(it -> recordWith(it, from));
    if (known != null && record.isPresent()) {
      open(turn, mail, known, record.get());
    } else if (knowledge == Knowledge.ASK) {
      parked.add(mail);
      wishes.look(turn, from.user());
    } else {
      setAside(turn, mail, "nothing tells how to read it");
    }
  }

  /** Sent again because its receipt was lost with a relay's disk: there is another. */
  private void repeated(Turn turn, @Nullable ContactRow known, MessageId id) {
    boolean stored =
        known != null
            && turn.tx()
                .message(id)
                .filter(row -> !row.state().outgoing() && row.with().equals(known.user()))
                .isPresent();
    if (known != null && stored && mayRepeat(turn) && repeated.add(id)) {
      receiptDue(known, id);
    }
  }

  private boolean mayRepeat(Turn turn) {
    return repeated.size() < MOST_REPEATED
        && turn.tx().outboxSize(PeerStore.OutboxRow.State.QUEUED)
                + turn.tx().outboxSize(PeerStore.OutboxRow.State.SEALED)
            < MOST_WAITING;
  }

  /** The record that names the device: the pinned one, else one that is held. */
  private static Optional<UserRecord> recordWith(ContactRow known, Address from) {
    UserRecord pinned = People.record(known);
    if (pinned.device(from.device()).isPresent()) {
      return Optional.of(pinned);
    }
    Bytes pending = known.pending();
    return pending == null
        ? Optional.empty()
        : Optional.of(UserRecord.Signed.parse(pending.toArray()).record())
            .filter(record -> record.device(from.device()).isPresent());
  }

  private void open(Turn turn, Mail mail, ContactRow known, UserRecord record) {
    Address from = mail.head().from();
    MessageId id = mail.head().id();
    byte[] plaintext;
    try {
      plaintext = sessions.open(turn, record, from.device(), mail.sealed());
    } catch (Fault fault) {
      unopened(turn, mail, fault);
      return;
    }
    turn.tx().putSeen(from, id);
    Letter letter = letter(turn, id, plaintext).orElse(null);
    if (letter == null) {
      setAside(turn, mail, "it is not what a message must be");
      return;
    }
    boolean pinned = People.record(known).device(from.device()).isPresent();
    store(turn, from, letter, pinned ? Key.PINNED : Key.HELD);
    ack(mail);
    if (deservesReceipt(letter.content())) {
      receiptDue(known, id);
    }
  }

  /** Nothing when the letter is malformed, under another's ID, or would take a line's place. */
  private static Optional<Letter> letter(Turn turn, MessageId id, byte[] plaintext) {
    try {
      Letter letter = ContentCodec.decode(plaintext);
      boolean takesPlace =
          Visible.of(letter.content()).isPresent() && turn.tx().message(id).isPresent();
      return letter.id().equals(id) && !takesPlace ? Optional.of(letter) : Optional.empty();
    } catch (Fault fault) {
      return Optional.empty();
    }
  }

  private void unopened(Turn turn, Mail mail, Fault fault) {
    switch (fault.code()) {
      case UNDECRYPTABLE -> {
        turn.tx().putQuarantine(mail.head().from(), mail.head().id(), mail.sealed(), turn.now());
        ack(mail);
        unreadable.add(mail.head().from(), mail.head().id());
      }
      case MESSAGE_REPLAYED -> ack(mail);
      case SUITE_UNKNOWN -> setAside(turn, mail, "it needs a newer program");
      default -> throw fault;
    }
  }

  /** By which key of a person a message came. */
  private enum Key {
    PINNED,
    /** One the pinned key did not sign: it can say something, and nothing comes of it. */
    HELD
  }

  private void store(Turn turn, Address from, Letter letter, Key key) {
    boolean odd =
        letter.sentAt() < turn.now() - CLOCK_TOLERANCE
            || letter.sentAt() > turn.now() + CLOCK_TOLERANCE;
    Visible.of(letter.content())
        .map(visible -> key == Key.HELD ? visible.underAnotherKey() : visible)
        .ifPresent(
            visible ->
                turn.put(
                    new MessageRow(
                        letter.id(),
                        from.user(),
                        MessageRow.State.UNREAD,
                        visible.kind(),
                        letter.sentAt(),
                        turn.now(),
                        visible.text(),
                        visible.blob(),
                        odd)));
    if (key == Key.HELD) {
      return;
    }
    Function<Content, Boolean> transfers =
        content -> {
          wishes.store(turn, from, letter.id(), content);
          return true;
        };
    letter
        .content()
        .on(
            new ByConcern<>(
                receipt -> {
                  OutboxRows.receipt(turn, from.user(), receipt.stored());
                  return true;
                },
                resend -> {
                  outbox.resend(turn, from, resend.ids());
                  return true;
                },
                transfers,
                transfers));
  }

  private void setAside(Turn turn, Mail mail, String why) {
    Address from = mail.head().from();
    turn.tx().putQuarantine(from, mail.head().id(), mail.sealed(), turn.now());
    ack(mail);
    turn.effects()
        .add(new PeerEffect.Notice("a message of " + from.user() + " cannot be read: " + why));
  }

  private void ack(Mail mail) {
    acks.add(new PeerMessage.Mail(mail.head().seq(), mail.head().id()));
  }

  private void receiptDue(ContactRow known, MessageId id) {
    if (known.marks().contact() && !known.marks().blocked()) {
      receipts.computeIfAbsent(known.user(), user -> new ArrayList<>()).add(id);
    }
  }

  /** Whether a content is answered by a receipt: everything but receipts and requests to resend. */
  static boolean deservesReceipt(Content content) {
    return content.on(new ByConcern<>(it -> false, it -> false, it -> true, it -> true));
  }

  /** Ends a turn: acks and receipts for what it stored, new sessions for what it could not read. */
  void flush(Turn turn) {
    for (int from = 0; from < acks.size(); from += PeerMessage.Ack.MAX) {
      int to = Math.min(acks.size(), from + PeerMessage.Ack.MAX);
      turn.transmit(new PeerMessage.Ack(epoch, acks.subList(from, to)));
    }
    receipts.forEach(
        (user, ids) -> {
          for (int from = 0; from < ids.size(); from += Content.Receipt.MAX) {
            int to = Math.min(ids.size(), from + Content.Receipt.MAX);
            outbox.submit(
                turn,
                new PeerInput.Submit(
                    outbox.fresh(), user, new Content.Receipt(ids.subList(from, to))));
          }
        });
    unreadable.flush(turn);
    startTurn();
  }
}
