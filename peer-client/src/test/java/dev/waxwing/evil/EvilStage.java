package dev.waxwing.evil;

import dev.waxwing.message.MessageId;
import dev.waxwing.message.RelayMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * An evil relay and, for each case, two people who are new to it. Whatever it did to them, they
 * talk with each other afterwards, through the same programs, when it behaves.
 */
@ExtendWith(CaseTable.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EvilStage {
  private static final long SEED = Long.getLong("waxwing.evil.seed", 20261128);

  Path folder;
  EvilRelay evil;
  Someone alice;
  Someone bob;
  final Random random = new Random(SEED);
  private final List<Someone> others = new ArrayList<>();
  private int number;

  @BeforeAll
  final void open(@TempDir Path place) throws Exception {
    folder = place;
    System.out.println("seed " + SEED);
    evil = new EvilRelay(folder.resolve("relay"));
  }

  @BeforeEach
  final void bringTwo() {
    number++;
    alice = Someone.here(evil, folder, "alice" + number);
    bob = Someone.here(evil, folder, "bob" + number);
  }

  /** One more, for this case alone. */
  final Someone another(String name) {
    Someone one = Someone.here(evil, folder, name + number);
    others.add(one);
    return one;
  }

  /** They have written to each other, and each has what the other wrote. */
  final void acquaint(Someone one, Someone other) {
    one.reaches(other, "hello");
    other.tells(one, "hello");
    Someone.until("the first receipts", () -> one.peer().link().waiting() == 0);
  }

  final void acquaint() {
    acquaint(alice, bob);
  }

  /** Ends somebody's connection and waits until they are logged in again. */
  final void reconnect(Someone one) {
    Line before = evil.find(one.user).orElse(null);
    evil.hangUp(one.user);
    Someone.until(
        "another connection", () -> evil.find(one.user).filter(it -> it != before).isPresent());
    one.peer().awaitOnline(Someone.PATIENCE_MILLIS);
  }

  /** Whether these are on speaking terms is what each case ends with. */
  @AfterEach
  final void theyTalkAfterwards() {
    evil.behave();
    try (Someone first = alice;
        Someone second = bob) {
      first.reaches(second, "afterwards");
      second.tells(first, "afterwards");
      first.tells(second, "and on");
    } finally {
      others.forEach(Someone::close);
      others.clear();
      evil.forget();
    }
  }

  @AfterAll
  final void close() throws Exception {
    evil.close();
  }

  final byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** The frames that brought this message, or would have. */
  final List<Passing> deliveries(MessageId id) {
    return evil.passed(
            it -> it.message() instanceof RelayMessage.Deliver mail && mail.id().equals(id))
        .toList();
  }

  /** The frame that brings this message, once it has come by. */
  final Passing delivery(MessageId id) {
    Someone.until("a delivery of " + id, () -> !deliveries(id).isEmpty());
    return deliveries(id).get(0);
  }
}
