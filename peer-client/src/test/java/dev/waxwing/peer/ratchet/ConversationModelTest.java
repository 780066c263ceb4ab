package dev.waxwing.peer.ratchet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two devices over a line that loses, reorders, repeats and damages, with a crash after every step.
 * The model is a set: a message that was not delivered opens with exactly its own content, and
 * every other one is refused and changes nothing.
 */
class ConversationModelTest {
  private static final int STEPS = 250;
  private static final int RESTARTS = 5;

  private static long[] seeds() {
    long[] seeds = new long[40];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = 1_000 + i;
    }
    return seeds;
  }

  private record InFlight(String text, Bytes sealed) {}

  private static final class Side {
    final Actor actor;
    final Link link;
    final List<InFlight> inbox = new ArrayList<>();
    final List<InFlight> seen = new ArrayList<>();
    final Set<String> delivered = new HashSet<>();
    Conversation conversation;
    int sent;

    Side(Actor actor, Actor peer) {
      this.actor = actor;
      this.link = actor.linkTo(peer);
      this.conversation = Conversation.none(link);
    }

    /** Stores and crashes: what comes back is what was stored. */
    void commit(Conversation next) {
      conversation = Conversation.decode(link, next.encode());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyMessageIsDeliveredOnceOrRefusedAndNeverWrong(long seed) {
    Random random = new Random(seed);
    int oneTime = random.nextInt(5);
    Actor a = new Actor("alice", random, oneTime);
    Actor b = new Actor("bob", random, oneTime);
    Side alice = new Side(a, b);
    Side bob = new Side(b, a);
    int restarts = 0;
    int[] counts = new int[5];
    restart(alice, bob);
    if (random.nextBoolean()) {
      restart(bob, alice);
    }
    long now = Actor.START;
    for (int step = 0; step < STEPS; step++) {
      now += random.nextInt(60_000);
      Side side = random.nextBoolean() ? alice : bob;
      Side other = side == alice ? bob : alice;
      int choice = random.nextInt(100);
      if (choice < 40) {
        counts[0] += send(side, other, random) ? 1 : 0;
      } else if (choice < 80) {
        counts[1] += deliver(side, random, now) ? 1 : 0;
      } else if (choice < 85) {
        counts[2] += lose(side, random) ? 1 : 0;
      } else if (choice < 92) {
        counts[3] += damage(side, random, now) ? 1 : 0;
      } else if (choice < 98) {
        counts[4] += repeat(side, random, now) ? 1 : 0;
      } else if (restarts < RESTARTS) {
        restarts++;
        restart(side, other);
      }
    }
    drain(alice, random, now);
    drain(bob, random, now);
    System.err.printf(
        "ConversationModelTest seed %d: sent %d, delivered %d, lost %d, damaged %d, repeated %d,"
            + " restarts %d, sessions %d and %d%n",
        seed,
        counts[0],
        alice.delivered.size() + bob.delivered.size(),
        counts[2],
        counts[3],
        counts[4],
        restarts,
        alice.conversation.sessions(),
        bob.conversation.sessions());
    assertEquals(counts[0], alice.delivered.size() + bob.delivered.size() + counts[2]);
    assertTrue(counts[1] > 20 && counts[3] > 0 && counts[4] > 0);
    // And the line still works both ways.
    for (Side side : List.of(alice, bob)) {
      Side other = side == alice ? bob : alice;
      if (!side.conversation.needsBundle()) {
        assertTrue(send(side, other, new Random(7)) && deliver(other, new Random(7), now));
      }
    }
  }

  private static void restart(Side side, Side peer) {
    side.commit(
        side.conversation.restart(
            peer.actor.bundle(), side.actor.secret(RatchetLimits.SESSION_RANDOM), Actor.START));
  }

  private static boolean send(Side side, Side other, Random random) {
    if (side.conversation.needsBundle()) {
      return false;
    }
    String text = side.actor.address() + " " + side.sent++ + "x".repeat(random.nextInt(600));
    Conversation.Sealed sealed =
        side.conversation.seal(
            text.getBytes(StandardCharsets.UTF_8), side.actor.bytes(RatchetLimits.SALT));
    side.commit(sealed.conversation());
    other.inbox.add(new InFlight(text, sealed.sealed()));
    return true;
  }

  private static boolean deliver(Side side, Random random, long now) {
    if (side.inbox.isEmpty()) {
      return false;
    }
    int index = random.nextInt(3) > 0 ? 0 : random.nextInt(side.inbox.size());
    InFlight message = side.inbox.get(index);
    Conversation.Opened opened = open(side, message.sealed(), now);
    assertEquals(message.text(), new String(opened.plaintext(), StandardCharsets.UTF_8));
    if (random.nextInt(10) == 0) {
      return true; // a crash before the transaction: it is delivered again later
    }
    side.actor.commit(opened);
    side.commit(opened.conversation());
    assertTrue(side.delivered.add(message.text()));
    side.inbox.remove(index);
    side.seen.add(message);
    return true;
  }

  private static boolean lose(Side side, Random random) {
    if (side.inbox.isEmpty()) {
      return false;
    }
    side.inbox.remove(random.nextInt(side.inbox.size()));
    return true;
  }

  private static boolean damage(Side side, Random random, long now) {
    if (side.inbox.isEmpty()) {
      return false;
    }
    byte[] damaged = side.inbox.get(random.nextInt(side.inbox.size())).sealed().toArray();
    damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
    assertRefused(side, Bytes.of(damaged), now);
    return true;
  }

  private static boolean repeat(Side side, Random random, long now) {
    if (side.seen.isEmpty()) {
      return false;
    }
    assertRefused(side, side.seen.get(random.nextInt(side.seen.size())).sealed(), now);
    return true;
  }

  private static void drain(Side side, Random random, long now) {
    while (!side.inbox.isEmpty()) {
      deliver(side, random, now);
    }
  }

  private static void assertRefused(Side side, Bytes sealed, long now) {
    Secret before = side.conversation.encode();
    assertThrows(Fault.class, () -> open(side, sealed, now));
    assertEquals(before, side.conversation.encode());
  }

  private static Conversation.Opened open(Side side, Bytes sealed, long now) {
    Envelope envelope = Envelope.decode(sealed);
    return side.conversation.open(
        envelope, side.actor.lookUp(envelope), side.actor.secret(32), now);
  }
}
