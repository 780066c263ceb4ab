package dev.waxwing.peer.session;

import dev.waxwing.message.Address;
import dev.waxwing.message.MessageId;
import dev.waxwing.peer.content.Content;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages that could not be opened: at the end of a turn each sending device is asked for them
 * again, over a new session, and only so often.
 */
final class Unreadable {
  private static final int MAX_RESENDS_AN_HOUR = 10;
  private static final long HOUR_MILLIS = 3_600_000;

  /** Times a message that cannot be read is asked for. */
  private static final int MAX_ASKED = 3;

  /** Messages whose askings are counted; the oldest are forgotten. */
  private static final int MAX_COUNTED = 1_000;

  private final Sessions sessions;
  private final Outbox outbox;

  // Valid for the process.
  private final Map<Asked, Integer> asked = new LinkedHashMap<>();

  // Valid for one turn.
  private final Map<Address, List<MessageId>> unreadable = new LinkedHashMap<>();

  private record Asked(Address from, MessageId id) {}

  Unreadable(Sessions sessions, Outbox outbox) {
    this.sessions = sessions;
    this.outbox = outbox;
  }

  /** What brings this back to where it is now, when a turn fails. */
  Runnable remember() {
    Map<Asked, Integer> counts = new LinkedHashMap<>(asked);
    return () -> {
      asked.clear();
      asked.putAll(counts);
    };
  }

  /** Forgets what an earlier turn left when its transaction failed. */
  void startTurn() {
    unreadable.clear();
  }

  void add(Address from, MessageId id) {
    unreadable.computeIfAbsent(from, device -> new ArrayList<>()).add(id);
  }

  /** Ends a turn: asks for what it could not read. */
  void flush(Turn turn) {
    unreadable.forEach((device, ids) -> askAgain(turn, device, ids));
    unreadable.clear();
  }

  /** Over a new session; the last time only so that the sender gives up too. */
  private void askAgain(Turn turn, Address device, List<MessageId> ids) {
    List<MessageId> ask = new ArrayList<>();
    for (MessageId id : ids) {
      int times = asked.merge(new Asked(device, id), 1, Integer::sum);
      if (times <= MAX_ASKED + 1) {
        ask.add(id);
      }
      if (times == MAX_ASKED + 1) {
        turn.effects()
            .add(new PeerEffect.Notice("a message of " + device.user() + " cannot be read"));
      }
    }
    while (asked.size() > MAX_COUNTED) {
      asked.remove(asked.keySet().iterator().next());
    }
    if (ask.isEmpty() || !mayAsk(turn, device)) {
      return;
    }
    sessions.renew(turn, device);
    for (int from = 0; from < ask.size(); from += Content.Resend.MAX) {
      int to = Math.min(ask.size(), from + Content.Resend.MAX);
      outbox.submit(
          turn,
          new PeerInput.Submit(
              outbox.fresh(), device.user(), new Content.Resend(ask.subList(from, to))));
    }
  }

  /**
   * Two devices that cannot read each other, each unreadable request causing another, would never
   * stop: so many requests an hour are sent to a device.
   */
  private static boolean mayAsk(Turn turn, Address device) {
    String name = "resends/" + device;
    ByteBuffer last =
        turn.tx()
            .value(name)
            .map(ByteBuffer::wrap)
            .filter(kept -> Math.abs(turn.now() - kept.getLong(0)) < HOUR_MILLIS)
            .orElseGet(() -> ByteBuffer.allocate(12).putLong(0, turn.now()));
    int sent = last.getInt(8);
    if (sent >= MAX_RESENDS_AN_HOUR) {
      return false;
    }
    byte[] next = ByteBuffer.allocate(12).putLong(last.getLong(0)).putInt(sent + 1).array();
    turn.tx().putValue(name, next);
    return true;
  }
}
