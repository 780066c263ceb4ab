package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Users in memory. */
final class MemoryDirectory implements Directory {
  private final UndoMap<UserId, Account> accounts;
  private final UndoMap<Address, DeviceKeys> keys;
  private final UndoMap<String, Invite> invites;
  private final UndoMap<String, Boolean> blocked;
  private final UndoMap<String, Boolean> visible;
  private final UndoMap<String, Long> counters;
  private final MemoryMailbox mailbox;

  MemoryDirectory(UndoLog log, MemoryMailbox mailbox) {
    accounts = new UndoMap<>(log);
    keys = new UndoMap<>(log);
    invites = new UndoMap<>(log);
    blocked = new UndoMap<>(log);
    visible = new UndoMap<>(log);
    counters = new UndoMap<>(log);
    this.mailbox = mailbox;
  }

  private record Account(Registration first, UserEntry entry) {}

  private record DeviceKeys(
      Bytes signed,
      Bytes lastResort,
      List<Prekeys.OneTime> oneTime,
      List<Prekeys.OneTime> oneTimeKem,
      Set<Bytes> taken) {
    Prekeys.Counts counts() {
      return new Prekeys.Counts(oneTime.size(), oneTimeKem.size());
    }
  }

  private static final DeviceKeys NO_KEYS =
      new DeviceKeys(null, null, List.of(), List.of(), Set.of());

  @Override
  public Registration.Outcome register(Registration wish, long now) {
    Account there = accounts.get(wish.user());
    if (there != null) {
      return there.first.equals(wish) && there.entry.accountKey().equals(wish.accountKey())
          ? Registration.Outcome.REPEATED
          : Registration.Outcome.USER_TAKEN;
    }
    if (wish.token() != null) {
      Invite invite = invites.get(wish.token().toString());
      if (invite == null) {
        return Registration.Outcome.INVITE_UNKNOWN;
      }
      if (invite.revoked()) {
        return Registration.Outcome.INVITE_REVOKED;
      }
      if (invite.used() >= invite.limits().uses()) {
        return Registration.Outcome.INVITE_USED;
      }
      if (now >= invite.limits().expires()) {
        return Registration.Outcome.INVITE_EXPIRED;
      }
      put(new Invite(invite.token(), invite.limits(), invite.note(), invite.used() + 1, false));
    }
    UserEntry.Times times = new UserEntry.Times(now, now);
    List<DeviceId> devices = List.of(wish.device());
    accounts.put(
        wish.user(),
        new Account(
            wish, new UserEntry(wish.user(), wish.accountKey(), wish.record(), devices, times)));
    keys.put(new Address(wish.user(), wish.device()), NO_KEYS);
    return Registration.Outcome.REGISTERED;
  }

  private void put(Invite invite) {
    invites.put(invite.token().toString(), invite);
  }

  @Override
  public Optional<UserEntry> find(UserId user) {
    return Optional.ofNullable(accounts.get(user)).map(Account::entry);
  }

  @Override
  public List<UserEntry> list(UserId after, int limit) {
    return accounts.view().values().stream()
        .map(Account::entry)
        .filter(entry -> after == null || entry.user().compareTo(after) > 0)
        .limit(limit)
        .toList();
  }

  @Override
  public long count() {
    return accounts.view().size();
  }

  @Override
  public boolean putRecord(
      UserId user, Bytes accountKey, Bytes record, List<DeviceId> devices, long now) {
    Account there = accounts.get(user);
    if (there == null || devices.isEmpty() || !there.entry.accountKey().equals(accountKey)) {
      return false;
    }
    for (DeviceId gone : there.entry.devices()) {
      if (!devices.contains(gone)) {
        removeDevice(new Address(user, gone), RemovedReason.DEVICE_REMOVED, now);
      }
    }
    for (DeviceId device : devices) {
      Address address = new Address(user, device);
      if (keys.get(address) == null) {
        keys.put(address, NO_KEYS);
      }
    }
    List<DeviceId> sorted = devices.stream().sorted().toList();
    accounts.put(
        user,
        new Account(
            there.first, new UserEntry(user, accountKey, record, sorted, there.entry.times())));
    return true;
  }

  private void removeDevice(Address device, RemovedReason reason, long now) {
    mailbox.removeOf(device, reason, now);
    keys.remove(device);
  }

  @Override
  public void seen(UserId user, long now) {
    Account there = accounts.get(user);
    if (there != null) {
      UserEntry was = there.entry;
      UserEntry.Times times = new UserEntry.Times(was.times().registered(), now);
      accounts.put(
          user,
          new Account(
              there.first,
              new UserEntry(user, was.accountKey(), was.record(), was.devices(), times)));
    }
  }

  @Override
  public boolean remove(UserId user, RemovedReason reason, long now) {
    Account there = accounts.get(user);
    if (there == null) {
      return false;
    }
    there.entry.devices().forEach(device -> removeDevice(new Address(user, device), reason, now));
    accounts.remove(user);
    for (UndoMap<String, Boolean> pairs : List.of(blocked, visible)) {
      List.copyOf(pairs.view().keySet()).stream()
          .filter(pair -> List.of(pair.split(">")).contains(user.name()))
          .forEach(pairs::remove);
    }
    for (Counter counter : Counter.values()) {
      counters.remove(user + ">" + counter);
    }
    return true;
  }

  @Override
  public void createInvite(TokenHash token, Invite.Limits limits, String note) {
    if (invites.get(token.toString()) == null) {
      put(new Invite(token, limits, note, 0, false));
    }
  }

  @Override
  public List<Invite> invites() {
    return invites.view().values().stream()
        .sorted(
            Comparator.comparing((Invite invite) -> invite.limits().created())
                .reversed()
                .thenComparing(invite -> invite.token().toString()))
        .toList();
  }

  @Override
  public boolean revokeInvite(TokenHash token) {
    Invite found = invites.get(token.toString());
    if (found == null) {
      return false;
    }
    put(new Invite(token, found.limits(), found.note(), found.used(), true));
    return true;
  }

  @Override
  public Prekeys.Counts publishPrekeys(Address device, Prekeys.Batch batch, boolean replace) {
    DeviceKeys before = keys.get(device);
    if (before == null) {
      throw new Fault(FaultCode.USER_UNKNOWN, "the device is not registered here");
    }
    DeviceKeys after =
        new DeviceKeys(
            batch.signed() != null ? batch.signed() : before.signed,
            batch.lastResort() != null ? batch.lastResort() : before.lastResort,
            added(
                replace ? List.of() : before.oneTime,
                batch.oneTime(),
                before.taken,
                Prekeys.MAX_ONE_TIME),
            added(
                replace ? List.of() : before.oneTimeKem,
                batch.oneTimeKem(),
                before.taken,
                Prekeys.MAX_ONE_TIME_KEM),
            before.taken);
    keys.put(device, after);
    return after.counts();
  }

  private static List<Prekeys.OneTime> added(
      List<Prekeys.OneTime> before, List<Prekeys.OneTime> fresh, Set<Bytes> taken, int cap) {
    List<Prekeys.OneTime> after = new ArrayList<>(before);
    for (Prekeys.OneTime key : fresh) {
      if (taken.contains(key.encoded())) {
        continue;
      }
      int at = after.stream().map(Prekeys.OneTime::id).toList().indexOf(key.id());
      if (at >= 0) {
        after.set(at, key);
      } else if (after.size() < cap) {
        after.add(key);
      }
    }
    return after;
  }

  @Override
  public Prekeys.Counts prekeysLeft(Address device) {
    DeviceKeys found = keys.get(device);
    return (found == null ? NO_KEYS : found).counts();
  }

  @Override
  public Optional<Prekeys.Taken> takeBundles(UserId user) {
    return find(user)
        .map(
            entry -> {
              List<Prekeys.Bundle> bundles = new ArrayList<>();
              List<Prekeys.Counts> left = new ArrayList<>();
              for (DeviceId device : entry.devices()) {
                Address address = new Address(user, device);
                DeviceKeys found = keys.get(address);
                if (found.signed != null && found.lastResort != null) {
                  bundles.add(take(address, found));
                  left.add(keys.get(address).counts());
                }
              }
              return new Prekeys.Taken(entry, bundles, left);
            });
  }

  private Prekeys.Bundle take(Address device, DeviceKeys before) {
    Set<Bytes> taken = new HashSet<>(before.taken);
    List<Prekeys.OneTime> oneTime = new ArrayList<>(before.oneTime);
    List<Prekeys.OneTime> oneTimeKem = new ArrayList<>(before.oneTimeKem);
    Prekeys.OneTime one = oneTime.isEmpty() ? null : oneTime.remove(0);
    Prekeys.OneTime kem = oneTimeKem.isEmpty() ? null : oneTimeKem.remove(0);
    if (one != null) {
      taken.add(one.encoded());
    }
    if (kem != null) {
      taken.add(kem.encoded());
    }
    keys.put(device, new DeviceKeys(before.signed, before.lastResort, oneTime, oneTimeKem, taken));
    return new Prekeys.Bundle(device.device(), before.signed, before.lastResort, one, kem);
  }

  @Override
  public void setBlocked(UserId owner, UserId other, boolean on) {
    setPair(blocked, owner, other, on);
  }

  @Override
  public List<UserId> blockedBy(UserId owner) {
    return others(blocked, owner);
  }

  @Override
  public boolean isBlocked(UserId owner, UserId other) {
    return blocked.get(owner + ">" + other) != null;
  }

  @Override
  public void setVisible(UserId owner, UserId other, boolean on) {
    setPair(visible, owner, other, on);
  }

  @Override
  public List<UserId> visibleTo(UserId owner) {
    return others(visible, owner);
  }

  @Override
  public List<UserId> mutual(UserId user) {
    return visibleTo(user).stream()
        .filter(other -> visible.get(other + ">" + user) != null)
        .toList();
  }

  private void setPair(UndoMap<String, Boolean> pairs, UserId owner, UserId other, boolean on) {
    if (accounts.get(owner) == null || accounts.get(other) == null) {
      throw new Fault(FaultCode.USER_UNKNOWN, "one of the two is not known here");
    }
    if (on) {
      pairs.put(owner + ">" + other, true);
    } else {
      pairs.remove(owner + ">" + other);
    }
  }

  private static List<UserId> others(UndoMap<String, Boolean> pairs, UserId owner) {
    return pairs.view().keySet().stream()
        .map(pair -> pair.split(">"))
        .filter(pair -> pair[0].equals(owner.name()))
        .map(pair -> new UserId(pair[1]))
        .sorted()
        .toList();
  }

  @Override
  public void add(UserId user, Counter counter, long amount) {
    if (accounts.get(user) != null) {
      String key = user + ">" + counter;
      Long before = counters.get(key);
      counters.put(key, (before == null ? 0 : before) + amount);
    }
  }

  @Override
  public Map<Counter, Long> counters(UserId user) {
    Map<Counter, Long> found = new EnumMap<>(Counter.class);
    for (Counter counter : Counter.values()) {
      Long amount = counters.get(user + ">" + counter);
      if (amount != null) {
        found.put(counter, amount);
      }
    }
    return found;
  }
}
