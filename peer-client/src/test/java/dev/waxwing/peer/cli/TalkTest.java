package dev.waxwing.peer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.identity.Invite;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Contact.Marking;
import dev.waxwing.peer.api.HistoryQuery;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.MessageState;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Joining, people and messages. */
class TalkTest {
  @TempDir Path disk;
  private final MemoryHub hub = new MemoryHub();
  private Run run;

  @BeforeEach
  void people() {
    hub.add("alice");
    hub.add("bob");
    run = new Run(hub.doors(disk));
  }

  private Run.Done alice(String... args) {
    return run.run(as("alice", args));
  }

  private Run.Done bob(String... args) {
    return run.run(as("bob", args));
  }

  private static String[] as(String user, String... args) {
    String[] all = new String[args.length + 2];
    all[0] = "--home";
    all[1] = user;
    System.arraycopy(args, 0, all, 2, args.length);
    return all;
  }

  private static String invite(String address) {
    return new Invite(
            List.of(address),
            Bytes.of(new byte[32]),
            Invite.Binding.CERTIFICATE,
            Bytes.of(new byte[Invite.TOKEN]))
        .toText();
  }

  @Test
  void joinSaysWhoYouAreOnStandardOutputAndTheNextStepBesideIt() {
    Run.Done done = run.run("join", invite("memory:7380"), "--name", "sara", "--home", "sara");
    assertEquals(0, done.exit(), done.err());
    assertEquals("You are sara on Memory\n", done.out());
    assertTrue(done.err().contains("Next: waxwing who"), done.err());
  }

  @Test
  void joinReadsTheInviteFromStandardInputAndAsksForTheName() {
    Run.Done done = run.with(invite("memory:7380") + "\n", "join", "-", "--name", "sara");
    assertEquals(0, done.exit(), done.err());
    run.env.put("USER", "Sara K");
    Run.Done asked = run.atTerminal().with("\n", "join", invite("memory:7380"));
    assertTrue(asked.err().contains("Your name [sarak]: "), asked.err());
    assertTrue(asked.out().contains("You are"), asked.out() + asked.err());
  }

  @Test
  void whatNobodyCanAnswerNamesTheFlag() {
    Run.Done done = run.run("join", invite("memory:7380"));
    assertEquals(2, done.exit());
    assertTrue(done.err().contains("--name USERID"), done.err());
    assertTrue(done.err().contains("INPUT_NEEDED"), done.err());
    Run.Done json = run.atTerminal().run("join", invite("memory:7380"), "--json");
    assertEquals(2, json.exit());
    assertEquals("INPUT_NEEDED", json.error().get("code").textValue());
    assertEquals(2, run.run("join", invite("x:1"), "--no-input").exit());
  }

  @Test
  void aTakenNameIsAskedForAgainByAPersonAndRefusedToAScript() {
    Run.Done script = run.run("join", invite("memory:7380"), "--name", "bob");
    assertEquals(4, script.exit());
    assertTrue(script.err().contains("USER_TAKEN"));
    Run.Done person = run.atTerminal().with("bob\nbobby\n", "join", invite("memory:7380"));
    assertEquals(0, person.exit(), person.err());
    assertTrue(person.out().contains("bobby"));
  }

  @Test
  void aHubPasswordComesFromAFileOrIsTypedUnseen() throws Exception {
    String invite = invite("needed:7380");
    assertEquals(4, run.run("join", invite, "--name", "cam").exit());
    Path file = Files.writeString(disk.resolve("pw"), "secret\n");
    Run.Done done =
        run.run("join", invite, "--name", "cam", "--hub-password-file", file.toString());
    assertEquals(0, done.exit(), done.err());
    assertEquals(0, run.atTerminal().run("join", invite, "--name", "dan").exit());
  }

  @Test
  void badInvitesAndNamesAreRefusedByCode() {
    assertEquals(2, run.run("join", "WAXWING-ABC", "--name", "x1").exit());
    assertEquals(2, run.run("join", invite("m:1"), "--name", "Bad Name").exit());
    Run.Done reserved = run.run("join", invite("m:1"), "--name", "admin");
    assertEquals(2, reserved.exit());
    assertTrue(reserved.err().contains("USER_RESERVED"));
  }

  @Test
  void aMessageToSomebodyAwayIsQueuedAndReadLater() {
    Run.Done sent = alice("msg", "bob", "hello", "there");
    assertEquals(0, sent.exit(), sent.err());
    assertEquals("", sent.out());
    assertTrue(sent.err().contains("bob is away"), sent.err());
    Run.Done inbox = bob("inbox", "--json");
    JsonNode message = inbox.json().get("messages").get(0);
    assertEquals(1, inbox.json().get("v").intValue());
    assertEquals("hello there", message.get("text").textValue());
    assertEquals("alice", message.get("from").textValue());
    assertEquals("bob", message.get("to").textValue());
    assertEquals("2026-05-03T12:00:00Z", message.get("sentAt").textValue());
    assertEquals(0, bob("inbox", "--json").json().get("messages").size(), "read once");
  }

  @Test
  void peekLeavesItUnreadAndMarkReadPrintsNothing() {
    alice("msg", "bob", "hello");
    assertTrue(bob("inbox", "--peek").out().contains("alice: hello"));
    assertTrue(bob("inbox", "--from", "alice", "--peek").out().contains("hello"));
    assertEquals("", bob("inbox", "--mark-read").out());
    assertEquals("", bob("inbox").out());
  }

  @Test
  void aMessageComesFromStandardInputToo() {
    assertEquals(0, run.with("from a pipe\nand more\n", as("alice", "msg", "bob", "-")).exit());
    assertEquals(0, run.with("without dash\n", as("alice", "msg", "bob")).exit());
    List<JsonNode> texts = bob("inbox", "--json").json().get("messages").findValues("text");
    assertEquals("from a pipe\nand more", texts.get(0).textValue());
    assertEquals("without dash", texts.get(1).textValue());
  }

  @Test
  void emptyMessagesAndUnknownPeopleAreRefused() {
    assertEquals(2, alice("msg", "bob", "  ").exit());
    assertEquals(2, run.with("\n", as("alice", "msg", "bob")).exit());
    Run.Done unknown = alice("msg", "bbo", "x");
    assertEquals(5, unknown.exit());
    assertTrue(unknown.err().contains("did you mean bob?"), unknown.err());
  }

  @Test
  void waitingForDeliveryEndsWithSevenWhenTimeIsUp() {
    Run.Done done =
        run.inRealTime().run(as("alice", "msg", "bob", "x", "--wait", "--timeout", "300ms"));
    assertEquals(7, done.exit(), done.err());
    assertTrue(done.err().contains("not delivered within"), done.err());
    hub.peer("bob").enter();
    Run.Done there = alice("msg", "bob", "x", "--wait");
    assertEquals(0, there.exit());
    assertTrue(there.err().contains("delivered to bob"), there.err());
  }

  @Test
  void withoutARelayNothingIsSentAndTheCodeIsThree() {
    hub.peer("alice").reach(false);
    Run.Done done = alice("msg", "bob", "x", "--timeout", "1s");
    assertEquals(3, done.exit());
    assertEquals(0, hub.peer("alice").history(new HistoryQuery(null, 0, null, 9)).size());
    Run.Done inbox = alice("inbox");
    assertEquals(0, inbox.exit());
    assertTrue(inbox.err().contains("the relay was not reached (NETWORK_UNREACHABLE)"));
  }

  @Test
  void aChangedKeyStopsUntilItIsAccepted() {
    hub.peer("alice").put(new UserId("bob"), null, null, Trust.CHANGED, Marking.CONTACT);
    Run.Done done = alice("msg", "bob", "x");
    assertEquals(6, done.exit());
    assertTrue(done.err().contains("waxwing verify bob"), done.err());
    Run.Done added = alice("contacts", "add", "bob");
    assertEquals(0, added.exit());
    assertTrue(added.err().contains("another than the one you know"), added.err());
    assertEquals(0, alice("msg", "bob", "x", "--accept-new-key").exit());
    assertFalse(alice("contacts", "add", "bob").err().contains("another"));
  }

  private MessageState state(Message message, UserId with) {
    return hub.peer("alice").history(new HistoryQuery(with, 0, null, 9)).stream()
        .filter(one -> one.id().equals(message.id()))
        .map(Message::state)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void acceptingTheKeySendsWhatIsHeldAlsoWhenNothingIsChangedAnyMore() {
    UserId bob = new UserId("bob");
    hub.peer("alice").put(bob, null, null, Trust.NEW, Marking.CONTACT);
    Message held = hub.peer("alice").hold(bob, "from before");
    assertEquals(0, alice("msg", "bob", "x").exit());
    assertEquals(MessageState.HELD, state(held, bob));
    assertEquals(0, alice("msg", "bob", "y", "--accept-new-key").exit());
    assertEquals(MessageState.ACCEPTED, state(held, bob));
  }

  @Test
  void somebodyWhoBlocksDeclines() {
    bob("contacts", "block", "alice");
    Run.Done done = alice("msg", "bob", "x");
    assertEquals(10, done.exit(), done.err());
  }

  @Test
  void aLongTextTravelsAsAFile() {
    Run.Done done = run.with("x".repeat(70_000), as("alice", "msg", "bob", "-"));
    assertEquals(0, done.exit(), done.err());
    assertTrue(done.err().contains("message.txt"));
    assertEquals(1, bob("receive", "--list", "--json").json().get("offers").size());
  }

  @Test
  void anOwnNoteIsKept() {
    Run.Done done = alice("msg", "alice", "remember");
    assertEquals(0, done.exit());
    assertTrue(done.err().contains("note"), done.err());
    assertEquals(
        MessageState.NOTE.name().toLowerCase(java.util.Locale.ROOT),
        alice("history", "--json").json().get("messages").get(0).get("state").textValue());
  }

  @Test
  void historyIsSearchedAndExported() throws Exception {
    alice("msg", "bob", "the invoice");
    alice("msg", "bob", "other\u202e");
    assertEquals(
        "2026-05-03 12:00  alice: the invoice\n",
        alice("history", "bob", "--search", "INVOICE").out());
    assertEquals(2, alice("history", "--since", "1h", "--json").json().get("messages").size());
    assertEquals(
        0, alice("history", "--since", "2026-05-04", "--json").json().get("messages").size());
    assertEquals(2, alice("history", "--since", "yesterday").exit());
    Path file = disk.resolve("bob.jsonl");
    assertEquals(0, alice("history", "bob", "--export", file.toString()).exit());
    assertEquals(2, Files.readAllLines(file).size());
    assertTrue(Files.readAllLines(file).get(1).contains("other\\u202e"));
    assertEquals(2, alice("history", "bob", "--export", file.toString()).exit(), "exists");
    assertEquals(0, alice("history", "bob", "--export", file.toString(), "--yes").exit());
    Path text = disk.resolve("bob.txt");
    alice("history", "bob", "--export", text.toString());
    assertFalse(HostileTextTest.acts(Files.readString(text)));
  }

  @Test
  void contactsAreAddedNamedBlockedAndForgotten() {
    assertEquals(0, alice("contacts", "add", "bob").exit());
    assertEquals(0, alice("contacts", "rename", "bob", "boss").exit());
    assertEquals(0, alice("msg", "boss", "hi").exit());
    assertTrue(alice("contacts").out().contains("bob  boss"));
    assertEquals(
        "boss", alice("contacts", "--json").json().get("contacts").get(0).get("alias").textValue());
    assertEquals(0, alice("contacts", "block", "boss").exit());
    assertTrue(alice("contacts", "ls").out().contains("blocked"));
    assertEquals(0, alice("contacts", "unblock", "bob").exit());
    assertEquals(0, alice("contacts", "rm", "bob").exit());
    assertEquals(5, alice("contacts", "rm", "bob").exit());
    assertEquals(5, alice("contacts", "add", "zoe").exit());
  }

  @Test
  void verifyShowsTwelveTimesFiveDigitsAndAsks() {
    Run.Done script = alice("verify", "bob");
    assertEquals(2, script.exit());
    assertTrue(script.err().contains("--yes"), script.err());
    assertTrue(script.out().contains("  01234  56789  01234  56789\n"), script.out());
    assertEquals(6, run.atTerminal().with("n\n", as("alice", "verify", "bob")).exit());
    assertEquals(Trust.NEW, hub.peer("alice").contact("bob").trust());
    assertEquals(0, run.atTerminal().with("y\n", as("alice", "verify", "bob")).exit());
    assertEquals(Trust.VERIFIED, hub.peer("alice").contact("bob").trust());
    assertTrue(alice("who").out().contains("✓ verified"));
    assertEquals(0, alice("verify", "bob", "--undo").exit());
    Run.Done json = alice("verify", "bob", "--yes", "--json");
    assertEquals(60, json.json().get("safetyNumber").textValue().length());
    assertEquals("verified", json.json().get("contact").get("trust").textValue());
    assertEquals(0, alice("verify", "bob", "--show").exit());
  }

  @Test
  void whoListsThoseHereFirstAndWatchesTheRest() {
    hub.peer("bob").enter();
    assertTrue(alice("who").out().lines().noneMatch(line -> line.endsWith(" ")));
    JsonNode people = alice("who", "--json").json().get("people");
    assertEquals(2, people.size());
    hub.peer("alice").onSubscribe = () -> hub.peer("bob").close();
    Run.Done watch =
        new Run(hub.doors(disk)).stoppedAfter("away  bob\n").run(as("alice", "who", "--watch"));
    assertEquals(130, watch.exit());
    assertTrue(watch.out().contains("○ away  bob"), watch.out());
  }

  @Test
  void listenPrintsOneDocumentALineOfTheTypesAskedFor() {
    MemoryPeer alice = hub.peer("alice");
    alice.onSubscribe =
        () -> {
          hub.presence(new UserId("bob"), true);
          alice.plant(new UserId("bob"), "one");
          alice.plant(new UserId("bob"), "two");
        };
    Run.Done done =
        new Run(hub.doors(disk))
            .stoppedAfter("\"two\"")
            .run(as("alice", "listen", "--types", "message,offer"));
    assertEquals(130, done.exit());
    assertEquals(2, done.lines().size());
    JsonNode line = done.lines().get(0);
    assertEquals(1, line.get("v").intValue());
    assertEquals("message", line.get("type").textValue());
    assertEquals("bob", line.get("from").textValue());
    Run.Done link =
        new Run(hub.doors(disk))
            .stoppedAfter("\"link\"")
            .run(as("alice", "listen", "--types", "link"));
    assertTrue(link.out().contains("\"state\""), link::toString);
    Run.Done typo = run.run(as("alice", "listen", "--types", "mesage"));
    assertEquals(2, typo.exit());
    assertTrue(typo.err().contains("did you mean message?"));
  }

  @Test
  void idShowsTheCardAndItsCode() {
    assertEquals("alice", alice("id", "--json").json().get("user").textValue());
    assertTrue(alice("id", "--qr").out().contains("█"));
  }

  @Test
  void theBareCommandTellsTheNextStep() {
    Run.Done fresh = run.run("--home", "zoe");
    assertEquals(0, fresh.exit());
    assertTrue(fresh.err().contains("waxwing join INVITE"));
    assertTrue((fresh.out() + fresh.err()).lines().count() <= 3);
    alice("msg", "bob", "x");
    Run.Done status = bob();
    assertTrue(status.out().contains("bob on Memory (online)"), status.out());
    assertTrue(status.out().contains("1 unread message"), status.out());
    assertTrue(status.err().contains("Next: waxwing inbox"));
    JsonNode json = bob("status", "--json").json();
    assertEquals(1, json.get("unread").intValue());
    assertEquals("online", json.get("link").get("state").textValue());
    assertEquals(4, run.run("--home", "zoe", "status").exit());
  }

  @Test
  void statusSaysWhyTheRelayIsNotReached() {
    hub.peer("bob").reach(false);
    Run.Done done = bob("status");
    assertEquals(0, done.exit());
    assertTrue(done.out().contains("NETWORK_UNREACHABLE"), done.out());
    assertTrue(done.err().contains("waxwing doctor"), done.err());
  }

  @Test
  void doctorHasALineForEachCheckAndTheFixBelow() throws Exception {
    Files.createDirectories(disk.resolve("alice"));
    Run.Done open = alice("doctor");
    assertEquals(1, open.exit(), "a folder made by createDirectories is open: " + open.out());
    assertTrue(open.out().contains("✗ folder"), open.out());
    assertTrue(open.out().contains("\n            chmod -R go="), open.out());
    Files.setPosixFilePermissions(
        disk.resolve("alice"),
        java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    Run.Done well = alice("doctor");
    assertEquals(0, well.exit(), well.out());
    hub.peer("alice").skew = 31_536_000_000L;
    Run.Done clock = alice("doctor");
    assertEquals(8, clock.exit());
    assertTrue(clock.out().contains("! clock     365 d behind the relay's"), clock.out());
    hub.peer("alice").reach(false);
    Run.Done relay = alice("doctor", "--json");
    assertEquals(1, relay.exit());
    assertEquals("broken", relay.json().get("result").textValue());
    assertEquals(8, run.run("--home", "zoe", "doctor").exit());
  }

  @Test
  void aClockAYearOffIsToldAndNothingStops() {
    hub.peer("alice").skew = -31_536_000_000L;
    Run.Done done = alice("msg", "bob", "x");
    assertEquals(0, done.exit());
    assertTrue(done.err().contains("clock is 365 d ahead of the relay's"), done.err());
  }
}
