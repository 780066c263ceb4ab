package dev.waxwing.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waxwing.identity.Invite;
import dev.waxwing.local.LocalClient;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Messages and profiles when something is wrong, with the real programs. */
@EnabledOnOs(OS.LINUX)
class TalkFailureIT {
  @TempDir static Path scratch;

  private static Stage stage;
  private static RelayProgram relay;
  private static Path alice;
  private static Path bob;

  @BeforeAll
  static void open() throws Exception {
    stage = new Stage(scratch.resolve("stage"));
    relay = RelayProgram.serve(stage, "relay", 0);
    alice = joined("alice");
    bob = joined("bob");
  }

  @AfterAll
  static void close() throws Exception {
    try (Stage ends = stage) {
      assertEquals(0, relay.stop().exit());
    }
  }

  private static Path joined(String name) throws Exception {
    Path home = scratch.resolve(name);
    Newcomer.join(home, Invite.parse(relay.invite()), name);
    return home;
  }

  private static Ran tried(String what, Path home, String... words) throws Exception {
    return OutcomeTable.note(what, stage.at(home, words));
  }

  @Test
  void messageThatCannotBeSentIsRefused() throws Exception {
    tried("unknown recipient", alice, "msg", "nobody-here", "hi", "--no-input")
        .refused(FaultCode.USER_UNKNOWN);
    tried("file to an unknown recipient", alice, "send", "nobody-here", "/etc/hostname")
        .refused(FaultCode.USER_UNKNOWN);
    tried("empty message", alice, "msg", "bob", "", "--no-input").refused(FaultCode.MESSAGE_EMPTY);
    tried("message of spaces", alice, "msg", "bob", "  \n ", "--no-input")
        .refused(FaultCode.MESSAGE_EMPTY);
    Ran inbox = stage.at(bob, "inbox", "--no-input").ok();
    assertEquals("", inbox.out());
  }

  @Test
  void messageToOneselfIsKeptAsANote() throws Exception {
    tried("message to self", alice, "msg", "alice", "remember the milk", "--no-input").ok();
    Ran history = stage.at(alice, "history", "alice", "--no-input").ok();
    assertTrue(history.out().contains("remember the milk"), history::toString);
  }

  @Test
  void blockedSenderSeesDeclined() throws Exception {
    Path carl = joined("carl");
    Path dora = joined("dora");
    stage.at(carl, "contacts", "block", "dora", "--no-input").ok();
    tried("message to somebody who blocked us", dora, "msg", "carl", "hi", "--no-input")
        .refused(FaultCode.DECLINED);
    Path file = Files.writeString(scratch.resolve("unwanted"), "x");
    Ran sent = tried("file to somebody who blocked us", dora, "send", "carl", file.toString());
    assertEquals(FaultCode.DECLINED.kind().exitCode(), sent.plain().exit(), sent::toString);
    Ran inbox = stage.at(carl, "inbox", "--no-input").ok();
    assertEquals("", inbox.out());
  }

  @Test
  void holderThatDoesNotAnswerIsNamed() throws Exception {
    Path home = joined("held");
    Stage.Running holder = stage.begin(home, "listen", "--json");
    awaitHolder(home.resolve("run"));
    stage.at(home, "status", "--no-input").ok();
    signal(holder, "STOP");
    try {
      tried("a holder that does not answer", home, "status", "--no-input")
          .refused(FaultCode.HOLDER_SILENT);
    } finally {
      signal(holder, "CONT");
    }
    Stage.stop(holder);
    stage.at(home, "status", "--no-input").ok();
  }

  private static void awaitHolder(Path runtime) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      Optional<LocalClient> holder = LocalClient.connect(runtime, Duration.ofSeconds(5));
      if (holder.isPresent()) {
        holder.get().close();
        return;
      }
      assertTrue(System.nanoTime() < until, "nobody holds the profile");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private static void signal(Stage.Running to, String name) throws Exception {
    String pid = String.valueOf(to.process().pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
  }

  @Test
  void damagedProfileIsNamedAndLeftAsItIs() throws Exception {
    Path home = joined("damaged");
    Path database = home.resolve("profile.db");
    for (String log : List.of("profile.db-wal", "profile.db-shm")) {
      Files.deleteIfExists(home.resolve(log));
    }
    byte[] whole = Files.readAllBytes(database);
    byte[] garbage = new byte[whole.length];
    Arrays.fill(garbage, (byte) 0x5a);
    damaged("profile of garbage", home, garbage);
    damaged("profile cut in half", home, Arrays.copyOf(whole, whole.length / 2));
    Files.write(database, whole);
    stage.at(home, "status", "--no-input").ok();
    Path key = home.resolve("profile.key");
    byte[] right = Files.readAllBytes(key);
    Files.write(key, Arrays.copyOf(right, 5));
    tried("profile key cut short", home, "status", "--no-input").refused(FaultCode.PROFILE_CORRUPT);
    Files.write(key, right);
    stage.at(home, "status", "--no-input").ok();
  }

  private static void damaged(String what, Path home, byte[] content) throws Exception {
    Path database = home.resolve("profile.db");
    Files.write(database, content);
    tried(what, home, "status", "--no-input").refused(FaultCode.PROFILE_CORRUPT);
    assertTrue(Arrays.equals(content, Files.readAllBytes(database)), "not repaired, not replaced");
  }

  @Test
  void clockAYearOffIsWarnedOfAndItsTimesAreMarked() throws Exception {
    Path shim = clockAYearAhead();
    Path home = joined("early");
    Path reader = joined("reader");
    Ran sent = ahead(shim, home, "msg", "reader", "from the future", "--no-input");
    OutcomeTable.note("sender's clock a year off", sent).ok();
    assertTrue(sent.err().contains("clock"), sent::toString);
    Ran inbox = stage.at(reader, "inbox", "--no-input").ok();
    assertTrue(inbox.out().contains("by the sender's clock"), inbox::toString);
  }

  private static Ran ahead(Path shim, Path home, String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of("LD_PRELOAD=" + shim));
    all.addAll(List.of(Stage.peerProgram().toString(), "--home", home.toString()));
    all.addAll(List.of(words));
    return Stage.finish(stage.start(Path.of("/usr/bin/env"), all, ""));
  }

  /** A library that moves the wall clock of a program it is loaded into. */
  private static Path clockAYearAhead() throws IOException, InterruptedException {
    Path source = scratch.resolve("clock.c");
    Files.writeString(
        source,
        """
        #define _GNU_SOURCE
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>
        #define AHEAD (366L * 24 * 3600)
        int clock_gettime(clockid_t clock, struct timespec *now) {
          int failed = (int) syscall(SYS_clock_gettime, clock, now);
          if (!failed && clock == CLOCK_REALTIME) now->tv_sec += AHEAD;
          return failed;
        }
        int gettimeofday(struct timeval *restrict now, void *restrict zone) {
          struct timespec exact;
          clock_gettime(CLOCK_REALTIME, &exact);
          now->tv_sec = exact.tv_sec;
          now->tv_usec = exact.tv_nsec / 1000;
          return 0;
        }
        """);
    Path shim = scratch.resolve("clock.so");
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/cc")),
        "no C compiler to make the library that moves the clock");
    Process compiler =
        new ProcessBuilder("cc", "-shared", "-fPIC", "-o", shim.toString(), source.toString())
            .start();
    assertEquals(0, compiler.waitFor());
    return shim;
  }
}
