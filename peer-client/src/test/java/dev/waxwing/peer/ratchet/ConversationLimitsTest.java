package dev.waxwing.peer.ratchet;

import static dev.waxwing.peer.ratchet.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConversationLimitsTest extends TwoPeople {
  @Test
  void conversationWithoutSessionNeedsBundle() {
    assertTrue(atAlice.needsBundle());
    assertThrows(IllegalStateException.class, () -> aliceSeals("x"));
    aliceStarts(bob.bundle());
    assertFalse(atAlice.needsBundle());
  }

  @Test
  void atMostEightSessionsAreKeptAndTheLeastRecentlyUsedGoes() {
    talk();
    Bytes late = bobSeals("late");
    for (int i = 0; i < RatchetLimits.MAX_SESSIONS - 1; i++) {
      aliceStarts(bob.bundleWithoutOneTime());
    }
    assertEquals(8, atAlice.sessions());
    Conversation eight = atAlice;
    aliceStarts(bob.bundleWithoutOneTime());
    assertEquals(8, atAlice.sessions());
    assertAliceRefuses(late);
    atAlice = eight;
    assertEquals("late", aliceOpens(late));
  }

  @Test
  void replacedSessionIsDroppedAfterThirtyDaysAndTheCurrentOneNever() {
    talk();
    Bytes late = bobSeals("late");
    now += 100 * DAY;
    aliceStarts(bob.bundle());
    long replaced = now;
    assertEquals(2, atAlice.sessions());
    assertEquals(2, atAlice.expire(replaced + RatchetLimits.KEEP_SESSION).sessions());
    Conversation after = atAlice.expire(replaced + RatchetLimits.KEEP_SESSION + 1);
    assertEquals(1, after.sessions());
    assertEquals(1, after.expire(replaced + 1000 * DAY).sessions());
    assertEquals("late", aliceOpens(late));
    atAlice = after;
    assertAliceRefuses(late);
  }

  @Test
  void unansweredCountsWhatCameSinceWeLastSent() {
    assertEquals(0, atAlice.unanswered());
    talk();
    bobSeals("lost");
    for (int i = 0; i < 3; i++) {
      aliceOpens(bobSeals("x"));
    }
    assertTrue(atAlice.unanswered() >= 3, "" + atAlice.unanswered());
    aliceSeals("receipt");
    assertEquals(0, atAlice.unanswered());
  }

  @Test
  void storedConversationComesBackAndDamageIsFound() {
    assertEquals(
        atAlice.encode(), Conversation.decode(alice.linkTo(bob), atAlice.encode()).encode());
    talk();
    aliceStarts(bob.bundle());
    byte[] stored = atAlice.encode().exposeCopy();
    Link link = alice.linkTo(bob);
    for (int length = 0; length < stored.length; length++) {
      Secret cut = Secret.copyOf(Arrays.copyOf(stored, length));
      assertFault(FaultCode.PROFILE_CORRUPT, () -> Conversation.decode(link, cut));
    }
    for (int[] damage : new int[][] {{1, 9}, {1, -1}, {1, 1}, {6, 8}}) {
      byte[] damaged = stored.clone();
      damaged[damage[0]] = (byte) damage[1];
      assertFault(
          FaultCode.PROFILE_CORRUPT, () -> Conversation.decode(link, Secret.copyOf(damaged)));
    }
    // Nine whole sessions, one more than there can be.
    byte[] session = Arrays.copyOfRange(stored, 2, 6 + stored[4] * 256 + (stored[5] & 0xff));
    ByteBuffer nine = ByteBuffer.allocate(2 + 9 * session.length).put((byte) 1).put((byte) 9);
    for (int i = 0; i < 9; i++) {
      nine.put(session);
    }
    assertFault(
        FaultCode.PROFILE_CORRUPT, () -> Conversation.decode(link, Secret.copyOf(nine.array())));
    byte[] eight = Arrays.copyOf(nine.array(), 2 + 8 * session.length);
    eight[1] = 8;
    assertEquals(8, Conversation.decode(link, Secret.copyOf(eight)).sessions());
    byte[] newer = stored.clone();
    newer[0] = 2;
    assertFault(FaultCode.PROFILE_FOREIGN, () -> Conversation.decode(link, Secret.copyOf(newer)));
    assertEquals(Secret.copyOf(stored), Conversation.decode(link, Secret.copyOf(stored)).encode());
  }

  @Test
  void accountWideLimitDropsTheOldestSkippedKeys() {
    Conversation[] all = new Conversation[3];
    for (int i = 0; i < all.length; i++) {
      atAlice = Conversation.none(alice.linkTo(bob));
      atBob = Conversation.none(bob.linkTo(alice));
      aliceStarts(bob.bundleWithoutOneTime());
      now += 1000;
      for (int lost = 0; lost < 10; lost++) {
        aliceSeals("lost");
      }
      bobOpens(aliceSeals("x"));
      all[i] = atBob;
    }
    List<Conversation> before = List.of(all);
    assertSame(before, SkippedBudget.trim(before, 30));
    List<Conversation> after = SkippedBudget.trim(before, 15);
    assertEquals(List.of(0, 0, 10), after.stream().map(Conversation::skippedKeys).toList());
    assertSame(all[2], after.get(2));
    List<Conversation> none = SkippedBudget.trim(before, 0);
    assertEquals(0, none.stream().mapToInt(Conversation::skippedKeys).sum());
  }

  @Test
  void accountWideLimitLeavesExactlyTheNewestWhenTimesDiffer() {
    aliceStarts(bob.bundle());
    for (int i = 0; i < 5; i++) {
      aliceSeals("lost");
      now += 1000;
      bobOpens(aliceSeals("x"));
    }
    for (int limit = 0; limit <= 5; limit++) {
      Conversation trimmed = SkippedBudget.trim(List.of(atBob), limit).get(0);
      assertEquals(limit, trimmed.skippedKeys());
    }
  }
}
