package dev.waxwing.relay.core;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.relay.store.StoreEngine;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.Frame;
import java.util.List;

/** What happens to the hub. The shell gives every event to {@link Hub#on} on one thread. */
public sealed interface HubEvent {

  /** Calls the case of this event. */
  <R> R on(Cases<R> cases);

  /** One method per event. */
  interface Cases<R> {
    R opened(Opened event);

    R received(Received event);

    R broken(Broken event);

    R alive(Alive event);

    R closed(Closed event);

    R written(Written event);

    R answered(Answered event);

    R passwordChecked(PasswordChecked event);

    R partForced(PartForced event);

    R partNotWritten(PartNotWritten event);

    R partRead(PartRead event);

    R partNotRead(PartNotRead event);

    R blobRestored(BlobRestored event);

    R storeEnded(StoreEnded event);

    R tick(Tick event);

    R drain(Drain event);

    R kick(Kick event);

    R dropUser(DropUser event);

    R setPolicy(SetPolicy event);
  }

  /**
   * A peer's WebSocket is open.
   *
   * @param connection its number
   * @param address where it comes from, without port: what limits per address count
   * @param binding what ties this connection to the relay (PROTOCOL.md, "Login"); for each
   *     connection, because the certificate can change
   */
  record Opened(ConnectionId connection, String address, Bytes binding) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.opened(this);
    }
  }

  /**
   * A frame came whose header could be read.
   *
   * @param frame the frame as it came; its array belongs to the hub from here on
   */
  record Received(ConnectionId connection, PeerMessage message, Frame frame) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.received(this);
    }
  }

  /** A frame came that could not be read, or the peer broke the protocol below frames. */
  record Broken(ConnectionId connection, Fault fault) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.broken(this);
    }
  }

  /** The peer pinged or ponged. */
  record Alive(ConnectionId connection) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.alive(this);
    }
  }

  /** The connection is gone, whoever ended it. */
  record Closed(ConnectionId connection) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.closed(this);
    }
  }

  /**
   * Frames have left the connection's outbound queue for the socket. The shell may sum up, but says
   * it whenever the queue has become empty; this is what paces mail and parts.
   *
   * @param bodyBytes bytes of the bodies of those frames, headers not counted
   */
  record Written(ConnectionId connection, long bodyBytes) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.written(this);
    }
  }

  /** The store answered an {@code Ask}, after its commit. Answers come in the order of the asks. */
  record Answered(Ticket ticket, StoreReply reply) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.answered(this);
    }
  }

  /** A {@code CheckPassword} is done. */
  record PasswordChecked(Ticket ticket, boolean right) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.passwordChecked(this);
    }
  }

  /**
   * Written parts are on disk.
   *
   * @param upTo the first part of the blob that is not forced
   */
  record PartForced(BlobId blob, long upTo) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.partForced(this);
    }
  }

  /**
   * A part could not be written or forced. Parts after it that were handed over already are passed
   * over without a word, until this one or an earlier one comes again, or the blob's disk is empty;
   * the hub hands over the first of a spool alone.
   */
  record PartNotWritten(BlobId blob, long part, Fault fault) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.partNotWritten(this);
    }
  }

  /**
   * A {@code ReadPart} is done.
   *
   * @param slices the part as {@link SliceGrid#cut} makes frames of it
   */
  record PartRead(ConnectionId connection, BlobId blob, long part, List<Frame> slices)
      implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.partRead(this);
    }
  }

  /** A {@code ReadPart} failed. */
  record PartNotRead(ConnectionId connection, BlobId blob, long part, Fault fault)
      implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.partNotRead(this);
    }
  }

  /**
   * At the start, once for each blob in the catalog and before the first {@code Opened}.
   *
   * @param parts what of it was found on disk
   * @param bytesOnDisk what that takes
   */
  record BlobRestored(BlobRecord blob, BlobStore.Extent parts, long bytesOnDisk)
      implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.blobRestored(this);
    }
  }

  /**
   * The store takes nothing more; may be said again.
   *
   * @param state why: STOPPED or CORRUPT
   */
  record StoreEnded(StoreEngine.State state) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.storeEnded(this);
    }
  }

  /** Time has passed; the shell says it about once a second. */
  record Tick() implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.tick(this);
    }
  }

  /** The relay is to end: ends in the effect {@code Drained}. */
  record Drain() implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.drain(this);
    }
  }

  /** Operator: ends every connection of a user. */
  record Kick(UserId user, String reason) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.kick(this);
    }
  }

  /** Operator: removes a user from the directory, with mail, and ends their connections. */
  record DropUser(UserId user) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.dropUser(this);
    }
  }

  /** Operator: other rules from now on; what is open stays open. */
  record SetPolicy(Policy policy) implements HubEvent {
    @Override
    public <R> R on(Cases<R> cases) {
      return cases.setPolicy(this);
    }
  }
}
