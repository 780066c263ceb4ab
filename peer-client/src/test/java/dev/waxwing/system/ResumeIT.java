package dev.waxwing.system;

import static dev.waxwing.system.Sample.MIB;
import static dev.waxwing.system.Sample.RESENT;
import static dev.waxwing.system.Sample.assertHolds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file whose sender, receiver or relay is killed in its middle arrives whole, and little of it
 * travels twice. The middle is where a gate holds the flow.
 */
@DisabledOnOs(OS.WINDOWS)
class ResumeIT {
  private static final long SIZE = 48 * MIB;

  /** Beyond what may be sent again, so that a start from nothing would be seen. */
  private static final long MIDDLE = 40 * MIB;

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

  @AfterEach
  void open() {
    alice.gate.open();
    bob.gate.open();
  }

  /** Nothing has the file's name, or any name it might be taken for. */
  private static void assertUnfinished(Path saved, Path file) throws Exception {
    String name = file.getFileName().toString();
    assertEquals(List.of(name + ".part", name + ".part.leaves"), Sample.names(saved));
  }

  @Test
  void aKilledSenderGoesOnWhereItWas() throws Exception {
    Path file = Sample.file(files.resolve("sender.bin"), SIZE);
    Path saved = files.resolve("saved");
    alice.gate.limit(Gate.Way.UP, MIDDLE);
    try (Program taking = bob.takeAll(saved)) {
      Program sending = alice.start("send", "bob", file.toString(), "--wait");
      alice.gate.awaitHeld(Program.PATIENCE);
      sending.kill();
      alice.gate.sever();
      assertUnfinished(saved, file);
      alice.gate.open();
      alice.gate.reset();

      String id = alice.last().path("id").asText();
      alice.ok("transfers", "watch", id, "--timeout", "100s");
      JsonNode received = taking.await(line -> line.path("state").asText().equals("done"));
      assertEquals(SIZE, received.path("done").asLong(), received::toString);
      assertResent(alice.transfer(id));
      assertTrue(alice.gate.passed(Gate.Way.UP) <= SIZE - MIDDLE + RESENT + MIB);
      taking.end();
    }
    assertHolds(saved, file);
  }

  private static boolean lastIsDone(JsonNode answer) {
    JsonNode all = answer.path("transfers");
    return all.get(all.size() - 1).path("state").asText().equals("done");
  }

  private static void assertResent(JsonNode transfer) {
    long resent = transfer.path("resent").asLong();
    System.out.println("sent again: " + resent + " bytes of " + SIZE);
    assertTrue(resent <= RESENT, transfer::toString);
  }

  @Test
  void aKilledReceiverGoesOnWhereItWas() throws Exception {
    Path file = Sample.file(files.resolve("receiver.bin"), SIZE);
    Path saved = files.resolve("saved");
    bob.gate.limit(Gate.Way.DOWN, MIDDLE);
    try (Program taking = bob.takeAll(saved);
        Program sending = alice.start("send", "bob", file.toString(), "--wait")) {
      bob.gate.awaitHeld(Program.PATIENCE);
      taking.kill();
      bob.gate.sever();
      assertUnfinished(saved, file);
      bob.gate.open();
      bob.gate.reset();

      JsonNode end = bob.ok("transfers", "watch", "--timeout", "100s").path("transfers").get(0);
      assertEquals("done", end.path("state").asText(), end::toString);
      assertEquals(SIZE, end.path("done").asLong(), end::toString);
      assertTrue(
          bob.gate.passed(Gate.Way.DOWN) <= SIZE - MIDDLE + RESENT,
          () -> bob.gate.passed(Gate.Way.DOWN) + " bytes came again");
      assertEquals(0, sending.exit(), sending::toString);
      assertEquals("received", sending.document().path("outcome").asText());
      assertResent(sending.document().path("transfer"));
    }
    assertHolds(saved, file);
  }

  @Test
  void afterTheRelayWasKilledBothGoOnByThemselves() throws Exception {
    Path file = Sample.file(files.resolve("relay.bin"), SIZE);
    Path saved = files.resolve("saved");
    bob.gate.limit(Gate.Way.DOWN, MIDDLE);
    try (Program taking = bob.takeAll(saved);
        Program sending = alice.start("send", "bob", file.toString(), "--wait")) {
      bob.gate.awaitHeld(Program.PATIENCE);
      town.relay().kill();
      bob.gate.sever();
      assertUnfinished(saved, file);
      bob.gate.open();
      town.openRelay();

      assertEquals(0, sending.exit(), sending::toString);
      assertEquals("received", sending.document().path("outcome").asText());
      assertResent(sending.document().path("transfer"));
      taking.end();
    }
    assertHolds(saved, file);
  }

  @Test
  void aPartialFileThatWasDeletedComesAgain() throws Exception {
    Path file = Sample.file(files.resolve("deleted.bin"), 16 * MIB);
    Path saved = files.resolve("saved");
    bob.gate.limit(Gate.Way.DOWN, 12 * MIB);
    try (Program taking = bob.takeAll(saved);
        Program sending = alice.start("send", "bob", file.toString(), "--wait")) {
      bob.gate.awaitHeld(Program.PATIENCE);
      taking.kill();
      bob.gate.sever();
      bob.gate.open();
      Files.delete(Sample.part(saved, "deleted.bin"));

      try (Program again = bob.takeAll(saved)) {
        // A new offer in the place of the first, where the relay has freed what bob once held.
        bob.until(ResumeIT::lastIsDone, "transfers", "ls");
        again.end();
      }
      alice.until(ResumeIT::lastIsDone, "transfers", "ls");
      sending.exit();
    }
    assertHolds(saved, file);
  }
}
