package dev.waxwing.relay.core;

import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.core.HubEffect.Metric;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages on their way in: limited, kept in order for each recipient, appended to every target
 * mailbox in one call, accepted after its commit (PROTOCOL.md, "Mail").
 */
final class Sending {
  /** One address may send as much as this many users. */
  private static final int USERS_PER_ADDRESS = 16;

  /** Most recipients of one session for whom something is under way or held. */
  static final int MOST_LANES = 1024;

  private final Turn turn;
  private final Rules rules;
  private final RateLimits rates;
  private final Delivery delivery;
  private int appending;

  /** Where new rows go on. */
  @FunctionalInterface
  interface Delivery {
    /** The message is in the mailboxes, in these rows. */
    void appended(Mailbox.Message message, List<Mailbox.NewRow> rows, long acceptedAt);
  }

  Sending(Turn turn, Rules rules, RateLimits rates, Delivery delivery) {
    this.turn = turn;
    this.rules = rules;
    this.rates = rates;
    this.delivery = delivery;
  }

  /** Messages that wait for the store. */
  int appending() {
    return appending;
  }

  void send(Session session, PeerMessage.Send send, Frame frame) {
    Lane lane = session.lanes.computeIfAbsent(send.to(), to -> new Lane());
    Lane.Refusal held = lane.holds(send.id(), turn.now());
    if (held != null) {
      refuse(session, send.id(), held);
    } else if (rules.draining()) {
      refuse(session, send.id(), refusal(FaultCode.RELAY_DRAINING, 0));
    } else if (turn.storeEnded()) {
      refuse(session, send.id(), refusal(FaultCode.STORE_STOPPED, 0));
    } else if (send.targets().stream().mapToLong(PeerMessage.Target::length).sum()
        != frame.bodyLength()) {
      refuse(session, send.id(), refusal(FaultCode.HEADER_MALFORMED, 0));
    } else {
      long wait = limited(session);
      if (wait > 0) {
        turn.count(Metric.RATE_LIMITED, 1);
        Lane.Refusal refusal = refusal(FaultCode.RATE_LIMITED, turn.now() + wait);
        lane.hold(List.of(send.id()), refusal, turn.now());
        refuse(session, send.id(), refusal);
      } else {
        appending++;
        turn.began(session);
        lane.add(message(session, send, frame));
        pump(session, lane);
      }
    }
    tidy(session, send.to(), lane);
  }

  private void tidy(Session session, UserId to, Lane lane) {
    if (lane.idle(turn.now())) {
      session.lanes.remove(to);
    } else if (session.lanes.size() > MOST_LANES) {
      session.lanes.values().removeIf(one -> one.idle(turn.now()));
      if (session.lanes.size() > MOST_LANES) {
        turn.close(session, FaultCode.RATE_LIMITED, "refused messages to too many people");
      }
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

  private static Mailbox.Message message(Session session, PeerMessage.Send send, Frame frame) {
    List<Mailbox.Copy> copies = new ArrayList<>();
    int at = 0;
    for (PeerMessage.Target target : send.targets()) {
      copies.add(
          new Mailbox.Copy(
              target.device(), Bytes.of(frame.array(), frame.bodyStart() + at, target.length())));
      at += target.length();
    }
    return new Mailbox.Message(session.who(), send.id(), send.to(), copies);
  }

  private void pump(Session session, Lane lane) {
    if (!session.open()) {
      // The connection is over: what was not accepted comes again on another one, in order.
      lane.takeWaiting().forEach(message -> settle(session));
      return;
    }
    List<Mailbox.Message> batch = lane.next();
    if (batch.isEmpty()) {
      return;
    }
    long acceptedAt = turn.clock();
    turn.ask(
        new StoreCall.Append(batch, acceptedAt),
        StoreReply.Appended.class,
        reply -> {
          lane.answered();
          int tried = reply.results().size();
          for (int i = 0; i < tried; i++) {
            settle(session);
            appended(session, batch.get(i), reply.results().get(i), acceptedAt);
          }
          if (tried > 0 && !reply.results().get(tried - 1).outcome().taken()) {
            behind(session, lane, batch, tried);
          }
          goOn(session, batch.get(0).recipient(), lane);
        },
        fault -> {
          lane.answered();
          failed(session, lane, batch, fault);
          goOn(session, batch.get(0).recipient(), lane);
        });
  }

  private void goOn(Session session, UserId to, Lane lane) {
    pump(session, lane);
    tidy(session, to, lane);
  }

  /** One was refused: what this connection sent after it is not tried before it knows. */
  private void behind(Session session, Lane lane, List<Mailbox.Message> batch, int tried) {
    List<Mailbox.Message> untried = new ArrayList<>(batch.subList(tried, batch.size()));
    untried.addAll(lane.takeWaiting());
    List<Mailbox.Message> all = new ArrayList<>(untried);
    all.add(0, batch.get(tried - 1));
    Lane.Refusal refusal = refusal(FaultCode.MESSAGE_BEHIND, 0);
    lane.hold(ids(all), refusal, turn.now());
    settleRefused(session, untried, refusal);
  }

  private void settleRefused(
      Session session, List<Mailbox.Message> messages, Lane.Refusal refusal) {
    for (Mailbox.Message message : messages) {
      settle(session);
      refuse(session, message.id(), refusal);
    }
  }

  private static List<MessageId> ids(List<Mailbox.Message> messages) {
    return messages.stream().map(Mailbox.Message::id).toList();
  }

  private void settle(Session session) {
    appending--;
    turn.ended(session);
  }

  private void failed(Session session, Lane lane, List<Mailbox.Message> batch, Fault fault) {
    boolean passes = Lane.passes(fault.code());
    if (!passes && batch.size() > 1) {
      lane.separate(batch);
      return;
    }
    Lane.Refusal refusal = new Lane.Refusal(fault, 0);
    List<Mailbox.Message> refused = new ArrayList<>(batch);
    if (passes) {
      refused.addAll(lane.takeWaiting());
      lane.hold(ids(refused), refusal, turn.now());
    }
    settleRefused(session, refused, refusal);
  }

  private void appended(
      Session session, Mailbox.Message message, Mailbox.Appended result, long acceptedAt) {
    switch (result.outcome()) {
      case ACCEPTED, DUPLICATE -> {
        turn.count(Metric.MESSAGES_ACCEPTED, 1);
        turn.write(session, new RelayMessage.Accepted(message.id()));
        delivery.appended(message, result.rows(), acceptedAt);
      }
      case USER_UNKNOWN -> refuse(session, message, FaultCode.USER_UNKNOWN);
      case DEVICES_STALE -> refuse(session, message, FaultCode.DEVICES_STALE);
      case MAILBOX_FULL -> refuse(session, message, FaultCode.MAILBOX_FULL);
      case MAILBOX_SHARE_FULL -> refuse(session, message, FaultCode.MAILBOX_SHARE_FULL);
      case DECLINED -> refuse(session, message, FaultCode.DECLINED);
    }
  }

  private void refuse(Session session, Mailbox.Message message, FaultCode code) {
    refuse(session, message.id(), refusal(code, 0));
  }

  private static Lane.Refusal refusal(FaultCode code, long retryAt) {
    return new Lane.Refusal(new Fault(code, "the message was not taken"), retryAt);
  }

  private void refuse(Session session, MessageId id, Lane.Refusal refusal) {
    turn.refuse(session, id, refusal.fault(), Math.max(0, refusal.retryAt() - turn.now()));
  }
}
