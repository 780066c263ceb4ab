package dev.waxwing.simulation;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.peer.content.Content;
import dev.waxwing.wire.FaultCode;
import java.io.ByteArrayOutputStream;

/**
 * A file on its way in, as PROTOCOL.md, "Download" has it: from what is held, each part forced
 * before it is told, named when all of it is there and described.
 */
final class Download implements DataLine.Owner {
  private static final long STALL_MILLIS = 40_000;

  final Parts parts;
  private final Device from;
  private final World world;
  private final Device device;
  private final MessageId outcome;

  // On disk.
  private long forced;
  private boolean named;
  private boolean finished;
  private FaultCode lost;

  // For one run.
  private Step step = Step.IDLE;
  private int ref;
  private DataLine line;
  private long written;
  private boolean forceDue;
  private boolean ended;
  private long movedAt;
  private final ByteArrayOutputStream arriving = new ByteArrayOutputStream();

  private enum Step {
    IDLE,
    OPENING,
    BINDING,
    GETTING,
    FINISHING
  }

  Download(World world, Device device, Device from, Parts parts) {
    this.world = world;
    this.device = device;
    this.from = from;
    this.parts = parts;
    this.outcome = new MessageId(world.dice.bytes(MessageId.LENGTH));
  }

  BlobId blob() {
    return parts.blob();
  }

  boolean over() {
    return finished || lost != null;
  }

  boolean named() {
    return named;
  }

  FaultCode lost() {
    return lost;
  }

  void pump() {
    boolean stalled = step != Step.IDLE && world.agenda.now() - movedAt > STALL_MILLIS;
    if (over() || !device.ready() || (step != Step.IDLE && !stalled)) {
      return;
    }
    stop();
    ref = device.nextRef();
    if (named) {
      move(Step.FINISHING);
      device.transmit(new PeerMessage.FinishBlob(ref, blob()), new byte[0]);
    } else {
      move(Step.OPENING);
      device.transmit(new PeerMessage.OpenData(ref), new byte[0]);
    }
  }

  private void move(Step next) {
    step = next;
    movedAt = world.agenda.now();
  }

  void stop() {
    if (line != null) {
      line.close();
    }
    forget();
  }

  /** Whether something of it is not on disk yet. */
  boolean unforced() {
    return written > forced;
  }

  void died() {
    if (line != null) {
      line.died();
    }
    forget();
  }

  private void forget() {
    line = null;
    step = Step.IDLE;
    forceDue = false;
    written = forced;
    ended = false;
    arriving.reset();
  }

  void replied(RelayMessage message) {
    if (message instanceof RelayMessage.DataToken token
        && token.ref() == ref
        && step == Step.OPENING) {
      move(Step.BINDING);
      line = DataLine.dial(world, device, token.token(), this);
      if (line == null) {
        step = Step.IDLE;
      }
    } else if (message instanceof RelayMessage.Done done
        && done.ref() == ref
        && step == Step.FINISHING) {
      finish();
    } else if (message instanceof RelayMessage.Refused refusal
        && refusal.ref() != null
        && refusal.ref() == ref) {
      if (step == Step.FINISHING && refusal.code() == FaultCode.BLOB_UNKNOWN) {
        // It was told before, and the answer was lost.
        finish();
      } else {
        stop();
      }
    }
  }

  private void finish() {
    finished = true;
    step = Step.IDLE;
    world.story.tell(device.user() + " has finished " + blob());
    device.say(
        outcome,
        from.user(),
        new Content.FileOutcome(blob(), Content.FileOutcome.Outcome.RECEIVED));
  }

  @Override
  public void bound() {
    move(Step.GETTING);
    written = world.plant.readerHolds(forced, written);
    line.say(new PeerMessage.Get(blob(), written));
  }

  @Override
  public void heard(RelayMessage message, byte[] body) {
    movedAt = world.agenda.now();
    if (message instanceof Slice slice) {
      slice(slice, body);
    } else if (message instanceof RelayMessage.End end) {
      world.story.demand(
          end.parts() == parts.count() && end.size() == parts.size() && written == parts.count(),
          Promise.FILE,
          blob() + " ends at " + written + " of " + parts.count() + " parts");
      ended = true;
      name();
    } else if (message instanceof RelayMessage.Refused refusal) {
      refused(refusal.code());
    }
  }

  private void slice(Slice slice, byte[] body) {
    world.story.demand(
        slice.part() == written && slice.at() == arriving.size(),
        Promise.FILE,
        blob() + ": slice " + slice.part() + "/" + slice.at() + " after part " + written);
    arriving.writeBytes(body);
    if (arriving.size() == slice.of()) {
      world.story.demand(
          parts.is(written, arriving.toByteArray()),
          Promise.FILE,
          blob() + ": part " + written + " is not what was sent");
      arriving.reset();
      written++;
      forceSoon();
    }
  }

  private void forceSoon() {
    long early = world.plant.readerHolds(forced, written);
    if (early > forced) {
      line.say(new PeerMessage.Held(blob(), early));
    }
    if (!forceDue) {
      forceDue = true;
      DataLine mine = line;
      device.later(
          world.dice.between(1, 400),
          () -> {
            if (line == mine && line != null) {
              force();
            }
          });
    }
  }

  private void force() {
    forceDue = false;
    forced = written;
    line.say(new PeerMessage.Held(blob(), forced));
    name();
  }

  /** The file gets its name when it is complete, described and right. */
  private void name() {
    boolean described = device.disk.look(tx -> tx.value("final/" + blob())).isPresent();
    if (ended && forced == parts.count() && described && !named) {
      named = true;
      world.story.tell(device.user() + " has " + blob());
      stop();
    } else if (ended && forced == parts.count() && !described) {
      // The descriptor is still to come.
      stop();
    }
  }

  private void refused(FaultCode code) {
    world.story.tell(device.user() + "'s download: " + code);
    switch (code) {
      case SOURCE_GONE, BLOB_UNKNOWN, BLOB_EXPIRED, BLOB_CORRUPT, BLOB_DENIED, BLOB_DETACHED ->
          lost = code;
      default -> {}
    }
    stop();
  }

  @Override
  public void ended() {
    forget();
  }
}
