package dev.waxwing.simulation;

import dev.waxwing.message.Address;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.peer.session.PeerEffect;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerSession;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.TransferLedger;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One person's device: a session over a disk, and a line to the relay that is dialled again and
 * again, with growing pauses, as the program does.
 */
final class Device {
  private static final long LOGIN_MILLIS = 15_000;
  private static final long PING_MILLIS = 30_000;
  private static final long TICK_MILLIS = 5_000;
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;
  private static final int LAST_ACKS = 8;

  final Identity identity;
  final PeerDisk disk = new PeerDisk();
  final Clock clock;
  final Files files;
  private final World world;
  private final Dice dice;

  // For one process.
  private PeerSession session;
  private boolean running;
  private int life;
  private int failures;
  private ControlLine line;

  /** Why messages were given up, as the session told. */
  private final Map<MessageId, FaultCode> givenUp = new HashMap<>();

  private final Set<MessageId> unreceipted = new HashSet<>();

  private final Deque<PeerMessage.Ack> lastAcks = new ArrayDeque<>();

  /** Whether a process died before it could tell what its last transaction meant. */
  private boolean deafened;

  private final Deque<PeerInput> inputs = new ArrayDeque<>();

  Device(World world, Identity identity) {
    this.world = world;
    this.identity = identity;
    this.dice = world.dice.split();
    this.clock = new Clock(world.agenda);
    this.files = new Files(world, this);
  }

  Address address() {
    return identity.address();
  }

  UserId user() {
    return identity.user();
  }

  boolean running() {
    return running;
  }

  boolean ready() {
    return line != null && line.ready();
  }

  /** A process begins. */
  void start() {
    if (running) {
      return;
    }
    running = true;
    failures = 0;
    disk.reopen();
    session =
        new PeerSession(
            world.plant.peerStore(disk),
            world.suite,
            identity,
            length -> world.plant.random(dice.array(length)),
            new TransferLedger() {
              @Override
              public void store(PeerStore.Tx tx, Address from, Content content, long now) {
                writeDown(tx, from, content);
              }

              @Override
              public void admit(PeerStore.Tx tx, UserId to, Content content) {}

              @Override
              public void givenUp(
                  PeerStore.Tx tx, UserId to, Content content, Fault fault, long now) {}
            });
    every(TICK_MILLIS, () -> on(new PeerInput.Tick()));
    every(PING_MILLIS, this::ping);
    files.started();
    dial();
  }

  private void ping() {
    if (ready()) {
      line.ping();
    }
  }

  /** Does something again and again, until the process ends. */
  void every(long millis, Runnable what) {
    later(
        millis,
        () -> {
          what.run();
          every(millis, what);
        });
  }

  /** Does something later, unless the process is gone by then. */
  void later(long millis, Runnable what) {
    int mine = life;
    world.agenda.in(
        millis,
        () -> {
          if (mine == life && running) {
            what.run();
          }
        });
  }

  /** The power goes; somebody starts it again after a while. */
  void crash() {
    if (!running) {
      return;
    }
    world.story.trouble(Story.Trouble.PEER_CRASH, user() + " dies");
    running = false;
    life++;
    deafened = true;
    if (line != null) {
      line.died();
      line = null;
    }
    files.died();
    world.agenda.in(dice.between(10, world.calm ? 1_000 : 20_000), this::start);
  }

  /** The line is let go by this end, which does not wait for the relay to know, and dials again. */
  void redial() {
    if (line != null) {
      line.letGo();
    }
  }

  private void dial() {
    if (line != null || !running) {
      return;
    }
    line = ControlLine.dial(world, this, dice);
    if (line == null) {
      again();
      return;
    }
    ControlLine fresh = line;
    later(
        LOGIN_MILLIS,
        () -> {
          if (line == fresh && !fresh.ready()) {
            fresh.letGo();
          }
        });
  }

  /** Logged in. */
  void up(RelayMessage.Welcome welcome) {
    failures = 0;
    on(new PeerInput.LinkUp(welcome));
    if (ready()) {
      ackAgain();
    }
  }

  /** A connection is gone. */
  void down(ControlLine gone) {
    if (line != gone) {
      return;
    }
    line = null;
    if (running && gone.ready()) {
      downQuietly();
    }
    if (running) {
      files.linkDown();
      again();
    }
  }

  /** The store may fail here too; the next connection begins with what is on disk. */
  private void downQuietly() {
    try {
      session.on(new PeerInput.LinkDown(), clock.now()).forEach(this::carryOut);
    } catch (PeerDisk.PowerCut cut) {
      crash();
    } catch (Fault fault) {
      world.story.tell(user() + ": " + fault.code() + " at the end of a connection");
    }
  }

  private void again() {
    long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
    failures++;
    later(longest / 2 + dice.between(0, longest / 2), this::dial);
  }

  /** Notes what arrives in the transaction that stores it: one line a message, in order. */
  private void writeDown(PeerStore.Tx tx, Address from, Content content) {
    String said = World.said(content);
    if (said != null) {
      String name = "log/" + from.user();
      String before = tx.value(name).map(Device::text).orElse("");
      tx.putValue(name, (before + said + "\n").getBytes(StandardCharsets.UTF_8));
    }
    files.store(tx, from, content);
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  /** What is stored of somebody's messages, in order. */
  List<String> heardFrom(UserId from) {
    return disk.look(tx -> tx.value("log/" + from)).map(Device::text).stream()
        .flatMap(String::lines)
        .toList();
  }

  /** Whether a message is stored, or set aside because it could not be read. */
  boolean keeps(Address from, MessageId id) {
    return disk.look(tx -> tx.seen(from, id) || tx.quarantined() > 0);
  }

  /**
   * One input, and all that follows from it; one that comes of an effect waits until the effects
   * before it are carried out, as on the one thread of a real peer.
   */
  void on(PeerInput input) {
    inputs.add(input);
    if (inputs.size() > 1) {
      return;
    }
    while (!inputs.isEmpty()) {
      turn(inputs.element());
      inputs.remove();
    }
  }

  private void turn(PeerInput input) {
    if (!running) {
      return;
    }
    world.plant.beforeInput(input).forEach(this::carryOut);
    List<PeerEffect> effects;
    try {
      effects =
          world.plant.peerEffects(input, session.on(world.plant.toSession(input), clock.now()));
    } catch (PeerDisk.PowerCut cut) {
      crash();
      return;
    } catch (Fault fault) {
      world.story.tell(user() + ": " + fault.code() + " at " + input.getClass().getSimpleName());
      failed();
      return;
    }
    effects.forEach(this::carryOut);
  }

  /** The store did not take an input: the connection ends, and with a dead store the process. */
  private void failed() {
    if (disk.stopped()) {
      crash();
    } else {
      redial();
    }
  }

  /** Tries to say something; whether it is said shows on disk. */
  void say(MessageId id, UserId to, Content content) {
    on(new PeerInput.Submit(id, to, content));
  }

  /** A number for a request. */
  int nextRef() {
    return session.nextRef();
  }

  /** Says something to the relay on the control connection; false when there is none. */
  boolean transmit(PeerMessage message, byte[] body) {
    if (!ready()) {
      return false;
    }
    line.say(message, body);
    return true;
  }

  private void carryOut(PeerEffect effect) {
    if (!running) {
      return;
    }
    if (effect instanceof PeerEffect.Transmit transmit) {
      if (transmit.message() instanceof PeerMessage.Send send) {
        leaves(send, transmit.body());
      }
      if (transmit.message() instanceof PeerMessage.Ack ack) {
        remember(ack);
      }
      transmit(transmit.message(), transmit.body());
    } else if (effect instanceof PeerEffect.Undeliverable gone) {
      if (gone.content() instanceof Content.Receipt receipt) {
        unreceipted.addAll(receipt.stored());
      }
      givenUp.put(gone.id(), gone.fault().code());
      world.story.trouble(
          Story.Trouble.MESSAGE_REFUSED, user() + " gives up a message: " + gone.fault().code());
    } else if (effect instanceof PeerEffect.Notice notice) {
      world.story.tell(user() + " is told: " + notice.text());
    } else if (effect instanceof PeerEffect.Reply reply) {
      files.replied(reply.message());
    } else if (effect instanceof PeerEffect.ContentArrived arrived) {
      files.arrived(arrived.from(), arrived.content());
    }
  }

  private void remember(PeerMessage.Ack ack) {
    if (lastAcks.size() == LAST_ACKS) {
      lastAcks.remove();
    }
    lastAcks.add(ack);
  }

  /** Acks may come again on another connection, when their rows are gone or their epoch is. */
  private void ackAgain() {
    if (dice.oneIn(3)) {
      List.copyOf(lastAcks).forEach(ack -> transmit(ack, new byte[0]));
    }
  }

  private void leaves(PeerMessage.Send send, byte[] body) {
    int at = 0;
    for (PeerMessage.Target target : send.targets()) {
      byte[] envelope = new byte[target.length()];
      System.arraycopy(body, at, envelope, 0, envelope.length);
      at += envelope.length;
      world.watch.leaves(address(), new Address(send.to(), target.device()), send.id(), envelope);
    }
  }

  /** Why a message was given up; null when nobody was told. */
  FaultCode givenUp(MessageId id) {
    return givenUp.get(id);
  }

  /** Whether this device gave up telling that it stored a message. */
  boolean gaveUpReceiptFor(MessageId id) {
    return unreceipted.contains(id);
  }

  /** Whether more than thirty days passed for it. */
  boolean aged() {
    return clock.isMonthAhead();
  }

  boolean deafened() {
    return deafened;
  }
}
