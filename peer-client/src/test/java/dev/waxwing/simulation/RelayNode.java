package dev.waxwing.simulation;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.core.ConnectionId;
import dev.waxwing.relay.core.Hub;
import dev.waxwing.relay.core.HubEffect;
import dev.waxwing.relay.core.HubEvent;
import dev.waxwing.relay.core.Moment;
import dev.waxwing.relay.core.Policy;
import dev.waxwing.relay.store.StoreEngine;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Frame;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The relay: one hub a process, over disks that outlive it. */
final class RelayNode implements Wire.RelayEnd {
  private static final Bytes BINDING = Bytes.of(new byte[32]);
  private static final long TICK_MILLIS = 1_000;
  private static final long UPKEEP_MILLIS = 2_000;

  final RelayDisk disk;
  final Spool spool;
  final Clock clock;

  // How long relays had run on the store when this process began, less the agenda's time then.
  private long ranFrom;

  // The same in truth, which no crash forgets: of all processes before this one, and where it
  // began.
  private long ran;
  private long began;
  final Signing.Pair identity;
  private final World world;
  private final Policy policy;
  private final Dice dice;
  private final Map<ConnectionId, Wire> wires = new HashMap<>();
  private final Effects effects = new Effects();

  private Hub hub;
  private boolean up;
  private int life;
  private long connections;

  RelayNode(World world, Policy policy, StoreOptions options) {
    this.world = world;
    this.policy = policy;
    this.dice = world.dice.split();
    this.clock = new Clock(world.agenda);
    this.disk = new RelayDisk(world, options);
    this.spool = new Spool(world, this::post);
    this.identity = world.suite.signing().pair(Secret.take(dice.array(32)));
    disk.onStop(() -> post(new HubEvent.StoreEnded(StoreEngine.State.STOPPED)));
  }

  boolean up() {
    return up;
  }

  /** A process begins on what is on disk. */
  void start() {
    if (up) {
      return;
    }
    up = true;
    world.story.tell("relay starts");
    world.watch.started(disk.store);
    world.blobs.relayStarted();
    ranFrom = disk.store.mailbox().ran() - world.agenda.now();
    began = world.agenda.now();
    hub = new Hub(policy, world.suite.signing(), identity, dice::bytes);
    spool.recover(disk.store.blobs().all()).forEach(this::take);
    every(TICK_MILLIS, () -> take(new HubEvent.Tick()));
    every(UPKEEP_MILLIS, () -> disk.expire(moment()));
  }

  /** What the relay knows of the time. */
  private Moment moment() {
    return new Moment(clock.now(), world.plant.ran(ranFrom + world.agenda.now()));
  }

  /** Time passes in which nothing else happens; a process that runs has run that long. */
  void timePasses(long millis) {
    clock.jump(millis);
    if (up) {
      ranFrom += millis;
      ran += millis;
    }
  }

  /** How long it has run in all. */
  long ran() {
    return ran + (up ? world.agenda.now() - began : 0);
  }

  private void every(long millis, Runnable what) {
    int mine = life;
    world.agenda.in(
        millis,
        () -> {
          if (mine == life) {
            what.run();
            every(millis, what);
          }
        });
  }

  /** The power goes. */
  void crash() {
    if (up) {
      ran = ran();
      up = false;
      life++;
      disk.crash();
      spool.crash();
      wires.values().forEach(Wire::relayDied);
      wires.clear();
    }
  }

  /** The operator ends it. */
  void drain() {
    if (up) {
      post(new HubEvent.Drain());
    }
  }

  /** A connection, or null when nobody listens. */
  Wire connect(Wire.PeerEnd end, String address, long lag) {
    if (!up) {
      return null;
    }
    ConnectionId id = new ConnectionId(++connections);
    Wire wire = new Wire(id, new Wire.Network(world.agenda, dice), end, this, lag);
    wires.put(id, wire);
    take(new HubEvent.Opened(id, address, BINDING));
    return wire;
  }

  /** Every connection there is now, in the order they were made. */
  List<Wire> wires() {
    return wires.values().stream()
        .sorted((a, b) -> Long.compare(a.id.number(), b.id.number()))
        .toList();
  }

  /** Gives the hub an event soon, unless the process is gone by then. */
  void post(HubEvent event) {
    int mine = life;
    world.agenda.in(
        0,
        () -> {
          if (mine == life && up) {
            take(event);
          }
        });
  }

  private void take(HubEvent event) {
    for (HubEffect effect : hub.on(event, moment())) {
      if (up) {
        effect.on(effects);
      }
    }
  }

  @Override
  public void heard(Wire wire, PeerMessage message, Frame frame) {
    if (message instanceof PeerMessage.Get get) {
      world.blobs.stated(get.blob());
    }
    take(new HubEvent.Received(wire.id, message, frame));
  }

  @Override
  public void alive(Wire wire) {
    take(new HubEvent.Alive(wire.id));
  }

  @Override
  public void wrote(Wire wire, long bodyBytes) {
    take(new HubEvent.Written(wire.id, bodyBytes));
  }

  @Override
  public void ended(Wire wire) {
    wires.remove(wire.id);
    take(new HubEvent.Closed(wire.id));
  }

  /** Carries out what the hub wants. */
  private final class Effects implements HubEffect.Cases<Boolean> {
    @Override
    public Boolean write(HubEffect.Write effect) {
      Wire wire = wires.get(effect.connection());
      if (wire != null) {
        if (effect.message() instanceof RelayMessage.Accepted accepted) {
          world.watch.accepted(accepted.id());
        }
        wire.toPeer(world.plant.toPeer(effect.message()), effect.body().toBytes().toArray());
      }
      return true;
    }

    @Override
    public Boolean forward(HubEffect.Forward effect) {
      Wire wire = wires.get(effect.connection());
      if (wire != null) {
        wire.toPeer(HeaderCodec.relayMessage(effect.frame()), effect.frame().body());
      }
      return true;
    }

    @Override
    public Boolean close(HubEffect.Close effect) {
      Wire wire = wires.get(effect.connection());
      if (wire != null) {
        wire.toPeer(effect.bye(), new byte[0]);
        wire.closeFromRelay();
      }
      return true;
    }

    @Override
    public Boolean pauseReading(HubEffect.PauseReading effect) {
      return reading(effect.connection(), false);
    }

    @Override
    public Boolean resumeReading(HubEffect.ResumeReading effect) {
      return reading(effect.connection(), true);
    }

    private Boolean reading(ConnectionId id, boolean on) {
      Wire wire = wires.get(id);
      if (wire != null) {
        wire.reading(on);
      }
      return true;
    }

    @Override
    public Boolean ask(HubEffect.Ask effect) {
      disk.ask(effect, reply -> post(new HubEvent.Answered(effect.ticket(), reply)));
      return true;
    }

    @Override
    public Boolean checkPassword(HubEffect.CheckPassword effect) {
      throw new AssertionError("nobody registers here");
    }

    @Override
    public Boolean writePart(HubEffect.WritePart effect) {
      spool.write(effect);
      return true;
    }

    @Override
    public Boolean readPart(HubEffect.ReadPart effect) {
      spool.read(effect);
      return true;
    }

    @Override
    public Boolean freeBelow(HubEffect.FreeBelow effect) {
      spool.freeBelow(effect);
      return true;
    }

    @Override
    public Boolean deleteBlob(HubEffect.DeleteBlob effect) {
      spool.delete(effect);
      return true;
    }

    @Override
    public Boolean log(HubEffect.Log effect) {
      if (effect.level() != HubEffect.Level.DEBUG) {
        world.story.tell("relay: " + effect.event() + " " + effect.fields());
      }
      return true;
    }

    @Override
    public Boolean count(HubEffect.Count effect) {
      return true;
    }

    @Override
    public Boolean drained(HubEffect.Drained effect) {
      world.agenda.in(
          dice.between(100, 500),
          () -> {
            crash();
            world.agenda.in(dice.between(10, 2_000), RelayNode.this::start);
          });
      return true;
    }
  }
}
