package dev.waxwing.peer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Contact.Marking;
import dev.waxwing.peer.api.Message;
import dev.waxwing.peer.api.PeerEvent;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.text.TerminalText;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names, texts and file names that would act on a terminal, through every command. */
class HostileTextTest {
  /** Clears the screen, sets the title, C1 CSI, turns the direction, overwrites the line. */
  static final String CANARY =
      "\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egpj.exe\u2066\r\b\u007f\u2028\udc00";

  @TempDir Path disk;
  private final MemoryHub hub = new MemoryHub();
  private final List<String> leaks = new ArrayList<>();
  private Run run;

  /** Whether something printed would do anything but show itself; lines may end. */
  static boolean acts(String printed) {
    return printed.codePoints().anyMatch(c -> c != '\n' && TerminalText.acts(c));
  }

  @BeforeEach
  void people() {
    MemoryPeer alice = hub.add("alice");
    MemoryPeer mallory = hub.add("mallory");
    UserId bad = new UserId("mallory");
    alice.put(bad, "al" + CANARY, "calls " + CANARY, Trust.CHANGED, Marking.CONTACT);
    alice.plant(bad, "text " + CANARY + "\nmallory: second line");
    mallory.enter();
    mallory.offer(List.of(new UserId("alice")), "file" + CANARY, new byte[100], null);
    run = new Run(hub.doors(disk));
  }

  private void check(String... args) {
    check(run.run(args), args);
  }

  private void check(Run.Done done, String... args) {
    if (acts(done.out()) || acts(done.err())) {
      leaks.add(String.join(" ", args));
    }
  }

  @Test
  void nothingThatActsReachesAnyOutput() {
    run.env.put("NO_COLOR", "1");
    for (String mode : List.of("--color=never", "--json", "--verbose")) {
      for (String line :
          List.of(
              "",
              "status",
              "who",
              "contacts ls",
              "inbox --peek",
              "history",
              "history mallory",
              "id --qr",
              "receive --list",
              "transfers",
              "verify mallory --show",
              "doctor",
              "verify mallory --yes",
              "contacts rename mallory",
              "contacts block mallory")) {
        List<String> words = new ArrayList<>(List.of("--home", "alice", mode));
        words.addAll(List.of(line.split(" ")));
        words.remove("");
        check(words.toArray(new String[0]));
      }
    }
    check("--home", "alice", "receive", "--all", "--to", disk.resolve("in").toString());
    check("--home", "alice", "transfers", "ls");
    check("--home", "alice", "msg", "nobody" + CANARY, "x");
    check("--home", "alice", "send", "ali", "no/" + CANARY);
    check("cmd" + CANARY);
    check("msg", "--opt" + CANARY);
    check("--home", "alice", "listen", "--types", "x" + CANARY);
    check("help", CANARY);
    assertEquals(List.of(), leaks);
  }

  @Test
  void neitherDoesItInConversationsAndStreams() {
    MemoryPeer alice = hub.peer("alice");
    alice.onSubscribe =
        () -> {
          alice.plant(new UserId("mallory"), "now " + CANARY);
          alice.emit(new PeerEvent.Notice("notice " + CANARY));
          alice.transfers().forEach(alice::store);
        };
    Run.Done chat =
        run.with("/verify\n/nothing" + CANARY + "\n", "--home", "alice", "chat", "mallory");
    check(chat, "chat");
    assertTrue(chat.out().contains("now "), chat.out());
    Run.Done listen =
        new Run(hub.doors(disk)).stoppedAfter("notice").run("--home", "alice", "listen");
    check(listen, "listen");
    assertEquals(130, listen.exit());
    assertEquals(List.of(), leaks);
  }

  @Test
  void aSecondLineCannotPassForAMessageOfSomebodyElse() {
    Run.Done done = run.run("--home", "alice", "inbox", "--peek");
    assertTrue(done.out().contains("\n    mallory: second line"), done.out());
  }

  @Test
  void aPrintThatForgetsToEscapeIsFoundByTheseTests() {
    Message message = hub.peer("alice").unread().get(0);
    assertTrue(acts(message.text()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Streams streams =
        new Streams(
            InputStream.nullInputStream(),
            new PrintStream(out, true, UTF_8),
            new PrintStream(out, true, UTF_8),
            Tty.NONE);
    Voice voice = new Voice(streams, new Globals(), false);
    voice.result("%s", message.text());
    assertFalse(acts(out.toString(UTF_8)));
    streams.out().println(message.text());
    assertTrue(acts(out.toString(UTF_8)), "the planted print");
  }
}
