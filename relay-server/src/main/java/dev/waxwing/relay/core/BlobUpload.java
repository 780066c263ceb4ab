package dev.waxwing.relay.core;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import org.jspecify.annotations.Nullable;

/** Who uploads a blob now, what they were told, and whether they may send the next part. */
final class BlobUpload {
  /** After this long without room, whoever stands in the way is detached. */
  static final long STALL_MILLIS = 60_000;

  /** How long a resumed upload waits after a restart for recipients to say what they hold. */
  static final long RESTATE_MILLIS = 10_000;

  /** When to try again after the disk was full. */
  static final long RETRY_MILLIS = 5_000;

  private static final long IDLE_MILLIS = 30_000;

  private final BlobId blob;
  private final Turn turn;

  private @Nullable Session session;
  private boolean answered;
  private long told;
  private long heardAt;

  /** Room for one whole part is set aside. */
  private boolean granted;

  private long quotaSince;

  BlobUpload(BlobId blob, Turn turn) {
    this.blob = blob;
    this.turn = turn;
  }

  /** The newer connection wins. */
  void begin(Session next) {
    if (session != null && session != next) {
      refuse(new Fault(FaultCode.BLOB_CONFLICT, "another connection uploads it now"), 0);
    }
    end();
    session = next;
    heardAt = turn.now();
  }

  boolean present() {
    return session != null;
  }

  boolean by(Session candidate) {
    return session != null && session == candidate;
  }

  boolean unanswered() {
    return session != null && !answered;
  }

  void answer(long from) {
    answered = true;
    told = from;
    write(new RelayMessage.PutFrom(blob, from));
  }

  void kept(long upTo) {
    if (answered && upTo > told) {
      told = upTo;
      write(new RelayMessage.Kept(blob, upTo));
    }
  }

  void write(RelayMessage message) {
    if (session != null) {
      turn.write(session, message);
    }
  }

  void heard(long now) {
    heardAt = now;
  }

  void partDone() {
    granted = false;
  }

  /** Gives back room set aside for somebody who sends nothing, so that it goes round. */
  void giveBackIfIdle(long now) {
    if (granted && now - heardAt >= IDLE_MILLIS / 3) {
      granted = false;
    }
  }

  boolean wantsRoom() {
    return session != null && answered && !granted;
  }

  void grant() {
    granted = true;
    heardAt = turn.now();
    stopWaiting();
  }

  /** No part follows any more. */
  void wantsNoMore() {
    granted = false;
    stopWaiting();
  }

  void await(long now, boolean quota) {
    if (!quota) {
      quotaSince = 0;
    } else if (quotaSince == 0) {
      quotaSince = now;
    }
    if (session != null) {
      session.waiting.add(blob);
      turn.pause(session, Session.Pause.BLOB, true);
    }
  }

  private void stopWaiting() {
    quotaSince = 0;
    if (session != null && session.waiting.remove(blob)) {
      turn.pause(session, Session.Pause.BLOB, !session.waiting.isEmpty());
    }
  }

  /** Since when the quota has been full; 0 when it is not. */
  long quotaSince() {
    return quotaSince;
  }

  /** What is set aside or taken beyond whole parts, in bytes. */
  long charge(BlobParts parts) {
    long arriving = parts.memoryBytes() - parts.wholeBytes();
    return granted ? Math.max(WireLimits.MAX_PART, arriving) : arriving;
  }

  /** Whether room is set aside for somebody who sends nothing. */
  boolean idle(long now, boolean betweenParts) {
    return granted && !betweenParts && now - heardAt >= IDLE_MILLIS;
  }

  void refuse(Fault fault, long retryAfter) {
    if (session != null) {
      turn.refuse(session, blob, fault, retryAfter);
    }
    end();
  }

  void end() {
    stopWaiting();
    session = null;
    answered = false;
    granted = false;
  }
}
