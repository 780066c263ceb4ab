package dev.waxwing.peer.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Contact.Marking;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.peer.session.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sending, receiving, transfers. */
class FilesTest {
  @TempDir Path disk;
  private final MemoryHub hub = new MemoryHub();
  private Run run;
  private Path photo;
  private Path in;

  @BeforeEach
  void people() throws IOException {
    hub.add("alice");
    hub.add("bob");
    hub.add("carol");
    run = new Run(hub.doors(disk));
    photo = Files.write(disk.resolve("photo.jpg"), new byte[4_100_000]);
    in = disk.resolve("in");
  }

  private Run.Done alice(String... args) {
    return run.run(as("alice", args));
  }

  private Run.Done bob(String... args) {
    return run.run(as("bob", args));
  }

  private static String[] as(String user, String... args) {
    return Stream.concat(Stream.of("--home", user), Stream.of(args)).toArray(String[]::new);
  }

  private String send() {
    Run.Done done = alice("send", "bob", photo.toString(), "--json");
    assertEquals(0, done.exit(), done.err());
    return done.json().get("transfer").get("id").textValue();
  }

  @Test
  void aFileForSomebodyAwayIsQueuedAndTakenLater() throws IOException {
    Run.Done sent = alice("send", "bob", photo.toString());
    assertEquals(0, sent.exit(), sent.err());
    assertEquals("", sent.out());
    assertTrue(sent.err().contains("Sending photo.jpg, 4.1 MB to bob (away)"), sent.err());
    assertTrue(sent.err().contains("queued at the relay, bob is away"), sent.err());
    Run.Done taken = bob("receive", "--all", "--to", in.toString(), "--no-input");
    assertEquals(0, taken.exit(), taken.err());
    assertEquals(in.resolve("photo.jpg") + "\n", taken.out());
    assertArrayEquals(Files.readAllBytes(photo), Files.readAllBytes(in.resolve("photo.jpg")));
    assertTrue(alice("transfers").out().contains("received"));
  }

  @Test
  void nothingWaitingIsNoFailure() {
    Run.Done done = bob("receive", "--all", "--no-input");
    assertEquals(0, done.exit());
    assertTrue(done.err().contains("Nothing waits"), done.err());
    assertEquals(0, bob("receive", "--list").exit());
    assertEquals(0, bob("receive", "--all", "--json").json().get("transfers").size());
  }

  @Test
  void theOutcomeIsNamedForPrograms() {
    assertEquals(
        "queued",
        alice("send", "bob", photo.toString(), "--json").json().get("outcome").textValue());
    hub.peer("bob").enter();
    Run.Done live = alice("send", "bob", photo.toString(), "--json");
    assertEquals("live", live.json().get("outcome").textValue());
    assertEquals("at_relay", live.json().get("transfer").get("state").textValue());
  }

  @Test
  void waitingEndsWithSevenWhenTimeIsUp() {
    Run.Done done =
        run.inRealTime()
            .run(as("alice", "send", "bob", photo.toString(), "--wait", "--timeout", "300ms"));
    assertEquals(7, done.exit(), done.err());
    assertTrue(done.err().contains("transfers watch"), done.err());
  }

  @Test
  void waitingGoesOnWithWhatTookThePlaceOfATransfer() {
    MemoryPeer alice = hub.peer("alice");
    UserId bob = new UserId("bob");
    List<BlobId> line = new ArrayList<>();
    alice.onAwait =
        id -> {
          if (line.size() < 3) {
            line.add(id);
            TransferState next = line.size() < 3 ? TransferState.WAITING : TransferState.DONE;
            alice.replace(id, bob, next);
          }
        };
    Run.Done done = alice("send", "bob", photo.toString(), "--wait", "--json");
    assertEquals(0, done.exit(), done.err());
    assertEquals("received", done.json().get("outcome").textValue());
    JsonNode sent = done.json().get("transfer");
    assertEquals(line.get(2).toString(), sent.get("replaces").textValue());
    assertEquals(3, line.stream().distinct().count());
  }

  @Test
  void waitingTellsOfEachPersonByTheirNewestCopy() {
    MemoryPeer alice = hub.peer("alice");
    UserId bob = new UserId("bob");
    UserId carol = new UserId("carol");
    List<BlobId> first = new ArrayList<>();
    alice.onAwait =
        id -> {
          if (first.isEmpty()) {
            first.add(id);
            alice.replace(id, bob, TransferState.DONE);
            alice.party(id, carol, TransferState.DONE);
          }
        };
    Run.Done done = alice("send", "bob", "carol", photo.toString(), "--wait");
    assertEquals(0, done.exit(), done.err());
    assertTrue(done.err().contains("received by bob"), done.err());
    assertTrue(done.err().contains("received by carol"), done.err());
  }

  @Test
  void aCopyThatFailedForOneOfSeveralIsPartly() {
    MemoryPeer alice = hub.peer("alice");
    alice.onAwait =
        id -> {
          alice.party(id, new UserId("bob"), TransferState.FAILED);
          alice.party(id, new UserId("carol"), TransferState.DONE);
        };
    Run.Done done = alice("send", "bob", "carol", photo.toString(), "--wait");
    assertEquals(8, done.exit(), done.err());
  }

  @Test
  void withoutARelayNothingIsSentAndTheCodeIsThree() {
    hub.peer("alice").reach(false);
    Run.Done done = alice("send", "bob", photo.toString(), "--timeout", "1s");
    assertEquals(3, done.exit());
    assertEquals(0, hub.peer("alice").transfers().size());
  }

  @Test
  void anUploadThatDoesNotEndInTimeIsKept() {
    hub.peer("alice").stuck = true;
    Run.Done done =
        run.inRealTime().run(as("alice", "send", "bob", photo.toString(), "--timeout", "400ms"));
    assertEquals(7, done.exit(), done.err());
    assertTrue(done.err().contains("it is kept and goes on"), done.err());
    assertEquals(TransferState.ACTIVE, hub.peer("alice").transfers().get(0).state());
  }

  @Test
  void declinedByAllIsTenAndBySomeIsEight() {
    bob("contacts", "block", "alice");
    Run.Done all = alice("send", "bob", photo.toString());
    assertEquals(10, all.exit(), all.err());
    Run.Done some = alice("send", "bob", "carol", photo.toString());
    assertEquals(8, some.exit(), some.err());
    assertTrue(some.err().contains("declined by bob"), some.err());
    assertTrue(some.err().contains("carol is away"), some.err());
  }

  @Test
  void aChangedKeyHoldsFilesToo() {
    hub.peer("alice").put(new UserId("bob"), null, null, Trust.CHANGED, Marking.CONTACT);
    assertEquals(6, alice("send", "carol", "bob", photo.toString()).exit());
    assertEquals(0, hub.peer("alice").transfers().size());
    assertEquals(0, alice("send", "bob", photo.toString(), "--accept-new-key").exit());
  }

  @Test
  void standardInputIsSentUnderAName() throws IOException {
    Run.Done done =
        run.with("x".repeat(600_000), as("alice", "send", "bob", "-", "--name", "a.sql"));
    assertEquals(0, done.exit(), done.err());
    assertTrue(done.err().contains("cannot be read twice"), done.err());
    assertEquals(0, bob("receive", "--all", "--to", in.toString()).exit());
    assertEquals("x".repeat(600_000), Files.readString(in.resolve("a.sql")));
  }

  @Test
  void nothingIsOfferedBeforeThereIsAByte() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            assertEquals(0, hub.peer("alice").transfers().size());
            throw new IOException("gone");
          }
        };
    assertEquals(1, run.with(broken, as("alice", "send", "bob", "-", "-m", "look")).exit());
    assertEquals(0, hub.peer("alice").transfers().size());
    assertEquals(0, hub.peer("bob").unread().size());
  }

  @Test
  void nothingAtAllIsAnEmptyFile() throws IOException {
    assertEquals(0, run.with("", as("alice", "send", "bob", "-", "--name", "none")).exit());
    assertEquals(0, bob("receive", "--all", "--to", in.toString()).exit());
    assertEquals("", Files.readString(in.resolve("none")));
  }

  @Test
  void standardInputThatBreaksWithdrawsTheTransfer() {
    InputStream broken =
        new InputStream() {
          private int left = 1;

          @Override
          public int read() throws IOException {
            if (left-- > 0) {
              return 'x';
            }
            throw new IOException("gone");
          }

          @Override
          public int read(byte[] into, int at, int length) throws IOException {
            into[at] = (byte) read();
            return 1;
          }
        };
    assertEquals(1, run.with(broken, as("alice", "send", "bob", "-")).exit());
    assertEquals(TransferState.CANCELLED, hub.peer("alice").transfers().get(0).state());
  }

  @Test
  void dashesAndFlagsSayWhoAndWhat() throws IOException {
    assertEquals(0, alice("send", "bob", "--", photo.toString()).exit());
    assertEquals(0, alice("send", "--to", "bob", "--to", "carol", photo.toString()).exit());
    assertEquals(5, alice("send", "bob", disk.resolve("gone").toString()).exit());
    assertEquals(2, alice("send", photo.toString()).exit());
    assertEquals(2, alice("send", "bob").exit());
  }

  @Test
  void oneOfferIsAskedForAndTakenByIdOrBeginning() {
    String id = send();
    Run.Done script = bob("receive");
    assertEquals(2, script.exit());
    assertTrue(script.err().contains("--all"), script.err());
    assertEquals(0, run.atTerminal().with("n\n", as("bob", "receive")).exit());
    assertEquals(1, hub.peer("bob").offers().size());
    Run.Done taken = bob("receive", id.substring(0, 6), "--as", "mine.jpg", "--to", in.toString());
    assertEquals(0, taken.exit(), taken.err());
    assertTrue(Files.exists(in.resolve("mine.jpg")));
  }

  @Test
  void aPatternNamesWhatIsTaken() {
    send();
    assertEquals(2, bob("receive", "--all", "--as", "one", "--name-pattern", "dated").exit());
    assertEquals(2, bob("receive", "--all", "--name-pattern", "{nobody}").exit());
    Run.Done taken =
        bob("receive", "--all", "--name-pattern", "{from}-{name}", "--to", in.toString());
    assertEquals(0, taken.exit(), taken.err());
    assertTrue(Files.exists(in.resolve("alice-photo.jpg")), taken.out());
  }

  @Test
  void ofSeveralOffersAPersonChooses() {
    send();
    send();
    Run.Done done = run.atTerminal().with("2\n", as("bob", "receive", "--to", in.toString()));
    assertEquals(0, done.exit(), done.err());
    assertEquals(1, hub.peer("bob").offers().size());
    assertEquals(2, bob("receive", "--to", in.toString()).exit());
    assertEquals(0, bob("receive", "--yes", "--to", in.toString()).exit());
  }

  @Test
  void aTakenNameIsRenamedSkippedOrReplaced() throws IOException {
    Files.createDirectories(in);
    Files.writeString(in.resolve("photo.jpg"), "old");
    send();
    Run.Done skip = bob("receive", "--all", "--to", in.toString(), "--on-conflict", "skip");
    assertEquals(0, skip.exit());
    assertTrue(skip.err().contains("skipped"), skip.err());
    assertEquals(0, bob("receive", "--all", "--to", in.toString()).exit());
    assertTrue(Files.exists(in.resolve("photo.jpg (2)")));
    send();
    assertEquals(
        0, bob("receive", "--all", "--to", in.toString(), "--on-conflict=OVERWRITE").exit());
    assertEquals(4_100_000, Files.size(in.resolve("photo.jpg")));
  }

  @Test
  void onlyWhatTheNamedPeopleSentIsTaken() {
    send();
    assertEquals(0, bob("receive", "--all", "--from", "carol", "--to", in.toString()).exit());
    assertEquals(1, hub.peer("bob").offers().size());
    assertEquals(0, bob("receive", "--all", "--from", "alice", "--to", in.toString()).exit());
    assertEquals(0, hub.peer("bob").offers().size());
  }

  @Test
  void watchTakesWhatWaitsAndWhatComes() {
    send();
    MemoryPeer bob = hub.peer("bob");
    bob.onSubscribe =
        () -> hub.peer("alice").offer(List.of(new UserId("bob")), "later.txt", new byte[5], null);
    hub.peer("alice").enter();
    Run.Done done =
        new Run(hub.doors(disk))
            .stoppedAfter("later.txt")
            .run(as("bob", "receive", "--watch", "--to", in.toString()));
    assertEquals(130, done.exit(), done.err());
    assertTrue(Files.exists(in.resolve("photo.jpg")));
    assertTrue(Files.exists(in.resolve("later.txt")));
  }

  @Test
  void watchPrintsDocumentsForPrograms() {
    send();
    Run.Done done =
        new Run(hub.doors(disk))
            .stoppedAfter("photo.jpg")
            .run(as("bob", "receive", "--watch", "--json", "--to", in.toString()));
    JsonNode line = done.lines().get(0);
    assertEquals("transfer", line.get("type").textValue());
    assertEquals("done", line.get("state").textValue());
    assertEquals(in.resolve("photo.jpg").toString(), line.get("path").textValue());
  }

  @Test
  void aFailedOneOfManyIsPartlyAndAloneItsOwnCode() throws IOException {
    send();
    Files.writeString(in, "a file where the folder should be");
    Run.Done alone = bob("receive", "--all", "--to", in.toString());
    assertEquals(1, alone.exit());
    assertTrue(alone.err().contains("TARGET_UNWRITABLE"), alone.err());
  }

  @Test
  void transfersAreShownAndSteered() {
    String id = send();
    String shorter = id.substring(0, 6);
    assertTrue(alice("transfers", "ls").out().contains("at the relay  → bob"));
    Run.Done key = alice("transfers", "show", shorter, "--reveal-key");
    assertEquals(1, key.out().lines().count());
    assertTrue(key.out().startsWith("AGE-SECRET-KEY-1"));
    assertTrue(alice("transfers", "show", shorter).out().contains("to       bob, at relay"));
    assertEquals(
        id,
        alice("transfers", "show", shorter, "--json").json().get("transfer").get("id").textValue());
    assertEquals(0, alice("transfers", "pause", shorter).exit());
    assertEquals(TransferState.PAUSED, hub.peer("alice").transfers().get(0).state());
    Run.Done resumed = alice("transfers", "resume", shorter);
    assertEquals(0, resumed.exit(), resumed.err());
    assertEquals(0, alice("transfers", "watch").exit());
    assertEquals(0, alice("transfers", "cancel", shorter).exit());
    assertEquals(5, alice("transfers", "show", "ffff").exit());
    assertEquals(2, alice("transfers", "retry").exit());
  }

  @Test
  void cancellingAnOfferDeclinesItAndTheSenderSeesTen() {
    String id = send();
    bob("receive", "--list");
    assertEquals(0, bob("transfers", "cancel", id).exit());
    Transfer sent = hub.peer("alice").transfers().get(0);
    assertEquals(TransferState.DECLINED, sent.state());
    assertEquals(10, alice("transfers", "watch", id).exit());
  }

  @Test
  void progressIsDrawnOnATerminalOnlyAndLeavesNothing() {
    hub.peer("alice").stuck = true;
    Run.Done drawn =
        new Run(hub.doors(disk))
            .inRealTime()
            .watched()
            .run(as("alice", "send", "bob", photo.toString(), "--timeout", "600ms"));
    assertTrue(drawn.err().contains("photo.jpg  → bob"), drawn.err());
    assertTrue(drawn.err().contains("\u001b[1F\u001b[J"), "taken back");
    Run.Done quiet =
        new Run(hub.doors(disk))
            .inRealTime()
            .run(as("alice", "send", "bob", photo.toString(), "--timeout", "600ms"));
    assertTrue(!quiet.err().contains("\u001b"), quiet.err());
    assertEquals(
        "",
        new Run(hub.doors(disk))
            .watched()
            .run(as("carol", "send", "bob", photo.toString(), "--quiet"))
            .err());
  }
}
