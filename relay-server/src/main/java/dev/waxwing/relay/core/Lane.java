package dev.waxwing.relay.core;

import dev.waxwing.message.MessageId;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one connection sends to one user, in the order it came. One append is under way at a time,
 * so nothing overtakes a message that the store refuses; and once a message was refused for a
 * while, those that were sent before the sender knew are refused too.
 */
final class Lane {
  /** How long a refused message is waited for: frames sent before its refusal have come by then. */
  static final long HOLD_MILLIS = 60_000;

  private static final int MOST_AT_ONCE = 64;
  private static final long BYTES_AT_ONCE = 256 * 1024;

  private final Deque<Mailbox.Message> waiting = new ArrayDeque<>();
  private boolean underWay;
  private int alone;
  private @Nullable Hold hold;

  /** A refused message, and what was said about it. */
  private record Hold(MessageId id, Refusal refusal, long until) {}

  /**
   * Why a message is not taken for now.
   *
   * @param retryAt when to try again, milliseconds since 1970; 0 when unknown
   */
  record Refusal(Fault fault, long retryAt) {}

  /** Whether the same bytes may be sent again later (PROTOCOL.md, "Mail"). */
  static boolean passes(FaultCode code) {
    return switch (code) {
      case RATE_LIMITED, DISK_FULL, STORE_BUSY, STORE_STOPPED, RELAY_DRAINING -> true;
      default -> false;
    };
  }

  /** Why this message has to wait for another one; null when it has not. */
  @Nullable Refusal holds(MessageId id, long now) {
    Hold held = hold;
    if (held == null || held.id.equals(id) || now >= held.until) {
      hold = null;
      return null;
    }
    return held.refusal;
  }

  /** Takes nothing until this message, which is older than all refused before, comes again. */
  void hold(MessageId id, Refusal refusal, long now) {
    hold = new Hold(id, refusal, now + HOLD_MILLIS);
  }

  void add(Mailbox.Message message) {
    waiting.add(message);
  }

  /** What is to be appended next, at once; empty while something is, or when there is nothing. */
  List<Mailbox.Message> next() {
    List<Mailbox.Message> batch = new ArrayList<>();
    if (underWay) {
      return batch;
    }
    int most = alone > 0 ? 1 : MOST_AT_ONCE;
    long bytes = 0;
    while (!waiting.isEmpty() && batch.size() < most && bytes < BYTES_AT_ONCE) {
      Mailbox.Message message = waiting.remove();
      bytes += message.copies().stream().mapToLong(copy -> copy.body().length()).sum();
      batch.add(message);
    }
    alone = Math.max(0, alone - batch.size());
    underWay = !batch.isEmpty();
    return batch;
  }

  void answered() {
    underWay = false;
  }

  /** One of these is to blame for a failure of all: each goes alone. */
  void separate(List<Mailbox.Message> batch) {
    for (int i = batch.size() - 1; i >= 0; i--) {
      waiting.addFirst(batch.get(i));
    }
    alone = batch.size();
  }

  /** Gives up what waits. */
  List<Mailbox.Message> takeWaiting() {
    List<Mailbox.Message> taken = List.copyOf(waiting);
    waiting.clear();
    return taken;
  }

  /** Whether there is nothing to remember. */
  boolean idle(long now) {
    Hold held = hold;
    return !underWay && waiting.isEmpty() && (held == null || now >= held.until);
  }
}
