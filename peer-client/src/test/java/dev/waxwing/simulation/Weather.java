package dev.waxwing.simulation;

import dev.waxwing.peer.content.Content;
import dev.waxwing.simulation.Climate.Kind;
import dev.waxwing.simulation.Story.Trouble;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What people do and what befalls them while the trouble lasts, at times a seed decides. */
final class Weather {
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;

  private final World world;
  private final Dice dice;
  private final Set<Device> fallen = new HashSet<>();

  Weather(World world) {
    this.world = world;
    this.dice = world.dice.split();
  }

  /** Decides what happens in the next so many milliseconds. */
  void schedule(long millis) {
    int messages = (int) dice.between(10, 60);
    for (int i = 0; i < messages; i++) {
      world.agenda.in(dice.between(0, millis), this::talk);
    }
    for (Kind kind : world.climate.kinds()) {
      int times = (int) dice.between(1, most(kind));
      for (int i = 0; i < times; i++) {
        world.agenda.in(dice.between(0, millis), () -> happen(kind));
      }
    }
  }

  private static int most(Kind kind) {
    return switch (kind) {
      case CUTS -> 20;
      case RELAY_CRASHES, PEER_CRASHES -> 6;
      case RELAY_RESTORES, RELAY_DRAINS, LEAPS -> 2;
      case RELAY_DISK, PEER_DISK -> 5;
      case RELAY_CLOCK, PEER_CLOCK -> 3;
      case BLOBS -> 3;
    };
  }

  /** No new trouble; what lasts ends. */
  void clear() {
    world.relay.disk.full(false);
    world.relay.spool.full(false);
    world.relay.disk.failNext(false);
    world.relay.spool.failNext(false);
    for (Device device : world.devices) {
      device.disk.full(false);
      device.disk.next(PeerDisk.Next.WORKS);
    }
    if (world.relay.disk.stopped() || world.relay.spool.stopped()) {
      world.relay.crash();
    }
    world.agenda.in(1_000, world.relay::start);
  }

  /** Somebody says something, or several things at once. */
  private void talk() {
    Device from = dice.pick(world.devices);
    Device to = another(from);
    int times = dice.oneIn(5) ? (int) dice.between(2, 12) : 1;
    for (int i = 0; i < times && from.running(); i++) {
      world.say(from, to, new Content.Text(world.text()));
    }
  }

  private Device another(Device than) {
    List<Device> others = world.devices.stream().filter(one -> one != than).toList();
    return dice.pick(others);
  }

  private void happen(Kind kind) {
    if (world.calm) {
      return;
    }
    switch (kind) {
      case CUTS -> cut();
      case RELAY_CRASHES -> crashRelay();
      case RELAY_RESTORES -> restoreRelay();
      case RELAY_DRAINS -> {
        world.story.trouble(Trouble.RELAY_DRAINED, "the relay is drained");
        world.relay.drain();
      }
      case RELAY_DISK -> relayDisk();
      case RELAY_CLOCK -> relayClock(jump());
      case PEER_CRASHES -> crashPeer();
      case PEER_DISK -> peerDisk(dice.pick(world.devices));
      case PEER_CLOCK -> peerClock(dice.pick(world.devices), jump());
      case LEAPS -> leap();
      case BLOBS -> {
        Device from = dice.pick(world.devices);
        if (from.running()) {
          Device to = another(from);
          from.files.offer(to);
          if (world.climate.has(Kind.PEER_CRASHES)) {
            crashBetweenPartAndForce(to, 100);
          }
        }
      }
    }
  }

  /** The worst moment for who receives a file: it is looked for so many times. */
  private void crashBetweenPartAndForce(Device device, int times) {
    world.agenda.in(
        dice.between(10, 200),
        () -> {
          if (device.files.unforced() && dice.oneIn(3)) {
            device.crash();
          } else if (times > 1 && !world.calm) {
            crashBetweenPartAndForce(device, times - 1);
          }
        });
  }

  private void cut() {
    List<Wire> wires = world.relay.wires();
    if (dice.oneIn(3)) {
      Device device = dice.pick(world.devices);
      if (device.running()) {
        world.story.trouble(Trouble.LOGIN_TWICE, device.user() + " dials again");
        device.redial();
      }
    } else if (!wires.isEmpty()) {
      Wire wire = dice.pick(wires);
      boolean halfOpen = dice.oneIn(4);
      world.story.trouble(
          halfOpen ? Trouble.LINK_HALF_OPEN : Trouble.LINK_CUT,
          "connection " + wire.id + " is cut");
      wire.cut(halfOpen ? 80_000 : 2_000);
    }
  }

  private void crashRelay() {
    if (world.relay.up()) {
      world.story.trouble(Trouble.RELAY_CRASH, "the relay dies");
      world.relay.crash();
      world.agenda.in(dice.between(10, 5_000), world.relay::start);
    }
  }

  /** A backup is taken, or the relay goes back to the last one. */
  private void restoreRelay() {
    if (dice.heads()) {
      world.story.tell("a backup of the relay");
      world.relay.disk.backUp();
    } else {
      world.story.trouble(Trouble.RELAY_RESTORED, "the relay is restored");
      world.relay.crash();
      world.relay.disk.restore();
      world.watch.restored();
      world.blobs.restored();
      world.agenda.in(dice.between(10, 5_000), world.relay::start);
    }
  }

  private void relayDisk() {
    if (dice.oneIn(3)) {
      world.story.trouble(Trouble.RELAY_FORCE_FAILED, "the relay's disk fails");
      if (dice.heads()) {
        world.relay.disk.failNext(true);
      } else {
        world.relay.spool.failNext(true);
      }
      // Nobody but an operator helps, and that takes time.
      world.agenda.in(dice.between(1_000, 10_000), this::crashRelay);
    } else {
      world.story.trouble(Trouble.RELAY_DISK_FULL, "the relay's disk is full");
      world.relay.disk.full(true);
      world.relay.spool.full(true);
      world.agenda.in(
          dice.between(100, 15_000),
          () -> {
            world.relay.disk.full(false);
            world.relay.spool.full(false);
          });
    }
  }

  private void relayClock(long millis) {
    world.story.trouble(Trouble.RELAY_CLOCK, "the relay's clock jumps " + millis + " ms");
    world.relay.clock.jump(millis);
  }

  private long jump() {
    return dice.between(-HOUR, HOUR) / (dice.heads() ? 1 : 100);
  }

  private void crashPeer() {
    Device device = dice.pick(world.devices);
    if (dice.oneIn(3)) {
      device.crash();
    } else {
      device.disk.next(dice.heads() ? PeerDisk.Next.DIES_BEFORE : PeerDisk.Next.DIES_AFTER);
    }
  }

  private void peerDisk(Device device) {
    if (dice.oneIn(3)) {
      world.story.trouble(Trouble.PEER_FORCE_FAILED, device.user() + "'s disk fails");
      device.disk.next(dice.heads() ? PeerDisk.Next.FAILS_LOST : PeerDisk.Next.FAILS_KEPT);
    } else {
      world.story.trouble(Trouble.PEER_DISK_FULL, device.user() + "'s disk is full");
      device.disk.full(true);
      world.agenda.in(dice.between(100, 15_000), () -> device.disk.full(false));
    }
  }

  private void peerClock(Device device, long millis) {
    world.story.trouble(Trouble.PEER_CLOCK, device.user() + "'s clock jumps " + millis + " ms");
    device.clock.jump(millis);
  }

  /** A clock is weeks wrong, or somebody is away for months: keys age, mail expires. */
  private void leap() {
    long millis = dice.between(1, 45) * DAY;
    switch (dice.below(4)) {
      case 0 -> relayClock(millis);
      case 1 -> peerClock(dice.pick(world.devices), millis);
      case 2 -> startInThePast(dice.pick(world.devices));
      default -> {
        dice.pick(world.devices).crash();
        weeksPass((int) dice.between(1, 8));
      }
    }
  }

  /** A device without a battery for its clock: it starts years ago, and is right soon after. */
  private void startInThePast(Device device) {
    long years = dice.between(1, 56) * 365 * DAY;
    if (device.running() && fallen.add(device)) {
      device.crash();
      peerClock(device, -years);
      world.agenda.in(
          dice.between(1_000, 30_000),
          () -> {
            fallen.remove(device);
            peerClock(device, years);
          });
    }
  }

  private void weeksPass(int times) {
    if (world.calm || times == 0) {
      return;
    }
    long millis = dice.between(1, 20) * DAY;
    world.story.trouble(Trouble.WEEKS_PASSED, millis / DAY + " days pass");
    world.timePasses(millis);
    world.agenda.in(dice.between(2_100, 3_000), () -> weeksPass(times - 1));
  }
}
