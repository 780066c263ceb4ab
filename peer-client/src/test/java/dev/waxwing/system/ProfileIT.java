package dev.waxwing.system;

import static dev.waxwing.system.Sample.MIB;
import static dev.waxwing.system.Sample.assertHolds;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** One profile under several commands, and a profile that is older than its conversations. */
@DisabledOnOs(OS.WINDOWS)
class ProfileIT {
  @TempDir static Path folder;
  private static Town town;
  private static Person alice;
  private static Person bob;

  @TempDir Path files;

  @BeforeAll
  static void settle() throws Exception {
    town = new Town(folder);
    alice = town.join("alice");
    bob = town.join("bob");
  }

  @AfterAll
  static void leave() throws Exception {
    town.close();
  }

  @Test
  void commandsShareTheProfileOfTheOneThatHoldsIt() throws Exception {
    Path file = Sample.file(files.resolve("shared.bin"), 2 * MIB);
    Path saved = files.resolve("saved");
    try (Program holder = alice.start("listen", "--types", "link,transfer,sent")) {
      holder.await(line -> line.path("state").asText().equals("online"));
      alice.ok("send", "bob", file.toString());
      holder.await(line -> line.path("state").asText().equals("at_relay"));
      alice.ok("msg", "bob", "beside it");
      holder.await(line -> line.path("text").asText().equals("beside it"));

      holder.kill();
      alice.ok("msg", "bob", "after the holder died");
    }
    bob.ok("receive", "--all", "--to", saved.toString());
    assertHolds(saved, file);
    assertEquals(List.of("beside it", "after the holder died"), bob.inbox());
  }

  @Test
  void aCommandThatRunsOnTakesTheProfileOverWhenItsHolderEnds() throws Exception {
    try (Program holder = alice.start("listen", "--types", "link")) {
      holder.await(line -> line.path("state").asText().equals("online"));
      try (Program second = alice.start("listen", "--types", "link,message")) {
        // The second is there when the holder knows a second command: it answers through it.
        alice.ok("status");
        holder.end();
        second.await(line -> line.path("state").asText().equals("online"));
        bob.ok("msg", "alice", "who is there");
        second.await(line -> line.path("text").asText().equals("who is there"));
      }
    }
    assertEquals(List.of("who is there"), alice.inbox());
  }

  @Test
  void aHolderThatDoesNotAnswerIsReported() throws Exception {
    try (Program holder = alice.start("listen", "--types", "link")) {
      holder.await(line -> line.path("state").asText().equals("online"));
      holder.signal("STOP");
      Program refused = alice.run("contacts", "ls");
      assertEquals(1, refused.exit(), refused::toString);
      assertEquals("HOLDER_SILENT", refused.complaint().at("/error/code").asText());
      holder.signal("CONT");
      alice.ok("contacts", "ls");
      assertEquals(143, holder.end(), holder::toString);
    }
  }

  @Test
  void messagesToAProfileFromABackupAreSentAgainAndRead() throws Exception {
    Person carol = town.join("carol");
    Person dave = town.join("dave");
    carol.ok("msg", "dave", "one");
    assertEquals(List.of("one"), dave.inbox());
    Path backup = files.resolve("backup");
    copy(dave.home, backup);
    dave.ok("msg", "carol", "two");
    assertEquals(List.of("two"), carol.inbox());
    carol.ok("msg", "dave", "three");
    assertEquals(List.of("three"), dave.inbox());

    // What dave's device knew since the backup is gone, the key of the newest chain with it.
    delete(dave.home);
    copy(backup, dave.home);
    carol.ok("msg", "dave", "four");

    try (Program there = carol.start("listen", "--types", "link")) {
      there.await(line -> line.path("state").asText().equals("online"));
      assertEquals(
          "four",
          dave.until(inbox -> inbox.path("messages").size() > 0, "inbox", "--peek")
              .at("/messages/0/text")
              .asText());
      assertEquals(List.of("four"), dave.inbox());
      dave.ok("msg", "carol", "five", "--wait", "--timeout", "60s");
    }
    assertEquals(List.of("five"), carol.inbox());
    carol.ok("msg", "dave", "six");
    assertEquals(List.of("six"), dave.inbox());
  }

  @Test
  void aConversationThatWasLostBeginsAgain() throws Exception {
    alice.ok("msg", "bob", "first");
    assertEquals(List.of("first"), bob.inbox());
    bob.ok("msg", "alice", "second");
    assertEquals(List.of("second"), alice.inbox());
    try (Connection store =
            DriverManager.getConnection("jdbc:sqlite:" + bob.home.resolve("profile.db"));
        Statement delete = store.createStatement()) {
      assertEquals(1, delete.executeUpdate("DELETE FROM conversation"));
    }
    alice.ok("msg", "bob", "third");
    try (Program there = alice.start("listen", "--types", "link")) {
      there.await(line -> line.path("state").asText().equals("online"));
      bob.until(inbox -> inbox.path("messages").size() > 0, "inbox", "--peek");
    }
    assertEquals(List.of("third"), bob.inbox());
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        if (Files.isDirectory(path) || Files.isRegularFile(path)) {
          Files.copy(
              path,
              to.resolve(from.relativize(path).toString()),
              java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
