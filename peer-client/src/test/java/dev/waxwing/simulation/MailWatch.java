package dev.waxwing.simulation;

import dev.waxwing.message.Address;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.relay.core.StoreCall;
import dev.waxwing.relay.core.StoreReply;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.MemoryStore;
import dev.waxwing.relay.store.RemovedReason;
import dev.waxwing.wire.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Checks what the relay does with mail while it does it, and what is left after a crash. */
final class MailWatch {
  /** Bytes of a ratchet header, and of what comes before it in a first message. */
  private static final int HEADER = 41;

  private static final int OPENING = 1154;

  private final Story story;
  private final Map<Address, Device> devices;
  private final long quota;
  private final LongSupplier time;
  private final Map<PeerMessage.Mail, Long> taken = new HashMap<>();
  private final Map<String, Bytes> byHeader = new HashMap<>();
  private final Map<MessageId, Way> ways = new HashMap<>();
  private final Map<MessageId, Way> accepted = new LinkedHashMap<>();
  private final Set<MessageId> expired = new HashSet<>();
  private boolean stopped;

  /** From where to where a message goes. */
  private record Way(Address from, Address to) {}

  MailWatch(Story story, LongSupplier time, Map<Address, Device> devices, long quota) {
    this.story = story;
    this.time = time;
    this.devices = devices;
    this.quota = quota;
  }

  /** Ciphertext leaves a device: one ratchet header, which names its key, has one body for good. */
  void leaves(Address from, Address to, MessageId id, byte[] envelope) {
    ways.put(id, new Way(from, to));
    int start = envelope[1] == 1 ? 2 + OPENING : 2;
    Bytes sealed = Bytes.of(envelope);
    String name = from + " " + to + " " + sealed.slice(start, start + HEADER).toBase64();
    Bytes body = sealed.slice(start, envelope.length);
    Bytes before = byHeader.put(name, body);
    story.demand(
        before == null || before.equals(body),
        Promise.RATCHET,
        "a message key of " + from + " served twice");
  }

  /** The relay says that a message is accepted. */
  void accepted(MessageId id) {
    story.demand(!stopped, Promise.FAIL_STOP, id + " was accepted after a failed force");
    accepted.put(id, ways.get(id));
  }

  void forceFailed() {
    stopped = true;
  }

  /** The relay's process begins; what it accepted before must be somewhere. */
  void started(MemoryStore store) {
    stopped = false;
    accepted.forEach(
        (id, way) ->
            story.demand(
                waits(store, id, way) || expired.contains(id) || kept(way, id),
                Promise.NO_LOSS,
                id + " of " + way.from() + " was accepted and is nowhere after a restart"));
  }

  /** What was accepted since the backup may be gone; its senders know by the new epoch. */
  void restored() {
    accepted.clear();
  }

  boolean expired(MessageId id) {
    return expired.contains(id);
  }

  /** Whether anything from one device to another expired. */
  boolean expired(Address from, Address to) {
    return expired.stream().map(ways::get).anyMatch(new Way(from, to)::equals);
  }

  private static boolean waits(MemoryStore store, MessageId id, Way way) {
    return rows(store, way.to()).stream()
        .anyMatch(row -> row.id().equals(id) && row.sender().equals(way.from()));
  }

  private boolean kept(Way way, MessageId id) {
    return devices.get(way.to()).keeps(way.from(), id);
  }

  private static List<Mailbox.Row> rows(MemoryStore store, Address device) {
    return store.mailbox().fetch(device, 0, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /** Runs a call on the relay's store and looks at what it did. */
  StoreReply call(StoreCall call, MemoryStore store, Supplier<StoreReply> run) {
    if (call instanceof StoreCall.Ack ack) {
      return ack(ack, store, run);
    }
    StoreReply reply = run.get();
    if (call instanceof StoreCall.Append append && reply instanceof StoreReply.Appended appended) {
      for (int i = 0; i < appended.results().size(); i++) {
        Mailbox.Appended result = appended.results().get(i);
        refusal(append.messages().get(i), result, store);
        MessageId id = append.messages().get(i).id();
        result
            .rows()
            .forEach(
                row -> taken.putIfAbsent(new PeerMessage.Mail(row.seq(), id), time.getAsLong()));
      }
    }
    return reply;
  }

  private StoreReply ack(StoreCall.Ack ack, MemoryStore store, Supplier<StoreReply> run) {
    List<Mailbox.Row> before = rows(store, ack.device());
    StoreReply reply = run.get();
    List<Mailbox.Row> gone = new ArrayList<>(before);
    gone.removeAll(rows(store, ack.device()));
    for (Mailbox.Row row : gone) {
      story.demand(
          ack.epoch().equals(store.mailbox().epoch())
              && ack.mail().contains(new PeerMessage.Mail(row.seq(), row.id())),
          Promise.ACK,
          "an ack of " + ack.device() + " removed " + row.seq() + ", which it does not name");
      story.demand(
          kept(new Way(row.sender(), ack.device()), row.id()),
          Promise.ACK,
          row.id() + " was acked by " + ack.device() + " and is not stored there");
    }
    return reply;
  }

  private void refusal(Mailbox.Message message, Mailbox.Appended result, MemoryStore store) {
    long cost =
        message.copies().stream()
            .mapToLong(copy -> Mailbox.ROW_OVERHEAD + copy.body().length())
            .sum();
    switch (result.outcome()) {
      case MAILBOX_FULL ->
          story.demand(
              store.mailbox().usage(message.recipient()).bytes() + cost > quota,
              Promise.REFUSAL,
              "a mailbox was called full that is not");
      case MAILBOX_SHARE_FULL -> {
        long share =
            devices.keySet().stream()
                .filter(one -> one.user().equals(message.recipient()))
                .flatMap(one -> rows(store, one).stream())
                .filter(row -> row.sender().user().equals(message.sender().user()))
                .mapToLong(row -> Mailbox.ROW_OVERHEAD + row.body().length())
                .sum();
        story.demand(
            share + cost > quota / Mailbox.SHARE_DIVISOR,
            Promise.REFUSAL,
            "a share was called full that is not");
      }
      case DECLINED, USER_UNKNOWN, DEVICES_STALE ->
          story.demand(false, Promise.REFUSAL, "a message was " + result.outcome());
      case ACCEPTED, DUPLICATE -> {}
    }
  }

  /** Mail is removed for its age; each removal must be recorded, and true. */
  void expire(MemoryStore store, Runnable run) {
    Map<Address, List<Mailbox.Row>> before = new HashMap<>();
    devices.keySet().forEach(device -> before.put(device, rows(store, device)));
    run.run();
    before.forEach(
        (device, rows) -> {
          List<Mailbox.Row> gone = new ArrayList<>(rows);
          gone.removeAll(rows(store, device));
          gone.forEach(row -> gone(store, device, row));
        });
  }

  private void gone(MemoryStore store, Address device, Mailbox.Row row) {
    story.trouble(Story.Trouble.MAIL_EXPIRED, row.id() + " expired");
    long age =
        time.getAsLong()
            - taken.getOrDefault(new PeerMessage.Mail(row.seq(), row.id()), Long.MAX_VALUE / 2);
    story.demand(
        age >= Mailbox.KEPT_MILLIS,
        Promise.NO_LOSS,
        row.id() + " expired when it had waited for " + age + " ms");
    boolean recorded =
        store.mailbox().removed(row.sender(), 0, Integer.MAX_VALUE).stream()
            .anyMatch(
                removed ->
                    removed.recipient().equals(device)
                        && removed.mail().id().equals(row.id())
                        && removed.reason() == RemovedReason.EXPIRED);
    story.demand(recorded, Promise.NO_LOSS, row.id() + " expired without a record");
    expired.add(row.id());
  }
}
