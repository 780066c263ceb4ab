package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.core.HubEffect.Metric;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages: appended to every target mailbox in one call, accepted after its commit, delivered in
 * the order of the mailbox, removed when acked.
 */
final class Mail {
  /** Sends of one session that may wait although its reading is paused; more ends it. */
  private static final int HARD_LIMIT = 16 * Turn.MOST_IN_FLIGHT;

  /** One address may send as much as this many users. */
  private static final int USERS_PER_ADDRESS = 16;

  private final Turn turn;
  private final Rules rules;
  private final RateLimits rates;
  private final Sessions sessions;
  private int appending;

  Mail(Turn turn, Rules rules, RateLimits rates, Sessions sessions) {
    this.turn = turn;
    this.rules = rules;
    this.rates = rates;
    this.sessions = sessions;
  }

  /** Messages on their way to the store. */
  int appending() {
    return appending;
  }

  void send(Session session, PeerMessage.Send send, Frame frame) {
    if (session.inFlight() >= HARD_LIMIT) {
      turn.close(session, FaultCode.RATE_LIMITED, "too many messages without an answer");
      return;
    }
    long length = send.targets().stream().mapToLong(PeerMessage.Target::length).sum();
    long wait = limited(session);
    if (rules.draining()) {
      refuse(session, send, FaultCode.RELAY_DRAINING, 0);
    } else if (turn.store() == HubStatus.State.STOPPED) {
      refuse(session, send, FaultCode.STORE_STOPPED, 0);
    } else if (wait > 0) {
      turn.count(Metric.RATE_LIMITED, 1);
      refuse(session, send, FaultCode.RATE_LIMITED, wait);
    } else if (length != frame.bodyLength()) {
      refuse(session, send, FaultCode.HEADER_MALFORMED, 0);
    } else {
      append(session, send, frame);
    }
  }

  private long limited(Session session) {
    Policy.Rate rate = rules.limits().messages();
    Policy.Rate shared =
        new Policy.Rate(rate.burst() * USERS_PER_ADDRESS, rate.perSecond() * USERS_PER_ADDRESS);
    long user = rates.take(RateLimits.Act.SEND, session.who().user().name(), rate, turn.now());
    return user > 0
        ? user
        : rates.take(RateLimits.Act.SEND, "@" + session.address, shared, turn.now());
  }

  private void append(Session session, PeerMessage.Send send, Frame frame) {
    List<Mailbox.Copy> copies = new ArrayList<>();
    int at = 0;
    for (PeerMessage.Target target : send.targets()) {
      copies.add(
          new Mailbox.Copy(
              target.device(), Bytes.of(frame.array(), frame.bodyStart() + at, target.length())));
      at += target.length();
    }
    Mailbox.Message message = new Mailbox.Message(session.who(), send.id(), send.to(), copies);
    long acceptedAt = turn.now();
    appending++;
    turn.askFor(
        session,
        new StoreCall.Append(message, acceptedAt),
        StoreReply.Appended.class,
        reply -> {
          appending--;
          appended(session, message, reply.result(), acceptedAt);
        },
        fault -> {
          appending--;
          turn.refuse(session, send.id(), fault, 0);
        });
  }

  private void appended(
      Session session, Mailbox.Message message, Mailbox.Appended result, long acceptedAt) {
    switch (result.outcome()) {
      case ACCEPTED, DUPLICATE -> {
        turn.count(Metric.MESSAGES_ACCEPTED, 1);
        turn.write(session, new RelayMessage.Accepted(message.id()));
        deliverNow(message, result.rows(), acceptedAt);
      }
      case USER_UNKNOWN -> refuse(session, message, FaultCode.USER_UNKNOWN);
      case DEVICES_STALE -> refuse(session, message, FaultCode.DEVICES_STALE);
      case MAILBOX_FULL -> refuse(session, message, FaultCode.MAILBOX_FULL);
      case MAILBOX_SHARE_FULL -> refuse(session, message, FaultCode.MAILBOX_SHARE_FULL);
      case DECLINED -> refuse(session, message, FaultCode.DECLINED);
    }
  }

  private void deliverNow(Mailbox.Message message, List<Mailbox.NewRow> rows, long acceptedAt) {
    Map<Object, Bytes> bodies = new HashMap<>();
    message.copies().forEach(copy -> bodies.put(copy.device(), copy.body()));
    for (Mailbox.NewRow row : rows) {
      Session target = sessions.control(new Address(message.recipient(), row.device()));
      Bytes body = bodies.get(row.device());
      if (target == null || !target.ready() || body == null) {
        continue;
      }
      if (target.mail().takesNow(body.length()) && !rules.draining()) {
        deliver(
            target, new Mailbox.Row(row.seq(), message.id(), message.sender(), acceptedAt, body));
      } else {
        target.mail().fallBehind();
        pump(target);
      }
    }
  }

  private void deliver(Session session, Mailbox.Row row) {
    if (session.mail().deliver(row.seq(), row.id(), row.body().length())) {
      turn.count(Metric.MESSAGES_DELIVERED, 1);
      turn.write(
          session,
          new RelayMessage.Deliver(row.seq(), row.id(), row.sender(), row.acceptedAt()),
          Body.of(row.body()));
    }
  }

  /** Fetches what waits, as far as the window is open. */
  void pump(Session session) {
    MailCursor cursor = session.mail();
    if (!session.ready() || rules.draining() || !cursor.wantsFetch()) {
      return;
    }
    cursor.beginFetch();
    int rows = cursor.rows();
    long bytes = cursor.bytesLeft();
    turn.ask(
        new StoreCall.Fetch(session.who(), cursor.delivered(), rows, bytes),
        StoreReply.Mail.class,
        reply -> {
          long taken = reply.rows().stream().mapToLong(row -> row.body().length()).sum();
          boolean more =
              reply.rows().size() >= rows || bytes - taken < WireLimits.MAX_SEALED_MESSAGE;
          cursor.endFetch(more && !reply.rows().isEmpty());
          if (session.ready()) {
            reply.rows().forEach(row -> deliver(session, row));
            pump(session);
          }
        },
        fault -> {
          cursor.endFetch(true);
          turn.log(
              HubEffect.Category.MAIL,
              HubEffect.Level.WARN,
              "fetch-failed",
              Map.of("device", session.who().toString(), "code", fault.code().name()));
        });
  }

  void ack(Session session, PeerMessage.Ack ack) {
    turn.askFor(
        session,
        new StoreCall.Ack(session.who(), ack.epoch(), ack.mail()),
        StoreReply.Acked.class,
        reply -> {
          turn.count(Metric.MESSAGES_ACKED, reply.removed());
          if (session.ready()) {
            session.mail().ack(ack.epoch(), ack.mail());
            pump(session);
          }
        },
        fault -> {});
  }

  /** Tries again what failed, for sessions that have nothing under way. */
  void tick() {
    sessions.controls().forEach(this::pump);
  }

  private void refuse(Session session, PeerMessage.Send send, FaultCode code, long retryAfter) {
    turn.refuse(session, send.id(), new Fault(code, "the message was not taken"), retryAfter);
  }

  private void refuse(Session session, Mailbox.Message message, FaultCode code) {
    turn.refuse(session, message.id(), new Fault(code, "the message was not taken"), 0);
  }
}
