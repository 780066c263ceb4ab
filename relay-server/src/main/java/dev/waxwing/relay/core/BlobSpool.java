package dev.waxwing.relay.core;

import dev.waxwing.message.BlobId;
import dev.waxwing.relay.core.BlobRecipients.Recipient;
import dev.waxwing.relay.core.HubEffect.Metric;
import dev.waxwing.wire.WireLimits;
import java.util.Map;

/** Decides when the parts of one blob go to disk, and when they may leave it. */
final class BlobSpool {
  /**
   * Recipients who hold a part within this time of its coming keep up: the uploader is paced by
   * them, and its parts stay off the disk. Behind slower ones it goes on at its own speed.
   */
  private static final long KEEPS_UP_MILLIS = 1_000;

  private final BlobId id;
  private final Turn turn;
  private final BlobBudget budget;
  private final BlobParts parts;
  private final BlobRecipients recipients;

  private long failedSince;

  BlobSpool(BlobId id, Turn turn, BlobBudget budget, BlobParts parts, BlobRecipients recipients) {
    this.id = id;
    this.turn = turn;
    this.budget = budget;
    this.parts = parts;
    this.recipients = recipients;
  }

  /**
   * Hands over what must not stay in memory alone.
   *
   * @param safe every part below is kept
   * @param patience milliseconds a part may wait for recipients to hold it
   */
  void spill(long safe, long patience, BlobSurroundings around) {
    if (!parts.spilling()
        && safe < parts.tail()
        && parts.inMemory(safe) != null
        && must(safe, patience, around)) {
      parts.beginSpool(safe);
    }
    // What was handed over before and cut off again must be written: only then can the spool end.
    while (parts.spilling()
        && (parts.next() < parts.handed() || !near() || must(parts.next(), patience, around))) {
      Map.Entry<Long, BlobParts.Part> part = parts.takeUnwritten();
      if (part == null) {
        return;
      }
      turn.count(Metric.BLOB_PARTS_SPILLED, 1);
      turn.add(new HubEffect.WritePart(id, part.getKey(), part.getValue().slices()));
    }
  }

  /** Whether recipients are so close behind that what follows need not be written. */
  private boolean near() {
    long held = Math.min(parts.tail(), recipients.heldByAll());
    long behind = (parts.tail() - held) * WireLimits.MAX_PART;
    return behind <= budget.limits().windowBytes() / 2;
  }

  /** Whether a part, and with it all behind it, must not stay in memory alone. */
  private boolean must(long from, long patience, BlobSurroundings around) {
    long waited = turn.now() - parts.since(from);
    boolean behind =
        waited >= KEEPS_UP_MILLIS && parts.wholeBytes() > budget.limits().windowBytes() / 2;
    if (behind || budget.tight() || waited >= patience) {
      return true;
    }
    for (Recipient recipient : recipients.active()) {
      if (recipient.held() < parts.tail()
          && recipient.reader() == null
          && (!around.online(recipient.device) || turn.now() - recipient.absentSince() >= 1_000)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Lets go of parts that nobody needs, or that are on disk while memory is short.
   *
   * @param freeable nobody needs a part below
   */
  void letGo(long freeable) {
    long boundary = parts.dropHeld(freeable);
    if (parts.spilling() && freeable >= parts.handed()) {
      leave();
    } else if (boundary >= 0) {
      turn.add(new HubEffect.FreeBelow(id, boundary));
    }
    parts.dropForced(budget.tight() ? 0 : budget.limits().windowBytes() / 2);
  }

  /**
   * Leaves the spool if all recipients hold a part that could not be written. They hold what is on
   * disk then, and what they lack is in memory; the uploader will not send that part again, and
   * without it nothing can follow on disk.
   *
   * @return whether they hold it: nobody else need hear of the failure
   */
  boolean leaveBehind(long part) {
    boolean overtaken = recipients.heldByAll() > part;
    if (overtaken) {
      leave();
    }
    return overtaken;
  }

  /** What is needed on disk does not get there. */
  void failed() {
    if (failedSince == 0) {
      failedSince = turn.now();
    }
  }

  /** Since when what is needed on disk has not got there; 0 when it does, or nothing is needed. */
  long failedSince() {
    return failedSince;
  }

  void forced(long upTo) {
    failedSince = 0;
    parts.forced(upTo);
  }

  private void leave() {
    failedSince = 0;
    turn.add(new HubEffect.FreeBelow(id, parts.handed()));
    parts.leaveSpool();
  }
}
