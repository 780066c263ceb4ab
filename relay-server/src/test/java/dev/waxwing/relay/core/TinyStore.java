package dev.waxwing.relay.core;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.store.BlobCatalog;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.Prekeys;
import dev.waxwing.relay.store.Registration;
import dev.waxwing.relay.store.UserEntry;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Just enough of a store for the hub's own tests: answers calls as data, one at a time. */
final class TinyStore implements StoreCall.Cases<StoreReply> {
  final Map<UserId, UserEntry> users = new TreeMap<>();
  final Map<UserId, Set<UserId>> blocked = new HashMap<>();
  final Map<UserId, Set<UserId>> visible = new HashMap<>();
  final Map<Address, TreeMap<Long, Mailbox.Row>> mail = new HashMap<>();
  final Map<Address, Prekeys.Counts> prekeys = new HashMap<>();
  final Map<BlobId, Address> blobs = new HashMap<>();
  Registration.Outcome registration = Registration.Outcome.REGISTERED;
  EpochId epoch = new EpochId(Bytes.of(new byte[16]));

  /** Whether blobs are only for devices there are. */
  boolean recipientsMustExist;

  /** Planted fault: acks of another incarnation count. */
  boolean anyEpoch;

  private long seq;

  @Override
  public StoreReply loadLogin(StoreCall.LoadLogin call) {
    return new StoreReply.Login(users.get(call.user()));
  }

  @Override
  public StoreReply enter(StoreCall.Enter call) {
    UserId user = call.who().user();
    return new StoreReply.Entered(
        epoch,
        prekeys.getOrDefault(call.who(), new Prekeys.Counts(0, 0)),
        blocked.getOrDefault(user, Set.of()),
        visible.getOrDefault(user, Set.of()),
        box(call.who()).size());
  }

  @Override
  public StoreReply register(StoreCall.Register call) {
    Registration wish = call.wish();
    if (registration == Registration.Outcome.REGISTERED) {
      users.put(
          wish.user(),
          new UserEntry(
              wish.user(),
              wish.accountKey(),
              wish.record(),
              List.of(wish.device()),
              new UserEntry.Times(call.now(), call.now())));
    }
    return new StoreReply.Registered(registration);
  }

  @Override
  public StoreReply publish(StoreCall.Publish call) {
    Prekeys.Counts counts =
        new Prekeys.Counts(call.batch().oneTime().size(), call.batch().oneTimeKem().size());
    prekeys.put(call.device(), counts);
    return new StoreReply.Left(counts);
  }

  @Override
  public StoreReply find(StoreCall.Find call) {
    return new StoreReply.Login(users.get(call.user()));
  }

  @Override
  public StoreReply takeBundles(StoreCall.TakeBundles call) {
    UserEntry user = users.get(call.user());
    if (user == null) {
      return new StoreReply.Bundles(null);
    }
    Address device = new Address(call.user(), user.devices().get(0));
    Prekeys.Counts left = prekeys.getOrDefault(device, new Prekeys.Counts(0, 0));
    Bytes signed = HubRig.prekey(dev.waxwing.identity.Prekeys.Kind.SIGNED);
    Bytes kem = HubRig.prekey(dev.waxwing.identity.Prekeys.Kind.LAST_RESORT_KEM);
    return new StoreReply.Bundles(
        new Prekeys.Taken(
            user,
            List.of(new Prekeys.Bundle(device.device(), signed, kem, null, null)),
            List.of(left)));
  }

  @Override
  public StoreReply listPeople(StoreCall.ListPeople call) {
    List<UserId> people = new ArrayList<>();
    for (UserId user : users.keySet()) {
      if (call.after() == null || user.compareTo(call.after()) > 0) {
        if (people.size() == 2) {
          return new StoreReply.People(people, people.get(1));
        }
        people.add(user);
      }
    }
    return new StoreReply.People(people, null);
  }

  @Override
  public StoreReply setList(StoreCall.SetList call) {
    Map<UserId, Set<UserId>> lists = call.list() == StoreCall.UserList.BLOCKED ? blocked : visible;
    Set<UserId> list = lists.computeIfAbsent(call.owner(), user -> new HashSet<>());
    return new StoreReply.Changed(
        call.member() ? list.add(call.other()) : list.remove(call.other()));
  }

  @Override
  public StoreReply append(StoreCall.Append call) {
    List<Mailbox.Appended> results = new ArrayList<>();
    call.messages().forEach(message -> results.add(append(message, call.now())));
    return new StoreReply.Appended(results);
  }

  private Mailbox.Appended append(Mailbox.Message message, long now) {
    UserEntry user = users.get(message.recipient());
    if (user == null) {
      return appended(Mailbox.Outcome.USER_UNKNOWN, List.of());
    }
    Set<DeviceId> devices = new HashSet<>();
    message.copies().forEach(copy -> devices.add(copy.device()));
    if (!devices.equals(Set.copyOf(user.devices()))) {
      return appended(Mailbox.Outcome.DEVICES_STALE, List.of());
    }
    List<Mailbox.NewRow> rows = new ArrayList<>();
    for (Mailbox.Copy copy : message.copies()) {
      TreeMap<Long, Mailbox.Row> box = box(new Address(message.recipient(), copy.device()));
      if (box.values().stream().noneMatch(row -> row.id().equals(message.id()))) {
        seq++;
        box.put(seq, new Mailbox.Row(seq, message.id(), message.sender(), now, copy.body()));
        rows.add(new Mailbox.NewRow(copy.device(), seq));
      }
    }
    return appended(rows.isEmpty() ? Mailbox.Outcome.DUPLICATE : Mailbox.Outcome.ACCEPTED, rows);
  }

  TreeMap<Long, Mailbox.Row> box(Address device) {
    return mail.computeIfAbsent(device, any -> new TreeMap<>());
  }

  private static Mailbox.Appended appended(Mailbox.Outcome outcome, List<Mailbox.NewRow> rows) {
    return new Mailbox.Appended(outcome, rows);
  }

  @Override
  public StoreReply fetch(StoreCall.Fetch call) {
    List<Mailbox.Row> rows = new ArrayList<>();
    long bytes = 0;
    for (Mailbox.Row row : box(call.device()).tailMap(call.afterSeq(), false).values()) {
      bytes += row.body().length();
      if (rows.size() == call.maxRows() || (bytes > call.maxBytes() && !rows.isEmpty())) {
        break;
      }
      rows.add(row);
    }
    return new StoreReply.Mail(rows);
  }

  @Override
  public StoreReply ack(StoreCall.Ack call) {
    int removed = 0;
    if (anyEpoch || call.epoch().equals(epoch)) {
      for (var one : call.mail()) {
        Mailbox.Row row = box(call.device()).get(one.seq());
        if (row != null && row.id().equals(one.id())) {
          box(call.device()).remove(one.seq());
          removed++;
        }
      }
    }
    return new StoreReply.Acked(removed);
  }

  @Override
  public StoreReply createBlob(StoreCall.CreateBlob call) {
    if (recipientsMustExist && !call.recipients().stream().allMatch(this::exists)) {
      return new StoreReply.Created(BlobCatalog.CreateOutcome.UNKNOWN);
    }
    Address before = blobs.putIfAbsent(call.blob(), call.owner());
    return new StoreReply.Created(
        before == null
            ? BlobCatalog.CreateOutcome.CREATED
            : before.equals(call.owner())
                ? BlobCatalog.CreateOutcome.REPEATED
                : BlobCatalog.CreateOutcome.CONFLICT);
  }

  private boolean exists(Address device) {
    UserEntry user = users.get(device.user());
    return user != null && user.devices().contains(device.device());
  }

  @Override
  public StoreReply sealBlob(StoreCall.SealBlob call) {
    return new StoreReply.Sealed(
        blobs.containsKey(call.blob())
            ? BlobCatalog.SealOutcome.SEALED
            : BlobCatalog.SealOutcome.UNKNOWN);
  }

  @Override
  public StoreReply setRecipient(StoreCall.SetRecipient call) {
    return new StoreReply.Changed(true);
  }

  @Override
  public StoreReply touchBlob(StoreCall.TouchBlob call) {
    return new StoreReply.Changed(true);
  }

  @Override
  public StoreReply removeBlob(StoreCall.RemoveBlob call) {
    return new StoreReply.Changed(blobs.remove(call.blob()) != null);
  }

  @Override
  public StoreReply removeUser(StoreCall.RemoveUser call) {
    return new StoreReply.Changed(users.remove(call.user()) != null);
  }

  /** The answer when nothing is done at all. */
  static StoreReply failed(FaultCode code) {
    return new StoreReply.Failed(new Fault(code, "planted"));
  }
}
