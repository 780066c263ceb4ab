package dev.waxwing.peer.session;

import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.content.ContentCodec;
import dev.waxwing.peer.content.Letter;
import dev.waxwing.peer.session.PeerStore.ContactRow;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.peer.session.PeerStore.OutboxRow;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Messages on their way out: queued, sealed, handed over, accepted. Sealed once, so that a retry is
 * the identical ciphertext; sealed anew only when the relay refused it, or the receiver could not
 * read it.
 */
final class Outbox {
  /** Messages handed over and not yet answered. */
  private static final int WINDOW = 32;

  private static final int MAX_ATTEMPTS = 4;
  private static final long KEEP_MILLIS = 30L * 24 * 3600 * 1000;

  /** Asks for somebody's prekey bundles; the caller remembers what is under way. */
  interface BundleWish {
    void fetch(Turn turn, UserId user);
  }

  private final Identity identity;
  private final Sessions sessions;
  private final Randomness random;
  private final BundleWish bundles;

  // Valid for one connection.
  private final Set<MessageId> inFlight = new HashSet<>();
  private final Map<UserId, Long> notBefore = new HashMap<>();
  private final Set<MessageId> retryLater = new HashSet<>();
  private boolean online;

  Outbox(Identity identity, Sessions sessions, Randomness random, BundleWish bundles) {
    this.identity = identity;
    this.random = random;
    this.sessions = sessions;
    this.bundles = bundles;
  }

  void linkUp(Turn turn) {
    online = true;
    inFlight.clear();
    notBefore.clear();
    retryLater.clear();
    for (OutboxRow row : turn.tx().outbox(OutboxRow.State.SEALED)) {
      handOver(turn, row);
    }
    pumpAll(turn);
  }

  void linkDown() {
    online = false;
    inFlight.clear();
  }

  /** The relay was restored: what has no receipt is sealed and sent again, under its old id. */
  void newEpoch(Turn turn) {
    for (UserId user : turn.tx().outboxPeople(OutboxRow.State.ACCEPTED)) {
      for (OutboxRow row : turn.tx().outbox(OutboxRow.State.ACCEPTED, user, Integer.MAX_VALUE)) {
        turn.tx().putOutbox(queued(row, row.attempts()));
      }
    }
  }

  void submit(Turn turn, PeerInput.Submit submit) {
    UserId to = submit.to();
    Letter letter = new Letter(submit.id(), turn.now(), submit.content());
    byte[] plaintext = ContentCodec.encode(letter);
    boolean toSelf = to.equals(identity.user());
    Visible.of(submit.content())
        .ifPresent(
            visible -> {
              answered(turn, to);
              turn.put(
                  new MessageRow(
                      submit.id(),
                      to,
                      toSelf ? MessageRow.State.NOTE : MessageRow.State.QUEUED,
                      visible.kind(),
                      turn.now(),
                      turn.now(),
                      visible.text(),
                      visible.blob(),
                      false));
            });
    if (!toSelf) {
      turn.tx()
          .putOutbox(
              new OutboxRow(
                  submit.id(), to, OutboxRow.State.QUEUED, turn.now(), plaintext, List.of(), 0));
      pump(turn, to);
    }
  }

  /** Whoever is written to is a contact; what they sent before gets its receipt now. */
  private void answered(Turn turn, UserId to) {
    ContactRow known = turn.tx().contact(to).orElse(null);
    if (known == null || known.marks().contact()) {
      return;
    }
    turn.put(People.with(known, known.marks().asContact()));
    List<MessageId> received =
        turn
            .tx()
            .messages(new PeerStore.MessageQuery(to, null, 0, null, Content.Receipt.MAX))
            .stream()
            .filter(row -> !row.state().outgoing())
            .map(MessageRow::id)
            .toList();
    if (!received.isEmpty()) {
      submit(turn, new PeerInput.Submit(fresh(), to, new Content.Receipt(received)));
    }
  }

  MessageId fresh() {
    return new MessageId(Bytes.of(random.bytes(MessageId.LENGTH)));
  }

  /** Seals and hands over what waits for {@code to}, as far as the window, trust and keys allow. */
  void pump(Turn turn, UserId to) {
    if (!online || inFlight.size() >= WINDOW || notBefore.getOrDefault(to, 0L) > turn.now()) {
      return;
    }
    List<OutboxRow> waiting =
        turn.tx().outbox(OutboxRow.State.QUEUED, to, WINDOW - inFlight.size());
    if (waiting.isEmpty()) {
      return;
    }
    ContactRow contact = turn.tx().contact(to).orElse(null);
    if (contact == null) {
      bundles.fetch(turn, to);
      return;
    }
    if (contact.trust() == Trust.CHANGED) {
      waiting.forEach(row -> turn.move(row.id(), MessageRow.State.HELD));
      return;
    }
    UserRecord peer = People.record(contact);
    for (UserRecord.Device device : peer.devices()) {
      if (!sessions.ready(turn, peer, device.device())) {
        bundles.fetch(turn, to);
        return;
      }
    }
    for (OutboxRow row : waiting) {
      List<OutboxRow.Sealed> sealed = new ArrayList<>();
      for (UserRecord.Device device : peer.devices()) {
        sealed.add(
            new OutboxRow.Sealed(
                device.device(), sessions.seal(turn, peer, device.device(), row.plaintext())));
      }
      OutboxRow next =
          new OutboxRow(
              row.id(),
              to,
              OutboxRow.State.SEALED,
              row.created(),
              row.plaintext(),
              List.copyOf(sealed),
              row.attempts() + 1);
      turn.tx().putOutbox(next);
      handOver(turn, next);
    }
  }

  void pumpAll(Turn turn) {
    if (online && inFlight.size() < WINDOW) {
      turn.tx().outboxPeople(OutboxRow.State.QUEUED).forEach(user -> pump(turn, user));
    }
  }

  private void handOver(Turn turn, OutboxRow row) {
    inFlight.add(row.id());
    List<PeerMessage.Target> targets = new ArrayList<>();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (OutboxRow.Sealed sealed : row.sealed()) {
      targets.add(new PeerMessage.Target(sealed.device(), sealed.envelope().length));
      body.writeBytes(sealed.envelope());
    }
    turn.transmit(new PeerMessage.Send(row.id(), row.to(), targets), body.toByteArray());
  }

  void accepted(Turn turn, MessageId id) {
    inFlight.remove(id);
    turn.tx()
        .outbox(id)
        .filter(row -> row.state() == OutboxRow.State.SEALED)
        .ifPresent(
            row -> {
              if (!receipted(row)) {
                turn.tx().removeOutbox(id);
                pump(turn, row.to());
                return;
              }
              turn.tx()
                  .putOutbox(
                      new OutboxRow(
                          id,
                          row.to(),
                          OutboxRow.State.ACCEPTED,
                          row.created(),
                          row.plaintext(),
                          List.of(),
                          row.attempts()));
              turn.move(id, MessageRow.State.ACCEPTED);
              pump(turn, row.to());
            });
    pumpAll(turn);
  }

  /** Whether the receiver answers a message with a receipt: receipts themselves get none. */
  private static boolean receipted(OutboxRow row) {
    return Inbox.deservesReceipt(ContentCodec.decode(row.plaintext()).content());
  }

  void refused(Turn turn, MessageId id, RelayMessage.Refused refusal) {
    inFlight.remove(id);
    OutboxRow row = turn.tx().outbox(id).orElse(null);
    if (row == null || row.state() != OutboxRow.State.SEALED) {
      return;
    }
    switch (refusal.code()) {
      case RATE_LIMITED, DISK_FULL, STORE_STOPPED, RELAY_DRAINING -> {
        // The same ciphertext goes again, when the relay says or with the next connection.
        notBefore.put(row.to(), turn.now() + Math.max(1_000, refusal.retryAfterMillis()));
        retryLater.add(id);
      }
      case DEVICES_STALE -> {
        turn.tx().putOutbox(queued(row, row.attempts()));
        if (row.attempts() < MAX_ATTEMPTS) {
          bundles.fetch(turn, row.to());
        } else {
          giveUp(turn, row, new Fault(refusal.code(), refusal.detail()));
        }
      }
      default -> giveUp(turn, row, new Fault(refusal.code(), refusal.detail()));
    }
    pumpAll(turn);
  }

  /** Hands over again what was refused for a while and whose time has come. */
  void tick(Turn turn) {
    turn.tx().removeOutboxBefore(OutboxRow.State.ACCEPTED, turn.now() - KEEP_MILLIS);
    if (!online) {
      return;
    }
    for (MessageId id : List.copyOf(retryLater)) {
      OutboxRow row = turn.tx().outbox(id).orElse(null);
      if (row == null || row.state() != OutboxRow.State.SEALED) {
        retryLater.remove(id);
      } else if (notBefore.getOrDefault(row.to(), 0L) <= turn.now()) {
        retryLater.remove(id);
        handOver(turn, row);
      }
    }
    pumpAll(turn);
  }

  /** Gives up everything that waits for somebody who cannot be reached at all. */
  void giveUpAll(Turn turn, UserId to, Fault fault) {
    for (OutboxRow row : turn.tx().outbox(OutboxRow.State.QUEUED, to, Integer.MAX_VALUE)) {
      giveUp(turn, row, fault);
    }
  }

  private static void giveUp(Turn turn, OutboxRow row, Fault fault) {
    turn.tx().removeOutbox(row.id());
    turn.move(row.id(), MessageRow.State.FAILED);
    turn.undeliverable(row, ContentCodec.decode(row.plaintext()).content(), fault);
  }

  /** The receiver stored these. */
  void receipt(Turn turn, UserId from, List<MessageId> stored) {
    for (MessageId id : stored) {
      turn.tx()
          .outbox(id)
          .filter(row -> row.to().equals(from))
          .ifPresent(
              row -> {
                turn.tx().removeOutbox(id);
                inFlight.remove(id);
                turn.move(id, MessageRow.State.DELIVERED);
              });
    }
  }

  /** The receiver could not read these: they are sealed anew, for the same key only. */
  void resend(Turn turn, Address from, List<MessageId> ids) {
    for (MessageId id : ids) {
      OutboxRow row = turn.tx().outbox(id).filter(it -> it.to().equals(from.user())).orElse(null);
      if (row == null || row.state() == OutboxRow.State.QUEUED) {
        continue;
      }
      if (row.attempts() >= MAX_ATTEMPTS) {
        giveUp(
            turn, row, new Fault(FaultCode.UNDECRYPTABLE, "the receiver cannot read the message"));
      } else {
        turn.tx().putOutbox(queued(row, row.attempts()));
      }
    }
    pump(turn, from.user());
  }

  /** Nothing can be sealed for this person yet: ask again after a while. */
  void postpone(Turn turn, UserId user, long millis) {
    notBefore.put(user, turn.now() + millis);
  }

  /** A failed message goes again. */
  void retry(Turn turn, MessageId id) {
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
                id, message.with(), OutboxRow.State.QUEUED, turn.now(), plaintext, List.of(), 0));
    turn.move(id, MessageRow.State.QUEUED);
    pump(turn, message.with());
  }

  /** What was held for somebody's changed key may go. */
  void release(Turn turn, UserId user) {
    for (OutboxRow row : turn.tx().outbox(OutboxRow.State.QUEUED, user, Integer.MAX_VALUE)) {
      turn.move(row.id(), MessageRow.State.QUEUED);
    }
    pump(turn, user);
  }

  private static OutboxRow queued(OutboxRow row, int attempts) {
    return new OutboxRow(
        row.id(),
        row.to(),
        OutboxRow.State.QUEUED,
        row.created(),
        row.plaintext(),
        List.of(),
        attempts);
  }
}
