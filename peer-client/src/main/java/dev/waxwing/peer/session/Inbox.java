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
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Mail coming in: opened on a copy, stored together with the new ratchet state and its ID, then
 * acked. What cannot be opened is set aside, acked and asked for again.
 */
final class Inbox {
  private static final long CLOCK_TOLERANCE = 3_600_000;
  private static final int MAX_REFRESHES = 3;

  private final Sessions sessions;
  private final Outbox outbox;
  private final Wishes wishes;

  // Valid for one connection.
  private EpochId epoch = new EpochId(Bytes.of(new byte[EpochId.LENGTH]));
  private final Map<UserId, List<Mail>> parked = new HashMap<>();
  private final Map<Address, Integer> refreshes = new HashMap<>();

  // Valid for one turn.
  private final List<PeerMessage.Mail> acks = new ArrayList<>();
  private final Map<UserId, List<MessageId>> receipts = new LinkedHashMap<>();
  private final Map<Address, List<MessageId>> unreadable = new LinkedHashMap<>();

  /** What the inbox asks others to do. */
  interface Wishes {
    /** Somebody's record is needed to open their mail. */
    void look(Turn turn, UserId user);

    /** A device's mail cannot be opened: begin a new session with it. */
    void refresh(Turn turn, Address device);

    /** Content that concerns transfers is to be stored in this turn. */
    void store(Turn turn, Address from, MessageId id, Content content);
  }

  /** A delivery with its body. */
  record Mail(RelayMessage.Deliver head, byte[] sealed) {}

  Inbox(Sessions sessions, Outbox outbox, Wishes wishes) {
    this.sessions = sessions;
    this.outbox = outbox;
    this.wishes = wishes;
  }

  void linkUp(EpochId current) {
    epoch = current;
    parked.clear();
    refreshes.clear();
    startTurn();
  }

  /** Forgets what an earlier turn left when its transaction failed. */
  void startTurn() {
    acks.clear();
    receipts.clear();
    unreadable.clear();
  }

  void deliver(Turn turn, Mail mail) {
    UserId sender = mail.head().from().user();
    List<Mail> waiting = parked.get(sender);
    if (waiting != null) {
      waiting.add(mail);
    } else {
      take(turn, mail, Knowledge.ASK);
    }
  }

  /** Whether a sender's record may still be asked for. */
  private enum Knowledge {
    ASK,
    FINAL
  }

  /** The sender's record came, or will not come: their parked mail is dealt with. */
  void unpark(Turn turn, UserId sender) {
    List<Mail> waiting = parked.remove(sender);
    if (waiting != null) {
      waiting.forEach(mail -> take(turn, mail, Knowledge.FINAL));
    }
  }

  private void take(Turn turn, Mail mail, Knowledge knowledge) {
    Address from = mail.head().from();
    MessageId id = mail.head().id();
    if (turn.tx().seen(from, id)) {
      ack(mail);
      turn.tx().contact(from.user()).ifPresent(known -> receiptDue(known, id));
      return;
    }
    ContactRow known = turn.tx().contact(from.user()).orElse(null);
    if (known != null && known.marks().blocked()) {
      turn.tx().putSeen(from, id);
      ack(mail);
      return;
    }
    Optional<UserRecord> record = Optional.ofNullable(known).flatMap(it -> recordWith(it, from));
    if (known != null && record.isPresent()) {
      open(turn, mail, known, record.get());
    } else if (knowledge == Knowledge.ASK) {
      List<Mail> waiting = new ArrayList<>();
      waiting.add(mail);
      parked.put(from.user(), waiting);
      wishes.look(turn, from.user());
    } else {
      setAside(turn, mail);
    }
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
      setAside(turn, mail);
      if (fault.code() == FaultCode.UNDECRYPTABLE) {
        unreadable.computeIfAbsent(from, device -> new ArrayList<>()).add(id);
      }
      return;
    }
    Letter letter;
    try {
      letter = ContentCodec.decode(plaintext);
      if (!letter.id().equals(id)) {
        throw new Fault(FaultCode.UNDECRYPTABLE, "a message under another's ID");
      }
    } catch (Fault fault) {
      turn.tx().putSeen(from, id);
      setAside(turn, mail);
      return;
    }
    turn.tx().putSeen(from, id);
    store(turn, from, letter);
    ack(mail);
    if (deservesReceipt(letter.content())) {
      receiptDue(known, id);
    }
  }

  private void store(Turn turn, Address from, Letter letter) {
    boolean odd = Math.abs(letter.sentAt() - turn.now()) > CLOCK_TOLERANCE;
    Visible.of(letter.content())
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
    letter
        .content()
        .on(
            new ByConcern<Void>(
                receipt -> {
                  outbox.receipt(turn, from.user(), receipt.stored());
                  return null;
                },
                resend -> {
                  outbox.resend(turn, from, resend.ids());
                  return null;
                },
                other -> {
                  wishes.store(turn, from, letter.id(), other);
                  return null;
                }));
  }

  private void setAside(Turn turn, Mail mail) {
    turn.tx().putQuarantine(mail.head().from(), mail.head().id(), mail.sealed(), turn.now());
    ack(mail);
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
    return content.on(new ByConcern<>(receipt -> false, resend -> false, other -> true));
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
    unreadable.forEach(
        (device, ids) -> {
          if (refreshes.merge(device, 1, Integer::sum) <= MAX_REFRESHES) {
            wishes.refresh(turn, device);
            List<MessageId> some = ids.subList(0, Math.min(ids.size(), Content.Resend.MAX));
            outbox.submit(
                turn,
                new PeerInput.Submit(outbox.fresh(), device.user(), new Content.Resend(some)));
          } else {
            turn.effects()
                .add(new PeerEffect.Notice("mail from " + device.user() + " cannot be read"));
          }
        });
    startTurn();
  }
}
