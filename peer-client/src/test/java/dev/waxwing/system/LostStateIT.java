package dev.waxwing.system;

import static dev.waxwing.system.Sample.MIB;
import static dev.waxwing.system.Sample.assertHolds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A relay or a profile that is older than what others remember, or gone. */
@DisabledOnOs(OS.WINDOWS)
@Tag("long")
class LostStateIT {
  @TempDir Path folder;
  @TempDir Path files;
  private Town town;
  private Person alice;
  private Person bob;

  @BeforeEach
  void settle() throws Exception {
    town = new Town(folder);
    alice = town.join("alice");
    bob = town.join("bob");
  }

  @AfterEach
  void leave() throws Exception {
    town.close();
  }

  private String backUp() throws Exception {
    Path backup = files.resolve("backup");
    JsonNode made = town.operate("backup", "create", backup.toString());
    assertEquals(0, made.path("problems").size(), made::toString);
    return backup.toString();
  }

  private void restore(String backup) throws Exception {
    assertEquals(0, town.relay().end(), town.relay()::toString);
    town.operate("backup", "restore", backup, "--replace");
    town.openRelay();
  }

  /** Lets a person's program be there, so that what others ask of it is answered. */
  private static Program present(Person person) throws Exception {
    Program there = person.start("listen", "--types", "link");
    there.await(line -> line.path("state").asText().equals("online"));
    return there;
  }

  /** Waits until somebody has unread messages; returns them. */
  private static List<String> comes(Person person) throws Exception {
    person.until(inbox -> inbox.path("messages").size() > 0, "inbox", "--peek");
    return person.inbox();
  }

  private static boolean done(JsonNode answer) {
    for (JsonNode transfer : answer.path("transfers")) {
      if (transfer.path("state").asText().equals("done")) {
        return true;
      }
    }
    return false;
  }

  @Test
  void whatARestoredRelayLostIsSentAgainAndWhatWasReadIsNotShownTwice() throws Exception {
    alice.ok("msg", "bob", "one");
    assertEquals(List.of("one"), bob.inbox());
    alice.ok("msg", "bob", "two");
    String backup = backUp();
    // In the backup's mailbox still, read by bob since.
    assertEquals(List.of("two"), bob.inbox());
    // Accepted since; the restored relay has never heard of it.
    alice.ok("msg", "bob", "three");
    restore(backup);

    try (Program there = present(alice)) {
      assertEquals(List.of("three"), comes(bob));
      bob.ok("msg", "alice", "four", "--wait", "--timeout", "60s");
      there.end();
    }
    assertEquals(List.of("four"), alice.inbox());
    alice.ok("msg", "bob", "five");
    assertEquals(List.of("five"), comes(bob));
    assertEquals(List.of(), bob.inbox());
  }

  @Test
  void aFileThatWasAcceptedAfterTheBackupIsSentAgain() throws Exception {
    String backup = backUp();
    Path file = Sample.file(files.resolve("lost.bin"), 3 * MIB);
    Path saved = files.resolve("saved");
    alice.ok("send", "bob", file.toString());
    restore(backup);

    try (Program there = present(alice);
        Program taking = bob.takeAll(saved)) {
      alice.until(LostStateIT::done, "transfers", "ls");
      taking.end();
      there.end();
    }
    assertHolds(saved, file);
  }

  @Test
  void aFileOfWhichTheBackupHasHalfIsSentAgain() throws Exception {
    Path file = Sample.file(files.resolve("half.bin"), 24 * MIB);
    Path saved = files.resolve("saved");
    alice.gate.limit(Gate.Way.UP, 12 * MIB);
    String backup;
    try (Program sending = alice.start("send", "bob", file.toString())) {
      alice.gate.awaitHeld(Program.PATIENCE);
      town.metric("blob_disk_bytes", bytes -> bytes > 0);
      backup = backUp();
      alice.gate.open();
      assertEquals(0, sending.exit(), sending::toString);
    }
    restore(backup);

    try (Program there = present(alice);
        Program taking = bob.takeAll(saved)) {
      alice.until(LostStateIT::done, "transfers", "ls");
      taking.end();
      there.end();
    }
    assertHolds(saved, file);
  }

  @Test
  void whoJoinedAfterTheBackupJoinsAgainUnderTheSameNameAndKey() throws Exception {
    String backup = backUp();
    Person carol = town.join("carol");
    carol.ok("msg", "alice", "hello");
    assertEquals(List.of("hello"), alice.inbox());
    alice.ok("msg", "carol", "welcome");
    assertEquals(List.of("welcome"), carol.inbox());
    restore(backup);

    Program refused = carol.run("msg", "alice", "still here?", "--timeout", "30s");
    assertEquals(4, refused.exit(), refused::toString);
    assertEquals("LOGIN_REFUSED", refused.complaint().at("/error/code").asText());
    Person again = town.join("carol");
    again.ok("msg", "alice", "back");
    List<String> read = new ArrayList<>(comes(alice));
    while (!read.contains("back")) {
      read.addAll(comes(alice));
    }
    // What the relay refused was reported as refused: it may go now or not, but nothing twice.
    assertTrue(
        read.equals(List.of("back")) || read.equals(List.of("still here?", "back")), "" + read);
    alice.ok("msg", "carol", "the same carol");
    assertEquals(List.of("the same carol"), comes(again));
  }

  @Test
  void aTransferOfAProfileOlderThanItsEndFailsAndHarmsNothing() throws Exception {
    Path file = Sample.file(files.resolve("once.bin"), 24 * MIB);
    Path saved = files.resolve("saved");
    Path older = files.resolve("older");
    alice.gate.limit(Gate.Way.UP, 12 * MIB);
    try (Program sending = alice.start("send", "bob", file.toString(), "--wait")) {
      alice.gate.awaitHeld(Program.PATIENCE);
      sending.signal("STOP");
      ProfileIT.copy(alice.home, older);
      sending.signal("CONT");
      alice.gate.open();
      try (Program taking = bob.takeAll(saved)) {
        assertEquals(0, sending.exit(), sending::toString);
        taking.end();
      }
    }
    ProfileIT.delete(alice.home);
    ProfileIT.copy(older, alice.home);

    // The relay knows that this blob was; what has left of it can no longer be compared.
    try (Program there = present(alice)) {
      alice.until(
          answer -> answer.at("/transfers/0/state").asText().equals("failed"), "transfers", "ls");
      there.end();
    }
    assertEquals("BLOB_UNKNOWN", alice.last().at("/problem/code").asText(), alice.last()::toString);
    assertHolds(saved, file);
    assertEquals(0, bob.ok("receive", "--list").path("offers").size());
  }

  @Test
  void messagesOfASenderFromABackupAreReadOrTheirSenderIsTold() throws Exception {
    alice.ok("msg", "bob", "one");
    assertEquals(List.of("one"), bob.inbox());
    bob.ok("msg", "alice", "two");
    assertEquals(List.of("two"), alice.inbox());
    Path older = files.resolve("older");
    ProfileIT.copy(alice.home, older);
    alice.ok("msg", "bob", "three");
    assertEquals(List.of("three"), bob.inbox());
    bob.ok("msg", "alice", "four");
    assertEquals(List.of("four"), alice.inbox());
    alice.ok("msg", "bob", "five");
    assertEquals(List.of("five"), bob.inbox());

    ProfileIT.delete(alice.home);
    ProfileIT.copy(older, alice.home);
    alice.ok("msg", "bob", "six");
    try (Program there = present(alice)) {
      assertEquals(List.of("six"), comes(bob));
      bob.ok("msg", "alice", "seven", "--wait", "--timeout", "60s");
      there.end();
    }
    assertEquals(List.of("seven"), alice.inbox());
    alice.ok("msg", "bob", "eight");
    assertEquals(List.of("eight"), comes(bob));
  }

  @Test
  void aProfileThatIsLostIsAnotherPersonUntilItsContactsAcceptTheKey() throws Exception {
    alice.ok("msg", "bob", "one");
    assertEquals(List.of("one"), bob.inbox());
    bob.ok("msg", "alice", "two");
    assertEquals(List.of("two"), alice.inbox());
    ProfileIT.delete(alice.home);

    Fault taken =
        org.junit.jupiter.api.Assertions.assertThrows(Fault.class, () -> town.join("alice"));
    assertEquals(FaultCode.USER_TAKEN, taken.code());
    ProfileIT.delete(alice.home);
    town.operate("users", "remove", "alice", "--yes");
    Person second = town.join("alice");
    second.ok("msg", "bob", "it is me");
    // Not shown as alice's: a notice says that another key speaks in her name.
    List<String> notices = bob.inbox();
    assertEquals(List.of(), notices.stream().filter(text -> text.equals("it is me")).toList());
    Program held = bob.run("msg", "alice", "who is there?");
    assertEquals(6, held.exit(), held::toString);
    assertEquals("KEY_CHANGED", held.complaint().at("/error/code").asText());
    bob.ok("msg", "alice", "welcome back", "--accept-new-key");
    assertEquals(List.of("welcome back"), comes(second));
    second.ok("msg", "bob", "thanks");
    List<String> read = new ArrayList<>(comes(bob));
    assertTrue(read.contains("thanks"), read::toString);
  }
}
