package dev.waxwing.peer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.HistoryQuery;
import dev.waxwing.peer.session.Trust;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTest {
  @TempDir Path disk;
  private final MemoryHub hub = new MemoryHub();
  private Run run;

  @BeforeEach
  void people() {
    hub.add("alice");
    hub.add("bob");
    run = new Run(hub.doors(disk));
  }

  private Run.Done chat(String typed) {
    return run.with(typed, "--home", "alice", "chat", "bob");
  }

  private long messages(String user) {
    return hub.peer(user).history(new HistoryQuery(null, 0, null, 100)).size();
  }

  @Test
  void linesOfStandardInputAreSentAndWhatCameBeforeIsShown() {
    run.run("--home", "bob", "msg", "alice", "earlier");
    Run.Done done = chat("one\n\ntwo\n");
    assertEquals(0, done.exit(), done.err());
    assertTrue(done.out().contains("12:00  bob: earlier"), done.out());
    assertTrue(done.out().contains("bob is away"), done.out());
    Run.Done inbox = run.run("--home", "bob", "inbox");
    assertTrue(inbox.out().contains("alice: one\n2026-05-03 12:00  alice: two"), inbox.out());
    assertEquals(0, hub.peer("alice").unread().size(), "what was shown is read");
  }

  @Test
  void whatComesInIsPrinted() {
    MemoryPeer alice = hub.peer("alice");
    alice.onSubscribe = () -> alice.plant(new UserId("bob"), "while you type");
    String out = chat("x\n").out();
    assertTrue(out.contains("bob: while you type"), out);
    assertEquals(out.indexOf("while you"), out.lastIndexOf("while you"), "once");
  }

  @Test
  void commandsDoWhatTheySay() throws Exception {
    Path file = Files.writeString(disk.resolve("a b.txt"), "hello");
    Run.Done done =
        chat("/file " + file + "\n/verify\n/verify yes\n//slash\n/help\n/quit\nafter\n");
    assertEquals(0, done.exit());
    assertTrue(done.out().contains("Sending a b.txt, 5 B"), done.out());
    assertTrue(done.out().contains("01234  56789"), done.out());
    assertTrue(done.out().contains("a b.txt: at the relay"), done.out());
    assertEquals(Trust.VERIFIED, hub.peer("alice").contact("bob").trust());
    Run.Done inbox = run.run("--home", "bob", "inbox");
    assertTrue(inbox.out().contains("alice: /slash"), inbox.out());
    assertTrue(!inbox.out().contains("after"), "nothing after /quit");
  }

  @Test
  void aMistypedCommandIsNotSent() {
    Run.Done done = chat("/flie x\n/file /does/not/exist\n");
    assertEquals(0, done.exit());
    assertTrue(done.out().contains("did you mean /file?"), done.out());
    assertTrue(done.out().contains("FILE_UNREADABLE"), done.out());
    assertEquals(0, messages("alice"));
  }

  @Test
  void aLongLineTravelsAsAFile() {
    assertTrue(chat("x".repeat(70_000) + "\n").out().contains("message.txt"));
  }

  @Test
  void programsGetDocuments() {
    Run.Done done = run.with("hi\n", "--home", "alice", "chat", "bob", "--json");
    assertEquals(0, done.exit());
    assertTrue(done.lines().stream().allMatch(line -> line.get("v").intValue() == 1));
  }

  @Test
  void theScreenShowsWhatComesAboveTheLineBeingTyped() throws Exception {
    MemoryPeer alice = hub.peer("alice");
    alice.onSubscribe = () -> alice.plant(new UserId("bob"), "hello " + HostileTextTest.CANARY);
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    PipedOutputStream keys = new PipedOutputStream();
    PipedInputStream keyboard = new PipedInputStream(keys);
    keys.write("typed line\r".getBytes(UTF_8));
    Thread reader = new Thread(() -> quitOnceItShows("bob> ", shown, keys));
    reader.setDaemon(true);
    reader.start();
    PrintStream nowhere = new PrintStream(OutputStreams.NONE, true, UTF_8);
    Streams streams = new Streams(InputStream.nullInputStream(), nowhere, nowhere, Tty.NONE);
    Clock clock = Clock.fixed(Run.NOW, ZoneOffset.UTC);
    World world = new World(streams, Map.of(), clock, hub.doors(disk), new Stop());
    Globals globals = new Globals();
    globals.home = "alice";
    try (Session session = new Session(world, globals);
        Terminal terminal =
            TerminalBuilder.builder()
                .system(false)
                .type("dumb")
                .encoding(UTF_8)
                .streams(keyboard, shown)
                .build()) {
      terminal.setSize(new org.jline.terminal.Size(80, 24));
      assertEquals(0, ChatScreen.run(session, new UserId("bob"), terminal));
    }
    assertTrue(shown.toString(UTF_8).contains("bob> "), shown.toString(UTF_8));
    assertTrue(!shown.toString(UTF_8).contains("\u001b]0;owned"), "raw");
    assertTrue(
        alice.history(new HistoryQuery(null, 0, "typed line", 9)).size() == 1, "it was sent");
  }

  private static void quitOnceItShows(
      String text, ByteArrayOutputStream shown, PipedOutputStream keys) {
    long began = System.nanoTime();
    while (!shown.toString(UTF_8).contains(text)
        && System.nanoTime() - began < TimeUnit.SECONDS.toNanos(20)) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    try {
      keys.write("/quit\r".getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A place nothing comes back from. */
  private static final class OutputStreams {
    private static final java.io.OutputStream NONE = java.io.OutputStream.nullOutputStream();
  }
}
