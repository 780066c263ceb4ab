package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.HistoryQuery;
import dev.waxwing.peer.api.JoinRequest;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.peer.api.Profiles;
import dev.waxwing.peer.store.ProfileFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A person with a profile on disk and the library in this process. */
final class Someone implements AutoCloseable {
  /** Most any step may take, on a machine that has other work too. */
  static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(Long.getLong("patience", 120));

  private static final int REMEMBERED = 5_000;

  final UserId user;
  final Path home;
  private final Profiles profiles;
  private final List<PeerEvent> events = new ArrayList<>();
  private Peer peer;

  private Someone(String name, Path home) {
    this.user = new UserId(name);
    this.home = home;
    this.profiles =
        new Profiles(ProfileFolder.locate(home, ProfileFolder.Surroundings.current()), () -> null);
  }

  /** Somebody who has joined, and is not here. */
  static Someone joined(EvilRelay relay, Path folder, String name) {
    Someone someone = new Someone(name, folder.resolve(name));
    someone.profiles.join(new JoinRequest(relay.invite(), someone.user, null));
    return someone;
  }

  /** Somebody who has joined and is online. */
  static Someone here(EvilRelay relay, Path folder, String name) {
    Someone someone = joined(relay, folder, name);
    someone.come();
    someone.peer.awaitOnline(PATIENCE_MILLIS);
    return someone;
  }

  /** Starts their program. */
  void come() {
    peer = profiles.open();
    peer.subscribe(this::note);
  }

  /** Ends their program. */
  void leave() {
    if (peer != null) {
      peer.close();
      peer = null;
    }
  }

  private synchronized void note(PeerEvent event) {
    if (events.size() < REMEMBERED) {
      events.add(event);
    }
  }

  Peer peer() {
    return peer;
  }

  /** What they were told beside messages. */
  synchronized List<String> notices() {
    List<String> notices = new ArrayList<>();
    for (PeerEvent event : events) {
      if (event instanceof PeerEvent.Notice notice) {
        notices.add(notice.text());
      }
    }
    return notices;
  }

  /** Writes to somebody and does not wait. */
  Message writes(Someone to, String text) {
    return peer.sendText(to.user, text);
  }

  /** Writes to somebody, who may not know them, and waits until it is stored there. */
  void reaches(Someone to, String text) {
    writes(to, text);
    until(text + " at " + to.user, () -> to.heard(this).contains(text));
  }

  /** Writes to somebody who has written to them, and waits for the receipt. */
  void tells(Someone to, String text) {
    Message sent = writes(to, text);
    Message then = peer.awaitMessage(sent.id(), MessageState.DELIVERED, PATIENCE_MILLIS);
    assertEquals(MessageState.DELIVERED, then.state(), () -> user + " to " + to.user + ": " + then);
  }

  /** What is stored as said by somebody, in its order. */
  List<String> heard(Someone from) {
    return lines(from).stream()
        .filter(line -> line.kind() == Message.Kind.TEXT && !line.outgoing())
        .map(Message::text)
        .toList();
  }

  /** The conversation with somebody. */
  List<Message> lines(Someone with) {
    return peer.history(new HistoryQuery(with.user, 0, null, 10_000));
  }

  /** Waits for something to become true. */
  static void until(String what, BooleanSupplier condition) {
    if (!within(PATIENCE_MILLIS, condition)) {
      throw new AssertionError("never: " + what);
    }
  }

  /** Waits a while for something that need not become true; whether it did. */
  static boolean within(long millis, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    return true;
  }

  @Override
  public void close() {
    leave();
  }
}
