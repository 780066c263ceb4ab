package dev.waxwing.simulation;

import dev.waxwing.message.MessageId;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.peer.session.PeerStore.OutboxRow;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.simulation.Story.Trouble;
import dev.waxwing.wire.FaultCode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must be true when everything has come to rest. */
final class Rest {
  private final World world;
  private final Story story;

  Rest(World world) {
    this.world = world;
    this.story = world.story;
  }

  /** Whether there is nothing left to wait for. */
  static boolean reached(World world) {
    return world.relay.up()
        && world.devices.stream().allMatch(Device::ready)
        && world.relay.disk.store.mailbox().total().rows() == 0
        && world.devices.stream().allMatch(one -> one.disk.look(Rest::nothingGoesOut))
        && world.sent.stream().allMatch(one -> over(world, one))
        && world.devices.stream().allMatch(one -> one.files.over());
  }

  private static boolean nothingGoesOut(PeerStore.Tx tx) {
    return tx.outboxSize(OutboxRow.State.QUEUED) == 0 && tx.outboxSize(OutboxRow.State.SEALED) == 0;
  }

  private static boolean over(World world, World.Sent one) {
    MessageRow.State state = state(one);
    return state == null
        || state == MessageRow.State.DELIVERED
        || state == MessageRow.State.FAILED
        || (state == MessageRow.State.ACCEPTED && nobodyWaits(world, one));
  }

  /** Accepted, and no receipt is waited for: it expired at the relay, or here, or its receipt. */
  private static boolean nobodyWaits(World world, World.Sent one) {
    return world.watch.expired(one.id())
        || world.watch.expired(one.to().address(), one.from().address())
        || (one.to().aged() && one.to().gaveUpReceiptFor(one.id()))
        || one.from().disk.look(tx -> tx.outbox(one.id())).isEmpty();
  }

  private static MessageRow.State state(World.Sent one) {
    return one.from().disk.look(tx -> tx.message(one.id())).map(MessageRow::state).orElse(null);
  }

  void check() {
    for (Device device : world.devices) {
      for (Device other : world.devices) {
        if (device != other) {
          checkLog(device, other);
        }
      }
      checkReading(device);
    }
    world.sent.forEach(this::checkMessage);
    Mailbox.Usage left = world.relay.disk.store.mailbox().total();
    story.demand(
        left.rows() == 0 && left.bytes() == 0, Promise.PROGRESS, left.rows() + " rows are left");
    world.devices.forEach(one -> one.files.check());
  }

  private boolean restored() {
    return story.count(Trouble.RELAY_RESTORED) > 0;
  }

  private void checkMessage(World.Sent one) {
    MessageRow.State state = state(one);
    if (state == null) {
      return;
    }
    boolean stored = one.to().heardFrom(one.from().user()).contains(one.line());
    String what = "'" + one.line().trim() + "' of " + one.from().user() + " to " + one.to().user();
    switch (state) {
      case DELIVERED ->
          story.demand(stored, Promise.NO_LOSS, what + " is called delivered and is nowhere");
      case FAILED -> checkReason(one, what);
      case ACCEPTED -> {
        story.demand(nobodyWaits(world, one), Promise.PROGRESS, what + " has no receipt");
        story.demand(
            // Its sender keeps it for thirty days; a relay restored after that to before it has
            // none.
            stored || world.watch.expired(one.id()) || (restored() && one.from().aged()),
            Promise.NO_LOSS,
            what + " was accepted and is nowhere");
      }
      default -> story.demand(false, Promise.PROGRESS, what + " is " + state + " at rest");
    }
  }

  private void checkReason(World.Sent one, String what) {
    MessageId id = one.id();
    FaultCode why = one.from().givenUp(id);
    boolean narrow = world.climate.mailQuota() < 1_000_000;
    boolean excused =
        why == null
            ? one.from().deafened()
            : switch (why) {
              case MAILBOX_FULL, MAILBOX_SHARE_FULL -> narrow;
              case MESSAGE_EXPIRED -> one.from().aged();
              case UNDECRYPTABLE, NOT_DELIVERED -> one.to().aged() || restored();
              default -> false;
            };
    story.demand(excused, Promise.NO_LOSS, what + " was given up: " + why);
  }

  private void checkLog(Device device, Device from) {
    List<String> heard = device.heardFrom(from.user());
    List<String> said =
        world.sent.stream()
            .filter(one -> one.from() == from && one.to() == device && state(one) != null)
            .map(World.Sent::line)
            .toList();
    Set<String> once = new HashSet<>(heard);
    String where = device.user() + " has of " + from.user() + ": ";
    story.demand(once.size() == heard.size(), Promise.NO_DUPLICATE, where + heard);
    story.demand(new HashSet<>(said).containsAll(heard), Promise.NOTHING_INVENTED, where + heard);
    if (device.disk.look(PeerStore.Tx::quarantined) == 0) {
      checkOrder(device, from, heard);
    }
  }

  private void checkOrder(Device device, Device from, List<String> heard) {
    List<String> said =
        world.sent.stream()
            .filter(one -> one.from() == from && one.to() == device)
            // What expired at the relay comes behind, if a restored one is given it again.
            .filter(one -> heard.contains(one.line()) && !world.watch.expired(one.id()))
            .map(World.Sent::line)
            .toList();
    List<String> stored = heard.stream().filter(said::contains).toList();
    story.demand(
        said.equals(stored),
        Promise.ORDER,
        device.user() + " has of " + from.user() + ": " + stored + ", said " + said);
  }

  /** With all keys in place and none older than allowed, everything can be read. */
  private void checkReading(Device device) {
    int aside = device.disk.look(PeerStore.Tx::quarantined);
    if (aside > 0) {
      story.trouble(Trouble.MAIL_UNREADABLE, device.user() + " could not read " + aside);
    }
    story.demand(
        aside == 0 || restored() || world.devices.stream().anyMatch(Device::aged),
        Promise.RATCHET,
        device.user() + " could not read " + aside + " messages");
  }
}
