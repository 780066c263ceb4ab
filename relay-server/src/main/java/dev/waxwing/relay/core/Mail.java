package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.core.HubEffect.Metric;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.WireLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Mail on its way out: delivered in the order of the mailbox, removed when acked. */
final class Mail {
  /** Most bytes of one fetch: when everybody logs in at once, theirs wait side by side. */
  static final long FETCH_BYTES = 256 * 1024;

  private final Turn turn;
  private final Rules rules;
  private final Sessions sessions;

  Mail(Turn turn, Rules rules, Sessions sessions) {
    this.turn = turn;
    this.rules = rules;
    this.sessions = sessions;
  }

  /** Delivers new rows to those who are here. */
  void deliverNow(Mailbox.Message message, List<Mailbox.NewRow> rows, long acceptedAt) {
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
    long bytes = Math.min(FETCH_BYTES, cursor.bytesLeft());
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
    ack(session, ack.epoch(), ack.mail());
  }

  private void ack(Session session, EpochId epoch, List<PeerMessage.Mail> mail) {
    turn.askFor(
        session,
        new StoreCall.Ack(session.who(), epoch, mail),
        StoreReply.Acked.class,
        reply -> {
          turn.count(Metric.MESSAGES_ACKED, reply.removed());
          if (session.ready()) {
            session.mail().ack(epoch, mail);
            pump(session);
          }
        },
        // The peer does not say it again on this connection, and its window would stay narrower.
        fault -> session.mail().ackLater(epoch, mail));
  }

  /** Tries again what failed, for sessions that have nothing under way. */
  void tick() {
    for (Session session : sessions.controls()) {
      List<PeerMessage.Mail> again = session.mail().takeToAck();
      if (session.ready() && !again.isEmpty()) {
        ack(session, session.mail().epoch, again);
      }
      pump(session);
    }
  }
}
