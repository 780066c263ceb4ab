package dev.waxwing.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.waxwing.system.Sample;
import dev.waxwing.system.Town;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Rounds of talk between two people, each with a file from the first to the second: begun, struck
 * by whoever uses this, and at the end waited for and compared.
 */
final class Talk {
  private static final int TEXTS = 12;
  private static final int LATER_TEXTS = 4;

  /** Three parts, the last one short. */
  private static final long FILE = 2 * Sample.MIB + 54_321;

  private static final long KEPT_SECONDS = 30;
  private static final long REST_SECONDS = 60;

  /** How far back a history is read beyond the beginning of a round, for what came late. */
  private static final long OVERLAP_MILLIS = 10_000;

  private final Town town;
  private final Voice alice;
  private final Voice bob;
  private final Path files;
  private final Path saved;
  private final List<String> whole = new ArrayList<>();
  private int rounds;

  // One round.
  private Tally before = Tally.NONE;
  private Path file;
  private long since;

  /**
   * Talk of two people.
   *
   * @param files where files to be sent are made
   * @param saved where bob keeps what he takes
   */
  Talk(Town town, Voice alice, Voice bob, Path files, Path saved) throws IOException {
    this.town = town;
    this.alice = alice;
    this.bob = bob;
    this.files = Files.createDirectories(files);
    this.saved = saved;
    this.file = files;
  }

  /** Makes the round's file; nothing is said yet. */
  void prepare() throws IOException {
    before = tally();
    since = System.currentTimeMillis() - OVERLAP_MILLIS;
    file = Sample.file(files.resolve("file-" + ++rounds + ".bin"), FILE);
  }

  /** Both write, and the file is sent. */
  void begin() {
    write(TEXTS);
    alice.send("bob", file);
  }

  /** Bob takes what is on offer, and what will be. */
  void take() {
    bob.take(saved);
  }

  /** Both write a little more. */
  void goOn() {
    write(LATER_TEXTS);
  }

  private void write(int texts) {
    for (int i = 0; i < texts; i++) {
      alice.say("bob");
      bob.say("alice");
    }
  }

  /** Waits until the relay has the whole file. */
  void awaitKept() throws InterruptedException {
    Voice.becomes(
        () -> {
          JsonNode sent = transfer(alice.seen("bob", since));
          return sent.path("state").asText().equals("AT_RELAY");
        },
        KEPT_SECONDS,
        () -> true);
  }

  /** Waits until everything has come; what has not, and what else did not hold. */
  List<String> end() throws IOException, InterruptedException {
    List<String> problems = new ArrayList<>();
    boolean rested = Voice.becomes(this::rested, REST_SECONDS, () -> true);
    Voice.Seen atBob = bob.seen("alice", since);
    Voice.Seen atAlice = alice.seen("bob", since);
    alice.saidTo("bob").came(atBob.lines());
    bob.saidTo("alice").came(atAlice.lines());
    if (!rested) {
      problems.add("no rest: " + standing(atAlice, atBob));
    }
    checkFile(atAlice, atBob, problems);
    for (Voice voice : List.of(alice, bob)) {
      voice.takeFaults().forEach(fault -> problems.add(voice.name + " " + fault));
    }
    return problems;
  }

  private boolean rested() throws IOException, InterruptedException {
    Voice.Seen atBob = bob.seen("alice", since);
    Voice.Seen atAlice = alice.seen("bob", since);
    return alice.saidTo("bob").complete(atBob.lines())
        && bob.saidTo("alice").complete(atAlice.lines())
        && (transfer(atAlice).isMissingNode() || bothDone(atAlice, atBob))
        && blobs() == 0;
  }

  private boolean bothDone(Voice.Seen atAlice, Voice.Seen atBob) {
    return transfer(atAlice).path("state").asText().equals("DONE")
        && transfer(atBob).path("state").asText().equals("DONE");
  }

  /** The transfer of a file; a missing node where there is none. */
  private JsonNode transfer(Voice.Seen seen) {
    String name = file.getFileName().toString();
    return seen.transfers().stream()
        .filter(one -> one.path("name").asText().equals(name))
        .findFirst()
        .orElseGet(MissingNode::getInstance);
  }

  /** Blobs the relay knows; -1 while it does not answer. */
  private long blobs() throws InterruptedException {
    try {
      return town.metric("blobs");
    } catch (IOException e) {
      return -1;
    }
  }

  private String standing(Voice.Seen atAlice, Voice.Seen atBob) throws InterruptedException {
    return "alice's "
        + transfer(atAlice)
        + ", bob's "
        + transfer(atBob)
        + ", blobs at the relay "
        + blobs();
  }

  /** Whole under its name, or not there; offered once; nothing else left in the folder. */
  private void checkFile(Voice.Seen atAlice, Voice.Seen atBob, List<String> problems)
      throws IOException {
    String name = file.getFileName().toString();
    Path there = saved.resolve(name);
    if (Files.exists(there)) {
      whole.add(name);
      if (!Sample.hash(there).equals(Sample.hash(file))) {
        problems.add("the file is not what was sent");
      }
    } else if (!transfer(atAlice).isMissingNode()) {
      problems.add("the file did not come");
    }
    long offers = atBob.files().stream().filter(name::equals).count();
    if (offers > 1) {
      problems.add("offered " + offers + " times");
    }
    List<String> others = new ArrayList<>(Sample.names(saved));
    others.removeAll(whole);
    if (!others.isEmpty()) {
      problems.add("left in the folder: " + others);
      for (String other : others) {
        Files.delete(saved.resolve(other));
      }
    }
  }

  /** Files that came whole so far. */
  int filesWhole() {
    return whole.size();
  }

  /** What came of the round's messages. */
  Tally sum() {
    return tally().minus(before);
  }

  private Tally tally() {
    return alice.saidTo("bob").tally().plus(bob.saidTo("alice").tally());
  }
}
