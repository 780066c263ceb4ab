package dev.waxwing.system;

import static dev.waxwing.system.Sample.MIB;
import static dev.waxwing.system.Sample.assertHolds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a relay with little room keeps for people who are away, and what it lets through. */
@DisabledOnOs(OS.WINDOWS)
class AwayIT {
  private static final long QUOTA = 24 * MIB;

  @TempDir static Path folder;
  private static Town town;
  private static Person alice;
  private static Person bob;

  @TempDir Path files;

  @BeforeAll
  static void settle() throws Exception {
    town = new Town(folder, "--blob-quota", "24MiB", "--blob-window", "8MiB");
    alice = town.join("alice");
    bob = town.join("bob");
  }

  @AfterAll
  static void leave() throws Exception {
    town.close();
  }

  @Test
  void oneUploadServesTenPeopleOfWhomThreeComeLater() throws Exception {
    Path file = Sample.file(files.resolve("ten.bin"), 8 * MIB + 4_321);
    List<Person> people = new ArrayList<>();
    List<String> send = new ArrayList<>(List.of("send"));
    for (int i = 0; i < 10; i++) {
      people.add(town.join("guest" + i));
      send.add("guest" + i);
    }
    send.addAll(List.of(file.toString(), "--timeout", "100s"));
    List<Program> here = new ArrayList<>();
    for (Person person : people.subList(0, 7)) {
      here.add(person.takeAll(files.resolve(person.name)));
    }
    long before = town.metric("blob_bytes_in_total");
    JsonNode sent = alice.ok(send.toArray(String[]::new)).path("transfer");
    assertEquals(10, sent.path("people").size());
    for (int i = 0; i < here.size(); i++) {
      here.get(i).await(line -> line.path("state").asText().equals("done"));
      here.get(i).end();
    }
    for (Person person : people.subList(7, 10)) {
      person.ok("receive", "--all", "--to", files.resolve(person.name).toString());
    }
    assertEquals(
        Sample.sealed(8 * MIB + 4_321), town.metric("blob_bytes_in_total") - before, "one upload");
    for (Person person : people) {
      assertHolds(files.resolve(person.name), file);
    }
    alice.until(inbox -> alice.isAt("done", sent.path("id").asText()), "inbox");
    town.metric("blobs", blobs -> blobs == 0);
  }

  @Test
  void aFileManyTimesTheQuotaFlowsThroughToWhoIsHere() throws Exception {
    Path file = Sample.file(files.resolve("flow.bin"), 5 * QUOTA);
    Path saved = files.resolve("saved");
    try (Program taking = bob.takeAll(saved);
        Program sending = alice.start("send", "bob", file.toString(), "--wait")) {
      assertEquals(0, sending.exit(), sending::toString);
      assertEquals(0, sending.document().at("/transfer/resent").asLong());
      taking.end();
    }
    assertHolds(saved, file);
    town.metric("blobs", blobs -> blobs == 0);
  }

  @Test
  void aFileOverTheQuotaWaitsForWhoIsAwayWithNothingHalfDone() throws Exception {
    Path file = Sample.file(files.resolve("over.bin"), 2 * QUOTA);
    Path saved = files.resolve("saved");
    JsonNode sent = alice.ends(7, "send", "bob", file.toString(), "--timeout", "12s");
    assertEquals("unfinished", sent.path("outcome").asText());
    assertTrue(town.metric("blob_disk_bytes") <= QUOTA, "no more than the quota on disk");
    assertEquals(List.of(), Sample.names(saved));

    String id = sent.at("/transfer/id").asText();
    try (Program taking = bob.takeAll(saved);
        Program going = alice.start("transfers", "watch", id, "--timeout", "100s")) {
      assertEquals(0, going.exit(), going::toString);
      taking.await(line -> line.path("state").asText().equals("done"));
      taking.end();
    }
    assertHolds(saved, file);
  }

  @Test
  void whatIsQueuedSurvivesTheRelaysEndAndItsKillAndComesOnce() throws Exception {
    Path file = Sample.file(files.resolve("queued.bin"), 5 * MIB);
    Path saved = files.resolve("saved");
    alice.ok("send", "bob", file.toString());
    for (int i = 0; i < 3; i++) {
      alice.ok("msg", "bob", "before " + i);
    }
    assertEquals(0, town.relay().end(), town.relay()::toString);
    town.openRelay();
    alice.ok("msg", "bob", "between");
    town.relay().kill();
    town.openRelay();
    alice.ok("msg", "bob", "after");

    bob.ok("receive", "--all", "--to", saved.toString());
    assertHolds(saved, file);
    assertEquals(List.of("before 0", "before 1", "before 2", "between", "after"), bob.inbox());
    town.relay().kill();
    town.openRelay();
    assertEquals(List.of(), bob.inbox());
    assertEquals(0, bob.ok("receive", "--list").path("offers").size());
    town.metric("blobs", blobs -> blobs == 0);
  }
}
