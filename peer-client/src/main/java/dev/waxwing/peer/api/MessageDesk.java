package dev.waxwing.peer.api;

import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.peer.session.Randomness;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Texts and the history; for {@link PeerClient}. */
final class MessageDesk {
  private static final int TEXT_LIMIT = WireLimits.MAX_PLAINTEXT - 1_024;

  private final PeerLoop loop;
  private final Waits waits;
  private final ContactBook contacts;
  private final Randomness random;
  private final Map<MessageId, Fault> refusals = new ConcurrentHashMap<>();

  MessageDesk(PeerLoop loop, Waits waits, ContactBook contacts, Randomness random) {
    this.loop = loop;
    this.waits = waits;
    this.contacts = contacts;
    this.random = random;
  }

  /** A message was given up; whoever waits for it is told why. */
  void refused(MessageId id, Fault fault) {
    refusals.put(id, fault);
  }

  Message sendText(UserId to, String text) {
    if (text.isBlank()) {
      throw new Fault(FaultCode.MESSAGE_EMPTY, "there is nothing to send");
    }
    contacts.refuseChanged(to);
    if (text.getBytes(StandardCharsets.UTF_8).length > TEXT_LIMIT) {
      throw new Fault(FaultCode.MESSAGE_TOO_LARGE, "a text of more than 63 KiB");
    }
    MessageId id = freshId();
    loop.input(new PeerInput.Submit(id, to, new Content.Text(text)));
    return message(id);
  }

  MessageId freshId() {
    return new MessageId(Bytes.of(random.bytes(MessageId.LENGTH)));
  }

  Message message(MessageId id) {
    return loop.store(tx -> tx.message(id))
        .map(Views::message)
        .orElseThrow(() -> new Fault(FaultCode.MESSAGE_UNKNOWN, "there is no such message"));
  }

  Message awaitMessage(MessageId id, MessageState until, long timeoutMillis) {
    waits.until(
        timeoutMillis,
        () -> {
          Message now = message(id);
          return switch (now.state()) {
            case QUEUED -> false;
            case ACCEPTED -> until == MessageState.ACCEPTED;
            case HELD, DELIVERED, FAILED, NOTE, UNREAD, READ -> true;
          };
        });
    Message now = message(id);
    if (now.state() == MessageState.FAILED) {
      Fault why = refusals.get(id);
      throw why != null
          ? new Fault(why.code(), why.what(), why.advice())
          : new Fault(FaultCode.NOT_DELIVERED, "the message was given up");
    }
    if (now.state() == MessageState.HELD) {
      throw new Fault(
          FaultCode.KEY_CHANGED, now.with() + "'s safety number changed; the message is held");
    }
    return now;
  }

  List<Message> unread() {
    return loop
        .store(
            tx ->
                tx.messages(
                    new PeerStore.MessageQuery(
                        null, MessageRow.State.UNREAD, 0, null, Integer.MAX_VALUE)))
        .stream()
        .map(Views::message)
        .toList();
  }

  void markRead(List<MessageId> ids) {
    loop.store(
        tx -> {
          for (MessageId id : ids) {
            tx.message(id)
                .filter(row -> row.state() == MessageRow.State.UNREAD)
                .ifPresent(row -> tx.putMessage(row.in(MessageRow.State.READ)));
          }
          return true;
        });
  }

  List<Message> history(HistoryQuery query) {
    return loop
        .store(
            tx ->
                tx.messages(
                    new PeerStore.MessageQuery(
                        query.with(), null, query.since(), query.search(), query.limit())))
        .stream()
        .map(Views::message)
        .toList();
  }

  Message retryMessage(MessageId id) {
    refusals.remove(id);
    loop.input(new PeerInput.Retry(id));
    return message(id);
  }
}
