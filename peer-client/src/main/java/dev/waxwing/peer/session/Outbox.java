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
import java.util.TreeSet;

/**
 * Messages on their way out: queued, sealed, handed over, accepted. Sealed once, so that a retry is
 * the identical ciphertext; sealed anew only when the relay refused it, or the receiver could not
 * read it.
 */
final class Outbox {
  /** Messages handed over and not yet answered. */
  private static final int WINDOW = 32;

  /** How often what a full mailbox refused is tried again, where nobody else would. */
  private static final long MAILBOX_MILLIS = 60_000;

  /** Asks for somebody's prekey bundles; the caller remembers what is under way. */
  interface BundleWish {
    void fetch(Turn turn, UserId user);

    /** Whether an answer is still to come. */
    boolean underWay(UserId user);
  }

  private final Identity identity;
  private final Sessions sessions;
  private final Randomness random;
  private final BundleWish bundles;

  // Valid for one connection.
  private final Map<MessageId, UserId> inFlight = new HashMap<>();
  private final Map<UserId, Long> notBefore = new HashMap<>();

  /**
   * Whom sealed messages wait for that are not handed over, after a refusal or a lost connection.
   * They go first, in their order, once every answer that is still to come is there.
   */
  private final Set<UserId> again = new HashSet<>();

  /**
   * Whose mailbox was full for what makes no line and is tried for 30 days. Lines go before it:
   * they are refused or taken by themselves.
   */
  private final Set<UserId> linesFirst = new HashSet<>();

  /**
   * Who was answered otherwise than MESSAGE_BEHIND since what is sealed for them last went. Only a
   * pace: not brought back when a turn fails.
   */
  private final Set<UserId> moving = new HashSet<>();

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
    linesFirst.clear();
    moving.clear();
    again.clear();
    again.addAll(turn.tx().outboxPeople(OutboxRow.State.SEALED));
    pumpAll(turn);
  }

  void linkDown() {
    online = false;
    inFlight.clear();
  }

  /** The clock was set back by so much: the times that are waited for go back with it. */
  void clockSetBack(long millis) {
    notBefore.replaceAll((user, until) -> until - millis);
  }

  /** What brings this back to where it is now, when a turn fails. */
  Runnable remember() {
    Map<MessageId, UserId> flying = new HashMap<>(inFlight);
    Map<UserId, Long> waits = new HashMap<>(notBefore);
    Set<UserId> sealed = new HashSet<>(again);
    Set<UserId> before = new HashSet<>(linesFirst);
    boolean connected = online;
    return () -> {
      inFlight.clear();
      inFlight.putAll(flying);
      notBefore.clear();
      notBefore.putAll(waits);
      again.clear();
      again.addAll(sealed);
      linesFirst.clear();
      linesFirst.addAll(before);
      online = connected;
    };
  }

  void submit(Turn turn, PeerInput.Submit submit) {
    UserId to = submit.to();
    if (turn.tx().outbox(submit.id()).isPresent() || turn.tx().message(submit.id()).isPresent()) {
      return;
    }
    Letter letter = new Letter(submit.id(), turn.now(), submit.content());
    byte[] plaintext = ContentCodec.encode(letter);
    boolean toSelf = isSelf(to);
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
                  submit.id(), to, OutboxRow.State.QUEUED, turn.date(), plaintext, List.of(), 0));
      pump(turn, to);
    }
  }

  /** Whether this is the profile's own user. */
  boolean isSelf(UserId user) {
    return user.equals(identity.user());
  }

  /** Whoever is written to is a contact; what they sent before gets its receipt now. */
  void answered(Turn turn, UserId to) {
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
    boolean waits = notBefore.getOrDefault(to, 0L) > turn.now() || bundles.underWay(to);
    if (!online || full() || waits || !handedOverAgain(turn, to)) {
      return;
    }
    List<OutboxRow> waiting =
        turn.tx().outbox(OutboxRow.State.QUEUED, to, WINDOW - inFlight.size());
    if (!waiting.isEmpty() && mayGo(turn, to)) {
      waiting.stream()
          .takeWhile(row -> !inFlight.containsKey(row.id()))
          .forEach(row -> seal(turn, row));
    }
  }

  private boolean full() {
    return inFlight.size() >= WINDOW;
  }

  /** Whether nothing sealed waits any longer; as long as answers may come, it does. */
  private boolean handedOverAgain(Turn turn, UserId to) {
    if (!again.contains(to)) {
      return true;
    }
    if (inFlight.containsValue(to)) {
      return false;
    }
    moving.remove(to);
    for (OutboxRow row : OutboxRows.sealed(turn, to, linesFirst.contains(to))) {
      if (full()) {
        return false;
      }
      handOver(turn, row);
    }
    again.remove(to);
    linesFirst.remove(to);
    return !full();
  }

  /** Whether there is a key to seal for, and a session with every device; asks for what lacks. */
  private boolean mayGo(Turn turn, UserId to) {
    ContactRow contact = turn.tx().contact(to).orElse(null);
    if (contact == null) {
      bundles.fetch(turn, to);
      return false;
    }
    if (contact.trust() == Trust.CHANGED) {
      OutboxRows.giveUpOffers(turn, OutboxRow.State.QUEUED, to);
      turn.tx()
          .outbox(OutboxRow.State.QUEUED, to, Integer.MAX_VALUE)
          .forEach(row -> turn.move(row.id(), MessageRow.State.HELD));
      return false;
    }
    UserRecord peer = People.record(contact);
    boolean ready =
        peer.devices().stream().allMatch(device -> sessions.ready(turn, peer, device.device()));
    if (!ready) {
      bundles.fetch(turn, to);
    }
    return ready;
  }

  private void seal(Turn turn, OutboxRow row) {
    UserRecord peer = People.record(turn.tx().contact(row.to()).orElseThrow());
    List<OutboxRow.Sealed> sealed = new ArrayList<>();
    for (UserRecord.Device device : peer.devices()) {
      sealed.add(
          new OutboxRow.Sealed(
              device.device(), sessions.seal(turn, peer, device.device(), row.plaintext())));
    }
    OutboxRow next = OutboxRows.sealed(row, List.copyOf(sealed));
    turn.tx().putOutbox(next);
    handOver(turn, next);
  }

  void pumpAll(Turn turn) {
    if (online) {
      Set<UserId> people = new TreeSet<>(turn.tx().outboxPeople(OutboxRow.State.QUEUED));
      people.addAll(again);
      people.forEach(user -> pump(turn, user));
    }
  }

  /** An answer came: its place in the window is free. */
  private void answered(Turn turn, MessageId id, UserId to, Runnable answer) {
    boolean others = full();
    inFlight.remove(id);
    answer.run();
    if (others) {
      pumpAll(turn);
    } else {
      pump(turn, to);
    }
  }

  private void handOver(Turn turn, OutboxRow row) {
    inFlight.put(row.id(), row.to());
    List<PeerMessage.Target> targets = new ArrayList<>();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (OutboxRow.Sealed sealed : row.sealed()) {
      targets.add(new PeerMessage.Target(sealed.device(), sealed.envelope().length));
      body.writeBytes(sealed.envelope());
    }
    turn.transmit(new PeerMessage.Send(row.id(), row.to(), targets), body.toByteArray());
  }

  void accepted(Turn turn, MessageId id) {
    OutboxRow row = turn.tx().outbox(id).orElse(null);
    UserId to = inFlight.get(id);
    if (to != null) {
      answered(
          turn,
          id,
          to,
          () -> {
            moving.add(to);
            // Queued again meanwhile, it goes again.
            if (row != null && row.state() == OutboxRow.State.SEALED) {
              OutboxRows.accepted(turn, row);
            }
          });
    }
  }

  void refused(Turn turn, MessageId id, RelayMessage.Refused refusal) {
    OutboxRow row = turn.tx().outbox(id).orElse(null);
    UserId to = inFlight.get(id);
    if (to == null) {
      return;
    }
    answered(
        turn,
        id,
        to,
        () -> {
          if (refusal.code() != FaultCode.MESSAGE_BEHIND) {
            moving.add(to);
          }
          if (row != null && row.state() == OutboxRow.State.SEALED) {
            refused(turn, row, refusal);
          }
        });
  }

  private void refused(Turn turn, OutboxRow row, RelayMessage.Refused refusal) {
    Fault fault = new Fault(refusal.code(), refusal.detail());
    switch (refusal.code()) {
      case RATE_LIMITED, DISK_FULL, STORE_STOPPED, STORE_BUSY, RELAY_DRAINING ->
          handOverLater(turn, row, Math.max(1_000, refusal.retryAfterMillis()));
      // At once, but not without end for a relay that says nothing else.
      case MESSAGE_BEHIND -> handOverLater(turn, row, moving.contains(row.to()) ? 0 : 1_000);
      case MAILBOX_FULL, MAILBOX_SHARE_FULL -> {
        if (OutboxRows.isLine(row)) {
          OutboxRows.giveUp(turn, row, fault);
        } else {
          linesFirst.add(row.to());
          handOverLater(turn, row, MAILBOX_MILLIS);
        }
      }
      case DEVICES_STALE -> {
        // Every sealed message to them is for the wrong devices: all are sealed anew, in order.
        turn.tx()
            .outbox(OutboxRow.State.SEALED, row.to(), Integer.MAX_VALUE)
            .forEach(stale -> OutboxRows.again(turn, stale, fault));
        if (!turn.tx().outbox(OutboxRow.State.QUEUED, row.to(), 1).isEmpty()) {
          bundles.fetch(turn, row.to());
        }
      }
      default -> OutboxRows.giveUp(turn, row, fault);
    }
  }

  /** The same ciphertext goes again, when the relay says or with the next connection. */
  private void handOverLater(Turn turn, OutboxRow row, long millis) {
    again.add(row.to());
    notBefore.merge(row.to(), turn.now() + millis, Math::max);
  }

  /** Hands over what was refused for a while and whose time has come; drops what is too old. */
  void tick(Turn turn) {
    OutboxRows.expire(turn);
    pumpAll(turn);
  }

  /** The receiver could not read these: they are sealed anew, for the same key only. */
  void resend(Turn turn, Address from, List<MessageId> ids) {
    Fault fault = new Fault(FaultCode.UNDECRYPTABLE, "the receiver cannot read the message");
    for (MessageId id : ids) {
      turn.tx()
          .outbox(id)
          .filter(row -> row.to().equals(from.user()) && OutboxRows.hasLeft(row))
          .ifPresent(row -> OutboxRows.again(turn, row, fault));
    }
    pump(turn, from.user());
  }

  /** Nothing can be sealed for this person yet: ask again after a while. */
  void postpone(Turn turn, UserId user, long millis) {
    notBefore.put(user, turn.now() + millis);
  }

  /** A failed message goes again. */
  void retry(Turn turn, MessageId id) {
    UserId to = OutboxRows.requeue(turn, id);
    // The relay may know it: it comes again only when every answer is there.
    again.add(to);
    pump(turn, to);
  }
}
