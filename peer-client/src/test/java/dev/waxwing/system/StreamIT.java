package dev.waxwing.system;

import static dev.waxwing.system.Sample.MIB;
import static dev.waxwing.system.Sample.assertHolds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
  void theReceiverIsToldHowMuchAStreamWas() throws Exception {
    try (Program sending = alice.start("send", "bob", "-", "--name", "measured")) {
      sending.in().write(new byte[123_000]);
      sending.in().close();
      assertEquals(0, sending.exit(), sending::toString);
    }
    List<String> words =
        List.of(
            town.launcher(),
            "--home",
            bob.home.toString(),
            "receive",
            "--all",
            "--to",
            files.toString());
    try (Program taking = town.launch(words, "bob-receive")) {
      taking.in().close();
      assertEquals(0, taking.exit(), taking::toString);
      assertTrue(taking.err().contains("measured from alice, 123 kB"), taking::toString);
    }
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
    Files.write(file, new byte[] {'x'}, StandardOpenOption.WRITE);
    Path saved = files.resolve("saved");
    try (Program taking = bob.takeAll(saved);
        Program first = begun("first")) {
      bob.until(isOffered("first"), "transfers", "ls");
      try (Program second = begun("second")) {
        bob.until(isOffered("second"), "transfers", "ls");
        first.in().close();
        bob.until(isDone("first"), "transfers", "ls");
        try (OutputStream in = second.in();
            InputStream rest = Files.newInputStream(file)) {
          rest.skipNBytes(1);
          rest.transferTo(in);
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
  void whatOneCommandSaysIsTheInputOfAnotherThatSendsThroughIt() throws Exception {
    Path ready = files.resolve("ready");
    List<String> words = List.of(town.launcher(), "--home", alice.home.toString(), "--json");
    List<String> left = new ArrayList<>(words);
    left.addAll(List.of("send", "bob", "-", "--name", "left"));
    List<String> right =
        new ArrayList<>(
            List.of("sh", "-c", "while [ ! -e \"$0\" ]; do sleep 0.1; done; exec \"$@\""));
    right.add(ready.toString());
    right.addAll(words);
    right.addAll(List.of("send", "bob", "-", "--name", "right"));
    List<Process> both =
        ProcessBuilder.startPipeline(List.of(new ProcessBuilder(left), new ProcessBuilder(right)));
    try (Program taking = bob.takeAll(files.resolve("saved"))) {
      both.get(0).getOutputStream().write('x');
      both.get(0).getOutputStream().flush();
      bob.until(isOffered("left"), "transfers", "ls");
      Files.createFile(ready);
      both.get(0).getOutputStream().close();
      for (Process one : both) {
        assertTrue(one.waitFor(Program.PATIENCE, TimeUnit.SECONDS));
        assertEquals(0, one.exitValue());
      }
      bob.until(isDone("right"), "transfers", "ls");
      taking.end();
    } finally {
      both.forEach(Process::destroyForcibly);
    }
    assertTrue(Files.readString(files.resolve("saved").resolve("right")).contains("left"));
  }

  @Test
  void theCommandOthersSendThroughEndsWhenItIsToldTo() throws Exception {
    Path saved = files.resolve("saved");
    try (Program taking = bob.takeAll(saved);
        Program first = begun("lingers")) {
      bob.until(isOffered("lingers"), "transfers", "ls");
      try (Program second = begun("cut")) {
        bob.until(isOffered("cut"), "transfers", "ls");
        first.in().close();
        bob.until(isDone("lingers"), "transfers", "ls");
        first.end();
        second.in().close();
        assertEquals(1, second.exit(), second::toString);
        assertEquals(
            "TRANSFER_NOT_RESUMABLE",
            second.complaint().at("/error/code").asText(),
            second::toString);
      }
      JsonNode end = taking.await(line -> line.path("name").asText().equals("cut"));
      assertEquals("failed", end.path("state").asText(), end::toString);
      taking.end();
    }
    assertEquals(List.of("lingers"), Sample.names(saved));
  }

  @Test
  void aStreamFedThroughAnotherCommandFailsWhenItsWriterIsKilled() throws Exception {
    Path saved = files.resolve("saved");
    try (Program taking = bob.takeAll(saved);
        Program first = begun("holder")) {
      bob.until(isOffered("holder"), "transfers", "ls");
      try (Program second = begun("orphan")) {
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

  /** A stream that begins: nothing is offered before its first byte. */
  private static Program begun(String name) throws IOException {
    Program sending = alice.start("send", "bob", "-", "--name", name);
    sending.in().write('x');
    sending.in().flush();
    return sending;
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
        idle.add(begun("idle" + i));
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
