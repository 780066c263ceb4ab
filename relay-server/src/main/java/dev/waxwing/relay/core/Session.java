package dev.waxwing.relay.core;

import dev.waxwing.identity.LoginTranscript;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.WireLimits;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One connection as the hub sees it. Owned by the hub's thread. */
final class Session {
  // For the life of the connection.
  final ConnectionId connection;
  final String address;
  final Bytes binding;
  final long opened;

  // Changes with every frame.
  SessionState state = SessionState.FRESH;
  long lastHeard;
  private long unwritten;
  private int partsBeingRead;
  private int inFlight;
  private final Set<Pause> pauses = EnumSet.noneOf(Pause.class);

  // From Hello on.
  @Nullable LoginTranscript transcript;

  // From login or bind on.
  @Nullable Address who;

  // Control sessions.
  @Nullable MailCursor mail;
  boolean watching;
  final Map<UserId, Lane> lanes = new HashMap<>();

  // Data connections: the control session that asked for the token, and what was put here, with the
  // oldest first.
  @Nullable ConnectionId parent;
  final Set<BlobId> puts = new LinkedHashSet<>();
  final Set<BlobId> gets = new HashSet<>();
  final Set<BlobId> waiting = new HashSet<>();

  /** Why reading is paused. */
  enum Pause {
    /** Too many requests wait for the store. */
    REQUESTS,
    /** The peer does not read what it asked for. */
    OUTPUT,
    /** A blob has no room. */
    BLOB
  }

  Session(HubEvent.Opened event, long now) {
    this.connection = event.connection();
    this.address = event.address();
    this.binding = event.binding();
    this.opened = now;
    this.lastHeard = now;
  }

  /** Whose session this is; only where it is READY or BOUND. */
  Address who() {
    if (who == null) {
      throw new IllegalStateException("a session without a login");
    }
    return who;
  }

  /** The place in the mailbox; only where it is READY. */
  MailCursor mail() {
    if (mail == null) {
      throw new IllegalStateException("not a control session");
    }
    return mail;
  }

  LoginTranscript transcript() {
    if (transcript == null) {
      throw new IllegalStateException("a session without a challenge");
    }
    return transcript;
  }

  boolean open() {
    return state != SessionState.CLOSING;
  }

  boolean ready() {
    return state == SessionState.READY;
  }

  boolean bound() {
    return state == SessionState.BOUND;
  }

  /** A part is being read from disk for it. */
  void readsPart() {
    partsBeingRead++;
  }

  /** A part was read, or could not be. */
  void partRead() {
    partsBeingRead = Math.max(0, partsBeingRead - 1);
  }

  /** Bytes on their way to the socket: handed over, or being read from disk. */
  long onTheWay() {
    return unwritten + (long) partsBeingRead * WireLimits.MAX_PART;
  }

  /** Bytes of bodies handed to the shell and not yet on the socket. */
  long unwritten() {
    return unwritten;
  }

  void handed(long bytes) {
    unwritten += bytes;
  }

  void written(long bytes) {
    unwritten = Math.max(0, unwritten - bytes);
  }

  /** Requests that wait for the store. */
  int inFlight() {
    return inFlight;
  }

  void began() {
    inFlight++;
  }

  void ended() {
    inFlight--;
  }

  boolean paused() {
    return !pauses.isEmpty();
  }

  /** Sets or clears a reason to pause; whether reading changed by it. */
  boolean pause(Pause reason, boolean on) {
    boolean before = paused();
    if (on) {
      pauses.add(reason);
    } else {
      pauses.remove(reason);
    }
    return before != paused();
  }
}
