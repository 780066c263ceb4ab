package dev.waxwing.relay.core;

import dev.waxwing.message.MessageId;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one connection sends to one user, in the order it came. One append is under way at a time,
 * so nothing overtakes a message that the store refuses; and once a message was refused that
 * another time might be taken, those that were sent before the sender knew are refused too. A
 * sender hears every answer before it sends anything again, so the first refused message that comes
 * again says that it knows.
 */
final class Lane {
  /**
   * How long something refused is waited for, from the last refusal on: frames sent before it have
   * come by then, since a connection that was silent for 90 s has ended.
   */
  static final long HOLD_MILLIS = 120_000;

  /** Refused messages that are remembered: as many as a sender leaves unanswered. */
  private static final int MOST_REFUSED = 32;

  private static final int MOST_AT_ONCE = 64;
  private static final long BYTES_AT_ONCE = 256 * 1024;

  private final Deque<Mailbox.Message> waiting = new ArrayDeque<>();
  private boolean underWay;
  private int alone;
  private @Nullable Hold hold;

  /** What was refused in a row, and what is said about everything else meanwhile. */
  private static final class Hold {
    private final Refusal refusal;
    private final Set<MessageId> refused = new LinkedHashSet<>();
    private long until;

    Hold(Refusal refusal) {
      this.refusal = refusal;
    }

    void add(MessageId id, long now) {
      until = now + HOLD_MILLIS;
      // The oldest are those that got their receipts meanwhile and never come again.
      if (refused.add(id) && refused.size() > MOST_REFUSED) {
        refused.remove(refused.iterator().next());
      }
    }
  }

  /**
   * Why a message is not taken for now.
   *
   * @param retryAt when to try again, milliseconds since 1970; 0 when unknown
   */
  record Refusal(Fault fault, long retryAt) {}

  /** Whether the same bytes may be sent again later (PROTOCOL.md, "Mail"). */
  static boolean passes(FaultCode code) {
    return switch (code) {
      case RATE_LIMITED, DISK_FULL, STORE_BUSY, STORE_STOPPED, RELAY_DRAINING, MESSAGE_BEHIND ->
          true;
      default -> false;
    };
  }

  /** Why this message is refused too; null when it is not. */
  @Nullable Refusal holds(MessageId id, long now) {
    Hold held = hold;
    if (held == null || held.refused.contains(id) || now >= held.until) {
      hold = null;
      return null;
    }
    held.add(id, now);
    return held.refusal;
  }

  /**
   * Takes nothing until one of these, or of those refused before or after, comes again.
   *
   * @param refused in their order; older than all refused before, which were not with the store
   * @param refusal what those refused after them are told
   */
  void hold(List<MessageId> refused, Refusal refusal, long now) {
    Hold next = new Hold(refusal);
    Hold before = hold;
    if (before != null) {
      before.refused.forEach(id -> next.add(id, now));
    }
    refused.forEach(id -> next.add(id, now));
    hold = next;
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
