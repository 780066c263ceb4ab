package dev.waxwing.system;

import static dev.waxwing.system.Sample.MIB;
import static dev.waxwing.system.Sample.assertHolds;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.wire.WireLimits;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Standard input sent as a file: whole when its writer ends it, nothing when the command dies. */
@DisabledOnOs(OS.WINDOWS)
class StreamIT {
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
  void whatIsPipedArrivesUnderTheNameGiven() throws Exception {
    Path file = Sample.file(files.resolve("dump.sql"), 40 * MIB);
    Path saved = files.resolve("saved");
    try (Program taking = bob.takeAll(saved);
        Program sending = alice.start("send", "bob", "-", "--name", "dump.sql", "--wait")) {
      try (OutputStream in = sending.in()) {
        Files.copy(file, in);
      }
      assertEquals(0, sending.exit(), sending::toString);
      assertEquals(40 * MIB, sending.document().at("/transfer/size").asLong());
      taking.end();
    }
    assertHolds(saved, file);
  }

  @Test
  void aStreamWhoseCommandIsEndedIsWithdrawn() throws Exception {
    streamIsWithdrawn("ended", Program::end, "cancelled");
  }

  @Test
  void aStreamWhoseCommandIsKilledIsWithdrawnByTheNextOne() throws Exception {
    streamIsWithdrawn(
        "killed",
        sending -> {
          sending.kill();
          alice.ok("inbox");
        },
        "failed");
  }

  @Test
  void theCommandOthersSendThroughStaysUntilTheyAreDone() throws Exception {
    Path file = Sample.file(files.resolve("second"), 20 * MIB);
    Path saved = files.resolve("saved");
    try (Program taking = bob.takeAll(saved);
        Program first = alice.start("send", "bob", "-", "--name", "first")) {
      bob.until(isOffered("first"), "transfers", "ls");
      try (Program second = alice.start("send", "bob", "-", "--name", "second")) {
        bob.until(isOffered("second"), "transfers", "ls");
        first.in().close();
        bob.until(isDone("first"), "transfers", "ls");
        try (OutputStream in = second.in()) {
          Files.copy(file, in);
        }
        assertEquals(0, second.exit(), second::toString);
      }
      assertEquals(0, first.exit(), first::toString);
      bob.until(isDone("second"), "transfers", "ls");
      taking.end();
    }
    assertEquals(Sample.hash(file), Sample.hash(saved.resolve("second")));
  }

  @Test
  void aStreamFedThroughAnotherCommandFailsWhenItsWriterIsKilled() throws Exception {
    Path saved = files.resolve("saved");
    try (Program taking = bob.takeAll(saved);
        Program first = alice.start("send", "bob", "-", "--name", "holder")) {
      bob.until(isOffered("holder"), "transfers", "ls");
      try (Program second = alice.start("send", "bob", "-", "--name", "orphan")) {
        bob.until(isOffered("orphan"), "transfers", "ls");
        second.kill();
      }
      JsonNode end = taking.await(line -> line.path("name").asText().equals("orphan"));
      assertEquals("failed", end.path("state").asText(), end::toString);
      first.in().close();
      assertEquals(0, first.exit(), first::toString);
      taking.end();
    }
    assertEquals(List.of("holder"), Sample.names(saved));
    town.metric("blobs", blobs -> blobs == 0);
  }

  private static Predicate<JsonNode> isOffered(String name) {
    return answer -> named(answer, name).count() == 1;
  }

  private static Predicate<JsonNode> isDone(String name) {
    return answer -> named(answer, name).anyMatch(one -> one.path("state").asText().equals("done"));
  }

  private static Stream<JsonNode> named(JsonNode answer, String name) {
    return StreamSupport.stream(answer.path("transfers").spliterator(), false)
        .filter(one -> one.path("name").asText().equals(name));
  }

  @Test
  void streamsThatNobodyWritesToStopNoFile() throws Exception {
    Path file = Sample.file(files.resolve("file.bin"), MIB);
    Path saved = files.resolve("saved");
    List<Program> idle = new ArrayList<>();
    try (Program taking = bob.takeAll(saved)) {
      for (int i = 0; i < WireLimits.MAX_DATA_CONNECTIONS; i++) {
        idle.add(alice.start("send", "bob", "-", "--name", "idle" + i));
      }
      bob.until(StreamIT::allAreOffered, "transfers", "ls");
      alice.ok("send", "bob", file.toString(), "--wait", "--timeout", "60s");
      for (Program one : idle) {
        one.in().close();
      }
      for (Program one : idle) {
        assertEquals(0, one.exit(), one::toString);
      }
      bob.until(
          answer -> offered(answer, "done") == WireLimits.MAX_DATA_CONNECTIONS, "transfers", "ls");
      taking.end();
    } finally {
      idle.forEach(Program::close);
    }
    assertEquals(Sample.hash(file), Sample.hash(saved.resolve("file.bin")));
  }

  private static boolean allAreOffered(JsonNode answer) {
    return offered(answer, "") == WireLimits.MAX_DATA_CONNECTIONS;
  }

  private static long offered(JsonNode answer, String state) {
    return StreamSupport.stream(answer.path("transfers").spliterator(), false)
        .filter(one -> one.path("name").asText().startsWith("idle"))
        .filter(one -> state.isEmpty() || one.path("state").asText().equals(state))
        .count();
  }

  /** How a command is ended. */
  private interface Ending {
    void of(Program sending) throws Exception;
  }

  private void streamIsWithdrawn(String name, Ending ending, String state) throws Exception {
    Path saved = files.resolve("saved");
    try (Program taking = bob.takeAll(saved);
        Program sending = alice.start("send", "bob", "-", "--name", name)) {
      sending.in().write(new byte[(int) (4 * MIB)]);
      sending.in().flush();
      bob.until(
          answer -> {
            JsonNode all = answer.path("transfers");
            JsonNode last = all.get(all.size() - 1);
            return last.path("name").asText("").equals(name) && last.path("done").asLong() >= MIB;
          },
          "transfers",
          "ls");
      ending.of(sending);
      JsonNode end = taking.await(line -> line.path("name").asText().equals(name));
      assertEquals(state, end.path("state").asText(), end::toString);
      taking.end();
    }
    assertEquals(List.of(), Sample.names(saved));
    town.metric("blobs", blobs -> blobs == 0);
  }
}
