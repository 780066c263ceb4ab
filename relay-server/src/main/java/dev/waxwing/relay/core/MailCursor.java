package dev.waxwing.relay.core;

import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.wire.WireLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How far a session has come in its mailbox: what was delivered, and what of it is not acked. */
final class MailCursor {
  /** Most deliveries without an ack. */
  static final int WINDOW = 256;

  /** Most bytes of deliveries without an ack; one delivery always fits. */
  static final long WINDOW_BYTES = 1L << 20;

  final EpochId epoch;

  private final Map<Long, Delivery> unacked = new HashMap<>();
  private final Map<Long, PeerMessage.Mail> toAck = new HashMap<>();
  private long unackedBytes;
  private long delivered;
  private boolean fetching;
  private boolean behind = true;

  private record Delivery(MessageId id, int bytes) {}

  MailCursor(EpochId epoch) {
    this.epoch = epoch;
  }

  /** Sequence number of the last delivery. */
  long delivered() {
    return delivered;
  }

  /** Whether a new row may be delivered from memory, all before it being delivered. */
  boolean takesNow(int bytes) {
    return !behind && !fetching && rows() > 0 && (unacked.isEmpty() || bytes <= bytesLeft());
  }

  /** Rows there may be in the mailbox beyond what was delivered. */
  void fallBehind() {
    behind = true;
  }

  /** Whether to fetch: the store's first row comes however long it is, so that must fit too. */
  boolean wantsFetch() {
    return behind
        && !fetching
        && rows() > 0
        && (unacked.isEmpty() || bytesLeft() >= WireLimits.MAX_SEALED_MESSAGE);
  }

  void beginFetch() {
    fetching = true;
    behind = false;
  }

  void endFetch(boolean more) {
    fetching = false;
    behind |= more;
  }

  int rows() {
    return WINDOW - unacked.size();
  }

  long bytesLeft() {
    return WINDOW_BYTES - unackedBytes;
  }

  boolean allAcked() {
    return unacked.isEmpty();
  }

  /** Notes a delivery; false when it was delivered before. */
  boolean deliver(long seq, MessageId id, int bytes) {
    if (seq <= delivered) {
      return false;
    }
    delivered = seq;
    unacked.put(seq, new Delivery(id, bytes));
    unackedBytes += bytes;
    return true;
  }

  /** Remembers acks that the store could not take; what matches no delivery is forgotten. */
  void ackLater(EpochId named, Iterable<PeerMessage.Mail> mail) {
    for (PeerMessage.Mail one : mail) {
      Delivery delivery = unacked.get(one.seq());
      if (named.equals(epoch) && delivery != null && delivery.id().equals(one.id())) {
        toAck.put(one.seq(), one);
      }
    }
  }

  List<PeerMessage.Mail> takeToAck() {
    List<PeerMessage.Mail> taken = List.copyOf(toAck.values());
    toAck.clear();
    return taken;
  }

  /** Takes an ack into account; what matches no delivery changes nothing. */
  void ack(EpochId named, Iterable<PeerMessage.Mail> mail) {
    if (!named.equals(epoch)) {
      return;
    }
    for (PeerMessage.Mail one : mail) {
      Delivery delivery = unacked.get(one.seq());
      if (delivery != null && delivery.id().equals(one.id())) {
        unacked.remove(one.seq());
        unackedBytes -= delivery.bytes();
      }
    }
  }
}
