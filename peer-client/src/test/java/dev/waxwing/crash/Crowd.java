package dev.waxwing.crash;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.HistoryQuery;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.peer.api.Profiles;
import dev.waxwing.peer.api.ReceiveRequest;
import dev.waxwing.peer.api.SendRequest;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.peer.store.ProfileFolder;
import dev.waxwing.system.Sample;
import dev.waxwing.system.Town;
import dev.waxwing.wire.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Two people of the peer library in this JVM who write to each other, and one of whom sends files,
 * without end: the load under which a relay is struck. What they wrote is in their ledgers.
 */
final class Crowd implements AutoCloseable {
  /** Messages of one person that the relay has not taken; then they wait. */
  private static final int MOST_UNDER_WAY = 64;

  private static final long FILE = Sample.MIB + 12_345;
  private static final long REST_SECONDS = 90;
  private static final long FILE_SECONDS = 120;

  private final List<Someone> people;
  private final Path files;
  private final List<Thread> threads = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private volatile boolean talking;
  private volatile boolean over;
  private volatile boolean filing;
  private volatile int filesDone;

  /** One of the two. */
  private static final class Someone {
    final String name;
    final String other;
    final Peer peer;
    final Ledger ledger;

    /** Whether something may be said that nobody has counted yet. */
    volatile boolean speaking;

    private long readUpTo;
    private long reading;

    Someone(String name, String other, Path home) {
      this.name = name;
      this.other = other;
      this.ledger = new Ledger(name);
      ProfileFolder folder = ProfileFolder.locate(home, ProfileFolder.Surroundings.current());
      this.peer = new Profiles(folder, () -> null).open();
      peer.subscribe(this::happened);
    }

    private void happened(PeerEvent event) {
      if (event instanceof PeerEvent.MessageChanged changed) {
        MessageState state = changed.message().state();
        if (state == MessageState.ACCEPTED || state == MessageState.DELIVERED) {
          ledger.accepted(changed.message().text());
        }
      }
    }

    void say() {
      String text = ledger.ask();
      peer.sendText(new UserId(other), text);
      ledger.stored(text);
    }

    /** What came from the other since the last time, and a little before. */
    List<Ledger.Line> came() {
      List<Ledger.Line> lines = new ArrayList<>();
      long now = System.currentTimeMillis();
      for (Message message :
          peer.history(new HistoryQuery(null, readUpTo, null, Integer.MAX_VALUE))) {
        if (!message.outgoing() && message.kind() == Message.Kind.TEXT) {
          lines.add(new Ledger.Line(message.id().toString(), message.text()));
        }
      }
      reading = now;
      return lines;
    }

    /** The lines last given are counted: later ones begin there. */
    void read() {
      readUpTo = reading - TimeUnit.SECONDS.toMillis(10);
    }
  }

  Crowd(Town town, Path folder) throws IOException, InterruptedException {
    files = Files.createDirectories(folder.resolve("files"));
    Path alice = town.join("alice").home;
    Path bob = town.join("bob").home;
    people = List.of(new Someone("alice", "bob", alice), new Someone("bob", "alice", bob));
    talking = true;
    for (Someone one : people) {
      begin(one.name + " talks", () -> talk(one));
    }
    begin("files", this::sendFiles);
  }

  private void begin(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void talk(Someone one) {
    try {
      while (!over) {
        one.speaking = true;
        boolean spoke = talking && one.ledger.underWay() < MOST_UNDER_WAY;
        if (spoke) {
          one.say();
        }
        one.speaking = false;
        if (!spoke) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
      }
    } catch (RuntimeException e) {
      problem(one.name + " cannot write: " + e);
    }
  }

  private void sendFiles() {
    try {
      for (int n = 0; !over; n++) {
        while (!talking && !over) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        filing = true;
        sendFile(n);
        filing = false;
      }
    } catch (IOException | RuntimeException e) {
      if (!over) {
        problem("files: " + e);
      }
    }
  }

  private void sendFile(int n) throws IOException {
    Peer alice = people.get(0).peer;
    Peer bob = people.get(1).peer;
    Path file = Sample.file(files.resolve("crowd-" + n + ".bin"), FILE);
    Path saved = files.resolve("saved-" + n);
    Transfer sent =
        alice.send(new SendRequest(List.of(new UserId("bob")), List.of(file.toString()), null, ""));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(FILE_SECONDS);
    TransferState state = TransferState.WAITING;
    while (!over && !state.ended()) {
      if (System.nanoTime() > deadline) {
        problem("a file is " + state + " for " + FILE_SECONDS + " s");
        return;
      }
      takeOffers(bob, saved);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      state = alice.transfer(sent.id()).state();
    }
    if (over) {
      return;
    }
    Path there = saved.resolve(file.getFileName());
    if (state != TransferState.DONE) {
      problem("a file ended as " + alice.transfer(sent.id()));
    } else if (!Sample.hash(there).equals(Sample.hash(file))) {
      problem("a file is not what was sent");
    } else {
      filesDone++;
      Files.delete(there);
    }
    Files.delete(file);
  }

  private static void takeOffers(Peer bob, Path saved) {
    for (Transfer offer : bob.offers()) {
      try {
        bob.receive(
            new ReceiveRequest(offer.id(), saved.toString(), null, ReceiveRequest.Conflict.RENAME));
      } catch (Fault fault) {
        // Withdrawn or taken in between.
        continue;
      }
    }
  }

  private synchronized void problem(String what) {
    problems.add(what);
  }

  /** What did not hold, beside the tally. */
  synchronized List<String> problems() {
    return List.copyOf(problems);
  }

  /** Accepted by the relay so far. */
  int accepted() {
    return people.stream().mapToInt(one -> one.ledger.accepted()).sum();
  }

  /** Written and not yet accepted. */
  int underWay() {
    return people.stream().mapToInt(one -> one.ledger.underWay()).sum();
  }

  /** Files that arrived whole. */
  int filesDone() {
    return filesDone;
  }

  /** Stops talking and waits until everything has come; then goes on, if wanted. */
  Tally rest(boolean goOn) throws InterruptedException {
    talking = false;
    boolean rested = Voice.becomes(this::rested, REST_SECONDS, () -> true);
    Tally sum = Tally.NONE;
    for (Someone one : people) {
      Someone other = people.get(1 - people.indexOf(one));
      one.ledger.came(other.came());
      other.read();
      sum = sum.plus(one.ledger.tally());
    }
    if (!rested) {
      problem("no rest: " + underWay() + " under way, " + sum);
    }
    talking = goOn;
    return sum;
  }

  private boolean rested() {
    if (filing) {
      return false;
    }
    for (Someone one : people) {
      Someone other = people.get(1 - people.indexOf(one));
      if (one.speaking || one.ledger.underWay() > 0 || !one.ledger.complete(other.came())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    talking = false;
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(10));
    }
    for (Someone one : people) {
      one.peer.close();
    }
  }
}
