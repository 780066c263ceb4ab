package dev.waxwing.peer.session;

import dev.waxwing.identity.Prekeys;
import dev.waxwing.identity.Prekeys.Prekey;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What peers may rely on of a relay: a mailbox per device, prekeys handed out once, refusals. */
final class RelayModel {
  /** Accepted messages in order, for good. */
  final List<Row> accepted = new ArrayList<>();

  /** Every sealed share ever handed over. */
  final List<Row> handedOver = new ArrayList<>();

  /** How the next messages are refused; taken one by one. */
  final Deque<FaultCode> refuseSends = new ArrayDeque<>();

  /** How the next lookups are refused; taken one by one. */
  final Deque<FaultCode> refuseLookups = new ArrayDeque<>();

  /** What the relay shows instead of somebody's record. */
  final Map<UserId, UserRecord.Signed> shown = new HashMap<>();

  final Map<UserId, UserRecord.Signed> records = new TreeMap<>();
  final Map<Address, Stock> stocks = new TreeMap<>();
  final Map<Address, TreeMap<Long, Row>> mailboxes = new TreeMap<>();
  final Map<Address, Peer> online = new TreeMap<>();
  final List<String> published = new ArrayList<>();
  int bundlesGiven;
  int ackMisses;
  EpochId epoch = epoch(0);
  private int epochs;
  private long nextSeq = 1;

  /** One message in a mailbox. */
  record Row(long seq, MessageId id, Address from, Address to, Bytes sealed) {}

  /** What a device published. */
  static final class Stock {
    Prekey signed;
    Prekey lastResort;
    final Deque<Prekey> oneTime = new ArrayDeque<>();
    final Deque<Prekey> oneTimeKem = new ArrayDeque<>();

    Stock copy() {
      Stock copy = new Stock();
      copy.signed = signed;
      copy.lastResort = lastResort;
      copy.oneTime.addAll(oneTime);
      copy.oneTimeKem.addAll(oneTimeKem);
      return copy;
    }
  }

  /** A relay's disk, as a backup has it. */
  record Backup(Map<Address, Stock> stocks, Map<Address, TreeMap<Long, Row>> mail, long seq) {}

  private static EpochId epoch(int number) {
    byte[] value = new byte[EpochId.LENGTH];
    value[0] = (byte) number;
    return new EpochId(Bytes.of(value));
  }

  Backup backup() {
    Map<Address, Stock> keys = new TreeMap<>();
    stocks.forEach((who, stock) -> keys.put(who, stock.copy()));
    Map<Address, TreeMap<Long, Row>> mail = new TreeMap<>();
    mailboxes.forEach((who, rows) -> mail.put(who, new TreeMap<>(rows)));
    return new Backup(keys, mail, nextSeq);
  }

  /** Restored from a backup: a new epoch, and every connection is gone. */
  void restore(Backup backup) {
    restart();
    stocks.clear();
    backup.stocks().forEach((who, stock) -> stocks.put(who, stock.copy()));
    mailboxes.clear();
    backup.mail().forEach((who, rows) -> mailboxes.put(who, new TreeMap<>(rows)));
    nextSeq = backup.seq();
    epoch = epoch(++epochs);
  }

  void restart() {
    List.copyOf(online.values()).forEach(Peer::disconnect);
  }

  TreeMap<Long, Row> mailbox(Address device) {
    return mailboxes.computeIfAbsent(device, key -> new TreeMap<>());
  }

  Stock stock(Address device) {
    return stocks.computeIfAbsent(device, key -> new Stock());
  }

  RelayMessage.Welcome welcome(Peer peer, long now) {
    Address who = peer.address();
    records.putIfAbsent(who.user(), peer.identity.record());
    online.put(who, peer);
    Stock stock = stock(who);
    return new RelayMessage.Welcome(
        who.user(),
        who.device(),
        epoch,
        now,
        stock.oneTime.size(),
        stock.oneTimeKem.size(),
        false,
        mailbox(who).size());
  }

  void deliverAll(Peer peer) {
    mailbox(peer.address()).values().forEach(row -> deliver(peer, row));
  }

  static void deliver(Peer peer, Row row) {
    peer.hears(
        new RelayMessage.Deliver(row.seq(), row.id(), row.from(), 0), row.sealed().toArray());
  }

  void handle(Peer from, PeerMessage message, byte[] body) {
    message.on(new Requests(this, from, body));
  }

  void send(Peer from, PeerMessage.Send send, byte[] body) {
    List<Row> rows = new ArrayList<>();
    int at = 0;
    for (PeerMessage.Target target : send.targets()) {
      Address to = new Address(send.to(), target.device());
      Bytes sealed = Bytes.of(Arrays.copyOfRange(body, at, at + target.length()));
      rows.add(new Row(0, send.id(), from.address(), to, sealed));
      at += target.length();
    }
    handedOver.addAll(rows);
    Set<MessageId> waiting = from.refused.get(send.to());
    if (waiting != null && !waiting.contains(send.id())) {
      // Order: after a refusal nothing else to them passes until a refused one comes again.
      waiting.add(send.id());
      from.hears(refusal(null, send.id(), FaultCode.RATE_LIMITED), new byte[0]);
      return;
    }
    from.refused.remove(send.to());
    FaultCode refused = refuseSends.poll();
    if (refused != null) {
      if (refused == FaultCode.RATE_LIMITED || refused == FaultCode.DISK_FULL) {
        from.refused.computeIfAbsent(send.to(), to -> new HashSet<>()).add(send.id());
      }
      from.hears(refusal(null, send.id(), refused), new byte[0]);
    } else if (!records.containsKey(send.to())) {
      from.hears(refusal(null, send.id(), FaultCode.USER_UNKNOWN), new byte[0]);
    } else if (!devices(send.to()).equals(Set.copyOf(rows.stream().map(Row::to).toList()))) {
      from.hears(refusal(null, send.id(), FaultCode.DEVICES_STALE), new byte[0]);
    } else {
      rows.forEach(this::append);
      from.hears(new RelayMessage.Accepted(send.id()), new byte[0]);
      rows.forEach(this::deliverNow);
    }
  }

  private Set<Address> devices(UserId user) {
    Set<Address> devices = new HashSet<>();
    records
        .get(user)
        .record()
        .devices()
        .forEach(device -> devices.add(new Address(user, device.device())));
    return devices;
  }

  private void append(Row row) {
    boolean here =
        mailbox(row.to()).values().stream()
            .anyMatch(other -> other.id().equals(row.id()) && other.from().equals(row.from()));
    if (!here) {
      Row numbered = new Row(nextSeq++, row.id(), row.from(), row.to(), row.sealed());
      mailbox(row.to()).put(numbered.seq(), numbered);
      accepted.add(numbered);
    }
  }

  private void deliverNow(Row row) {
    Peer target = online.get(row.to());
    if (target != null) {
      mailbox(row.to()).values().stream()
          .filter(other -> other.seq() > target.delivered)
          .forEach(other -> deliver(target, other));
    }
  }

  void ack(Peer from, PeerMessage.Ack ack) {
    if (!ack.epoch().equals(epoch)) {
      ackMisses++;
      return;
    }
    for (PeerMessage.Mail mail : ack.mail()) {
      Row row = mailbox(from.address()).get(mail.seq());
      if (row == null || !row.id().equals(mail.id())) {
        ackMisses++;
      } else {
        from.requireStored(row);
        mailbox(from.address()).remove(mail.seq());
      }
    }
  }

  void find(Peer from, int ref, UserId user) {
    FaultCode refused = refuseLookups.poll();
    UserRecord.Signed record = shown.getOrDefault(user, records.get(user));
    if (refused != null || record == null) {
      from.hears(
          refusal(ref, null, refused == null ? FaultCode.USER_UNKNOWN : refused), new byte[0]);
    } else {
      from.hears(new RelayMessage.UserFound(ref), record.toBytes());
    }
  }

  void bundles(Peer from, int ref, UserId user) {
    FaultCode refused = refuseLookups.poll();
    UserRecord.Signed record = shown.getOrDefault(user, records.get(user));
    if (refused != null || record == null) {
      from.hears(
          refusal(ref, null, refused == null ? FaultCode.USER_UNKNOWN : refused), new byte[0]);
      return;
    }
    bundlesGiven++;
    List<Prekeys.Bundle> bundles = new ArrayList<>();
    for (UserRecord.Device device : record.record().devices()) {
      Stock stock = stock(new Address(user, device.device()));
      if (stock.signed != null) {
        Prekey kem = stock.oneTimeKem.poll();
        bundles.add(
            new Prekeys.Bundle(
                device.device(),
                stock.signed,
                kem == null ? stock.lastResort : kem,
                Optional.ofNullable(stock.oneTime.poll())));
      }
    }
    from.hears(
        new RelayMessage.Bundles(ref), new Prekeys.Bundles(record, List.copyOf(bundles)).encode());
  }

  void publish(Peer from, PeerMessage.PublishPrekeys request, byte[] body) {
    Prekeys.Batch batch = Prekeys.Batch.decode(body);
    Stock stock = stock(from.address());
    if (request.replace()) {
      stock.oneTime.clear();
      stock.oneTimeKem.clear();
    }
    batch.signed().ifPresent(key -> stock.signed = key);
    batch.lastResort().ifPresent(key -> stock.lastResort = key);
    for (Prekey key : batch.oneTime()) {
      (key.kind() == Prekeys.Kind.ONE_TIME ? stock.oneTime : stock.oneTimeKem).add(key);
    }
    published.add(
        from.address().user()
            + (request.replace() ? " replaces " : " adds ")
            + batch.oneTime().size());
    from.hears(new RelayMessage.Done(request.ref()), new byte[0]);
  }

  private static RelayMessage.Refused refusal(Integer ref, MessageId id, FaultCode code) {
    return new RelayMessage.Refused(ref, id, null, code, "refused", 0);
  }
}
