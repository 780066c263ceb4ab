package dev.waxwing.system;

import static dev.waxwing.system.Sample.MIB;
import static dev.waxwing.system.Sample.assertHolds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Messages and files between people, while both are there and while one is away. */
@DisabledOnOs(OS.WINDOWS)
class ChatAndFilesIT {
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
  void messagesGoBothWaysWhileALargeFileIsUnderWay() throws Exception {
    Path file = Sample.file(files.resolve("large.bin"), 32 * MIB);
    Path saved = files.resolve("saved");
    bob.gate.limit(Gate.Way.DOWN, 8 * MIB);
    try (Program taking = bob.takeAll(saved);
        Program sending = alice.start("send", "bob", file.toString(), "--wait")) {
      bob.gate.awaitHeld(Program.PATIENCE);

      alice.ok("msg", "bob", "to bob", "--wait", "--timeout", "60s");
      bob.ok("msg", "alice", "to alice", "--wait", "--timeout", "60s");

      JsonNode coming = bob.last();
      assertEquals("active", coming.path("state").asText(), coming::toString);
      assertTrue(coming.path("done").asLong() <= 8 * MIB, coming::toString);
      assertEquals(List.of("large.bin.part", "large.bin.part.leaves"), Sample.names(saved));
      assertEquals(List.of("to bob"), bob.inbox());
      assertEquals(List.of("to alice"), alice.inbox());

      bob.gate.open();
      assertEquals(0, sending.exit(), sending::toString);
      JsonNode sent = sending.document();
      assertEquals("received", sent.path("outcome").asText());
      assertEquals(0, sent.at("/transfer/resent").asLong());
      assertEquals(143, taking.end(), taking::toString);
    } finally {
      bob.gate.open();
    }
    assertHolds(saved, file);
  }

  @Test
  void whoIsAwayGetsTheFileLaterThoughItsSenderIsGone() throws Exception {
    Path file = Sample.file(files.resolve("later.bin"), 8 * MIB);
    Path saved = files.resolve("saved");

    JsonNode sent = alice.ok("send", "bob", file.toString());
    assertEquals("queued", sent.path("outcome").asText());
    Path second = Sample.file(files.resolve("second.bin"), 1);
    alice.ends(7, "send", "bob", second.toString(), "--wait", "--timeout", "3s");
    alice.ok("transfers", "watch");

    JsonNode taken = bob.ok("receive", "--all", "--to", saved.toString());
    assertEquals(2, taken.path("transfers").size(), taken::toString);
    assertHolds(saved, file, second);
    assertEquals(0, bob.ok("receive", "--all", "--to", saved.toString()).path("transfers").size());

    String id = sent.at("/transfer/id").asText();
    alice.until(status -> alice.isAt("done", id), "inbox");
    town.metric("blobs", blobs -> blobs == 0);
  }

  @Test
  void textOverTheLimitOfAMessageTravelsAsAFile() throws Exception {
    byte[] text =
        "A line that is not short at all. ".repeat(4_000).getBytes(StandardCharsets.UTF_8);
    Path saved = files.resolve("saved");
    try (Program sending = alice.start("msg", "bob", "-")) {
      sending.in().write(text);
      sending.in().close();
      assertEquals(0, sending.exit(), sending::toString);
    }
    bob.ok("receive", "--all", "--to", saved.toString());
    assertEquals(List.of("message.txt"), Sample.names(saved));
    assertEquals(
        new String(text, StandardCharsets.UTF_8), Files.readString(saved.resolve("message.txt")));
  }

  @Test
  void aFileOfNoBytesIsAFile() throws Exception {
    Path file = Files.createFile(files.resolve("empty"));
    Path saved = files.resolve("saved");
    alice.ok("send", "bob", file.toString());
    bob.ok("receive", "--all", "--to", saved.toString());
    assertHolds(saved, file);
  }

  @Test
  @EnabledIfSystemProperty(named = "large", matches = "true")
  void aFileBeyondFourGibibytesIsTheSameAtTheOtherEnd() throws Exception {
    Path file = files.resolve("sparse");
    try (java.io.RandomAccessFile sparse = new java.io.RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(5L << 30);
      sparse.seek((4L << 30) + 12_345);
      sparse.write("not only zeros".getBytes(StandardCharsets.US_ASCII));
    }
    Path saved = files.resolve("saved");
    long began = System.nanoTime();
    try (Program taking = bob.takeAll(saved);
        Program sending = alice.start("send", "bob", file.toString(), "--wait")) {
      assertEquals(0, sending.exit(), sending::toString);
      System.out.println("5 GiB in " + (System.nanoTime() - began) / 1_000_000 + " ms");
      taking.end();
    }
    assertHolds(saved, file);
  }
}
