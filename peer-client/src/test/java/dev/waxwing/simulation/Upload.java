package dev.waxwing.simulation;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.relay.core.SliceGrid;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.List;

/**
 * A file on its way out, as PROTOCOL.md, "Upload" has it: created, offered, put from where the
 * relay says, described, sealed. What is above the line is on disk.
 */
final class Upload implements DataLine.Owner {
  /** Frames that may be on their way before the socket takes no more. */
  private static final int SOCKET = 8;

  /** Longer than the relay waits for a recipient who holds others up. */
  private static final long STALL_MILLIS = 100_000;

  final Parts parts;
  final Device to;
  private final World world;
  private final Device device;
  private final MessageId offer;
  private final MessageId descriptor;
  private boolean described;
  private boolean sealed;
  private FaultCode lost;

  /** Parts whose leaf is on disk; none leaves before. */
  private long leaves;

  // For one run.
  private Step step = Step.IDLE;
  private int ref;
  private DataLine line;
  private long part;
  private int at;
  private byte[] clear;
  private boolean sealSaid;
  private long movedAt;

  private enum Step {
    IDLE,
    CREATING,
    OPENING,
    BINDING,
    PUTTING,
    SENDING
  }

  Upload(World world, Device device, Device to, Parts parts) {
    this.world = world;
    this.device = device;
    this.to = to;
    this.parts = parts;
    this.offer = new MessageId(world.dice.bytes(MessageId.LENGTH));
    this.descriptor = new MessageId(world.dice.bytes(MessageId.LENGTH));
  }

  BlobId blob() {
    return parts.blob();
  }

  /** Whether the relay has all of it, or it is given up with a reason. */
  boolean over() {
    return (sealed && described) || lost != null || received();
  }

  /** Whether the receiver said that they have it. */
  private boolean received() {
    return device.disk.look(tx -> tx.value("outcome/" + blob())).isPresent();
  }

  FaultCode lost() {
    return lost;
  }

  /** Whether what was said about the file will never come to who it is for. */
  boolean unheard() {
    return List.of(offer, descriptor).stream()
            .anyMatch(id -> device.givenUp(id) != null || world.watch.expired(id))
        || device
            .disk
            .look(tx -> tx.message(offer))
            .filter(row -> row.state() == PeerStore.MessageRow.State.FAILED)
            .isPresent();
  }

  /** Goes on if there is anything to go on with. */
  void pump() {
    boolean stalled = step != Step.IDLE && world.agenda.now() - movedAt > STALL_MILLIS;
    if (over() || (step != Step.IDLE && !stalled) || !device.ready()) {
      return;
    }
    stop();
    move(Step.CREATING);
    ref = device.nextRef();
    device.transmit(
        new PeerMessage.CreateBlob(ref, blob()), Address.encodeList(List.of(to.address())));
  }

  private void move(Step next) {
    step = next;
    movedAt = world.agenda.now();
  }

  void stop() {
    if (line != null) {
      line.close();
      line = null;
    }
    step = Step.IDLE;
  }

  void died() {
    if (line != null) {
      line.died();
      line = null;
    }
    step = Step.IDLE;
  }

  /** An answer on the control connection. */
  void replied(RelayMessage message) {
    if (message instanceof RelayMessage.Done done && done.ref() == ref && step == Step.CREATING) {
      created();
    } else if (message instanceof RelayMessage.DataToken token
        && token.ref() == ref
        && step == Step.OPENING) {
      move(Step.BINDING);
      line = DataLine.dial(world, device, token.token(), this);
      if (line == null) {
        step = Step.IDLE;
      }
    } else if (message instanceof RelayMessage.Refused refusal
        && refusal.ref() != null
        && refusal.ref() == ref) {
      refused(refusal.code());
    } else if (message instanceof RelayMessage.Detached detached
        && detached.blob().equals(blob())) {
      lost = FaultCode.BLOB_DETACHED;
      stop();
    }
  }

  private void created() {
    tellOnce(
        offer,
        new Content.Offer(
            blob(),
            Bytes.of(new byte[32]),
            parts.count() + " " + parts.last(),
            Content.Shape.FILE,
            -1,
            0,
            "",
            null));
    if (step == Step.CREATING && device.ready()) {
      move(Step.OPENING);
      ref = device.nextRef();
      device.transmit(new PeerMessage.OpenData(ref), new byte[0]);
    }
  }

  /** Says something under the same ID until it is on disk. */
  private boolean tellOnce(MessageId id, Content content) {
    boolean visible = content instanceof Content.Offer;
    if (!there(id)) {
      if (visible) {
        world.sent.removeIf(one -> one.id().equals(id));
        world.sent.add(new World.Sent(device, to, id, World.said(content)));
      }
      device.say(id, to.user(), content);
    }
    return there(id);
  }

  private boolean there(MessageId id) {
    return device.disk.look(tx -> tx.outbox(id).isPresent() || tx.message(id).isPresent());
  }

  private void refused(FaultCode code) {
    switch (code) {
      case BLOB_CONFLICT -> {
        // At the creation for good; else it begins again with put.
        if (step == Step.CREATING) {
          lost = code;
        }
      }
      case BLOB_UNKNOWN -> {
        // Where all of it had left everybody has finished with it.
        if (sealed || described) {
          sealed = true;
          described = true;
        } else {
          lost = code;
        }
      }
      case BLOB_EXPIRED, CANCELLED, BLOB_DETACHED -> lost = code;
      default -> world.story.tell(device.user() + "'s upload: " + code);
    }
    stop();
  }

  @Override
  public void bound() {
    move(Step.PUTTING);
    line.say(new PeerMessage.Put(blob()));
  }

  @Override
  public void heard(RelayMessage message, byte[] body) {
    if (message instanceof RelayMessage.PutFrom from) {
      world.blobs.putFrom(blob(), from.part(), leaves, mostResent());
      move(Step.SENDING);
      part = from.part();
      at = 0;
      clear = null;
      sealSaid = false;
      send();
    } else if (message instanceof RelayMessage.Kept kept) {
      movedAt = world.agenda.now();
      world.blobs.kept(blob(), kept.upTo());
    } else if (message instanceof RelayMessage.Sealed) {
      sealed = true;
      world.story.tell(device.user() + " has sealed " + blob());
      world.blobs.kept(blob(), parts.count());
      stop();
    } else if (message instanceof RelayMessage.Refused refusal) {
      refused(refusal.code());
    }
  }

  /** The window, the part that was cut short, and what the socket held. */
  private long mostResent() {
    long window = -Math.floorDiv(-world.climate.blobs().windowBytes(), (long) WireLimits.PART);
    return window + 1 + SOCKET / 4 + 1;
  }

  @Override
  public void ended() {
    line = null;
    step = Step.IDLE;
  }

  /** Sends as long as the socket takes it, then a little later again. */
  private void send() {
    DataLine mine = line;
    while (line == mine && line != null && part < parts.count() && line.unread() < SOCKET) {
      if (clear == null) {
        clear = parts.bytes(part);
        leaves = Math.max(leaves, part + 1);
      }
      Slice slice = new Slice(blob(), part, at, clear.length);
      int length = SliceGrid.length(slice);
      line.send(slice, clear, length);
      movedAt = world.agenda.now();
      at += length;
      if (at == clear.length) {
        clear = null;
        part++;
        at = 0;
      }
    }
    if (part == parts.count() && !sealSaid) {
      described =
          described
              || tellOnce(
                  descriptor, new Content.Final(blob(), parts.size(), Bytes.of(new byte[32])));
      if (line == mine && line != null && described) {
        sealSaid = true;
        line.say(new PeerMessage.Seal(blob(), parts.count(), parts.size()));
      }
    }
    if (line == mine && line != null && !sealSaid) {
      device.later(
          15,
          () -> {
            if (line == mine && step == Step.SENDING) {
              send();
            }
          });
    }
  }
}
