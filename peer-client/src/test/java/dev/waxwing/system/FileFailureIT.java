package dev.waxwing.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waxwing.identity.Invite;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Sending and receiving files when something is wrong, with the real programs. */
@EnabledOnOs(OS.LINUX)
class FileFailureIT {
  private static final int MIB = 1 << 20;

  /** What a quota of 4 MiB lets the relay store of one blob that nobody fetches, at least. */
  private static final int HELD = 2_000_000;

  @TempDir static Path scratch;

  private static Stage stage;
  private static RelayProgram relay;
  private static RelayProgram small;
  private static Path alice;
  private static Path bob;
  private static Path anna;
  private static Path ben;
  private static Stage.Running tooLarge;
  private static final Set<Path> others = new TreeSet<>();

  @BeforeAll
  static void open() throws Exception {
    stage = new Stage(scratch.resolve("stage"));
    relay = RelayProgram.serve(stage, "relay", 0);
    small = RelayProgram.serve(stage, "small", 0, "--blob-quota", "4MiB");
    alice = joined("alice", relay);
    bob = joined("bob", relay);
    anna = joined("anna", small);
    ben = joined("ben", small);
    joined("carl", small);
    // Takes the relay's minute of patience; looked at by the last assertions of this class.
    Path home = joined("dora", small);
    tooLarge = stage.begin(home, "send", "carl", file("large", 16 * MIB).toString(), "--no-input");
    others.addAll(awaitStored(small.dir.resolve("blobs")));
  }

  private static Path joined(String name, RelayProgram at) throws Exception {
    Path home = scratch.resolve(name);
    Newcomer.join(home, Invite.parse(at.invite()), name);
    return home;
  }

  @AfterAll
  static void fileLargerThanTheQuotaIsRefusedWhenNobodyComesForIt() throws Exception {
    try (Stage ends = stage) {
      Ran ran = Stage.finish(tooLarge);
      OutcomeTable.note("larger than the quota, nobody there to free it", ran)
          .refused(FaultCode.BLOB_QUOTA);
      assertEquals(0, small.stop().exit());
      assertEquals(0, relay.stop().exit());
      assertFalse(small.log().contains("Exception"), small.log());
    }
  }

  private static Path file(String name, int size) throws IOException {
    byte[] content = new byte[size];
    new java.util.SplittableRandom(name.hashCode()).nextBytes(content);
    return Files.write(scratch.resolve(name), content);
  }

  private static void refused(String tried, FaultCode code, String path) throws Exception {
    Ran ran = stage.at(alice, "send", "bob", path, "--no-input");
    OutcomeTable.note(tried, ran).refused(code);
  }

  @Test
  void whatIsNoReadableFileIsRefused() throws Exception {
    refused("file missing", FaultCode.FILE_NOT_FOUND, scratch.resolve("missing").toString());
    refused("a device", FaultCode.FILE_NOT_REGULAR, "/dev/zero");
    Path fifo = scratch.resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    refused("a FIFO", FaultCode.FILE_NOT_REGULAR, fifo.toString());
  }

  @Test
  void unreadableFileIsRefused() throws Exception {
    Path secret = file("unreadable", 10);
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(secret), "root reads everything");
    refused("file unreadable", FaultCode.FILE_UNREADABLE, secret.toString());
  }

  @Test
  void fileThatChangesWhileItIsSentIsAbandonedAndSaid() throws Exception {
    Path changing = file("changing", 12 * MIB);
    Stage.Running sending = stage.begin(anna, "send", "ben", changing.toString(), "--no-input");
    // The quota holds it up in the middle until somebody fetches, so the change is never too late.
    awaitStored(small.dir.resolve("blobs"));
    Files.write(changing, new byte[] {1}, StandardOpenOption.APPEND);
    Path out = scratch.resolve("out-changing");
    Stage.Running receiving =
        stage.begin(ben, "receive", "--watch", "--to", out.toString(), "--no-input");
    OutcomeTable.note("changed while being sent", Stage.finish(sending))
        .refused(FaultCode.FILE_CHANGED);
    Stage.stop(receiving);
    assertFalse(Files.exists(out.resolve("changing")), "nothing under the final name");
  }

  /** Waits for a blob not seen before that takes what its owner may have; its segments. */
  private static Set<Path> awaitStored(Path blobs) throws IOException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try (Stream<Path> files = Files.walk(blobs)) {
        Set<Path> full = new TreeSet<>();
        files
            .filter(file -> !others.contains(file) && file.toFile().isFile())
            .filter(file -> file.toFile().length() >= HELD)
            .forEach(full::add);
        if (!full.isEmpty()) {
          return full;
        }
      }
      assertTrue(System.nanoTime() < until, "the relay stored nothing");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  @Test
  void fullDiskPausesAndGoesOnOnceThereIsRoom() throws Exception {
    Path disk = Files.createDirectories(scratch.resolve("disk"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=3m", "none", disk.toString()) == 0, "root");
    try {
      Path home = joined("bulky", relay);
      Path reader = joined("cramped", relay);
      Path sent = file("bulk", 8 * MIB);
      stage.at(home, "send", "cramped", sent.toString()).ok();
      Stage.Running receiving =
          stage.begin(reader, "receive", "--all", "--to", disk.toString(), "--no-input");
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (disk.toFile().getUsableSpace() > MIB && receiving.process().isAlive()) {
        assertTrue(System.nanoTime() < until, "nothing is written");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
      assertFalse(Files.exists(disk.resolve("bulk")), "half a file has no name");
      assertEquals(0, run("mount", "-o", "remount,size=64m", disk.toString()));
      OutcomeTable.note("disk full on receive, then freed", Stage.finish(receiving)).ok();
      assertEquals(-1, Files.mismatch(sent, disk.resolve("bulk")));
    } finally {
      run("umount", "-l", disk.toString());
    }
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
  }

  @Test
  void emptyFileArrivesEmpty() throws Exception {
    Path home = joined("empty", relay);
    Ran sent = stage.at(home, "send", "bob", file("zero-bytes", 0).toString());
    OutcomeTable.note("zero bytes", sent).ok();
    Path out = scratch.resolve("out-zero");
    stage.at(bob, "receive", "--from", "empty", "--all", "--to", out.toString()).ok();
    assertEquals(0, Files.size(out.resolve("zero-bytes")));
  }

  @Test
  void nameThatIsTakenIsTreatedAsThePolicySays() throws Exception {
    Path home = joined("policy", relay);
    Path out = Files.createDirectories(scratch.resolve("out-policy"));
    Path sent = Files.writeString(scratch.resolve("note.txt"), "new");
    Path there = Files.writeString(out.resolve("note.txt"), "old");
    for (String policy : new String[] {"skip", "rename", "overwrite"}) {
      stage.at(home, "send", "bob", sent.toString()).ok();
      Ran ran =
          stage.at(
              bob,
              "receive",
              "--from",
              "policy",
              "--all",
              "--to",
              out.toString(),
              "--on-conflict",
              policy);
      OutcomeTable.note("target exists, " + policy, ran).ok();
      assertEquals(policy.equals("overwrite") ? "new" : "old", Files.readString(there), policy);
      // What was skipped is still offered, and taken by the next run.
      assertEquals(policy.equals("skip"), names(out).size() == 1, () -> policy);
    }
  }

  private static Set<String> names(Path folder) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(file -> names.add(String.valueOf(file.getFileName())));
    }
    return names;
  }

  @Test
  void hostileNamesAreSavedUnderSafeOnesInsideTheFolder() throws Exception {
    Path home = joined("hostile", relay);
    byte[] content = "harmless".getBytes(UTF_8);
    Path file = Files.write(scratch.resolve("payload"), content);
    String[] names = {
      "../../outside",
      "/etc/outside",
      "CON",
      "dot. ",
      "red\u001b[31m\u202etxt.exe",
      "n".repeat(300),
      "Twin.txt",
      "twin.txt",
      ".bashrc",
      "a\nwaxwing: fake"
    };
    for (String name : names) {
      stage.at(home, "send", "bob", file.toString(), "--name", name).ok();
    }
    Path out = Files.createDirectories(scratch.resolve("deep/out"));
    Ran ran = stage.at(bob, "receive", "--from", "hostile", "--all", "--to", out.toString());
    OutcomeTable.note("hostile names", ran).ok();
    assertTrue(ran.err().contains("../../outside"), "the original name is shown");
    Set<String> saved = names(out);
    for (String name : saved) {
      assertFalse(name.startsWith("."), name);
      assertTrue(name.getBytes(UTF_8).length <= 255, name);
      assertTrue(name.codePoints().allMatch(c -> c >= 0x20 && c != 0x202e), name);
      assertArrayEquals(content, Files.readAllBytes(out.resolve(name)));
    }
    assertEquals(names.length, saved.size(), saved::toString);
    assertFalse(Files.exists(scratch.resolve("outside")));
    assertFalse(Files.exists(scratch.resolve("deep/outside")));
    assertFalse(Files.exists(Path.of("/etc/outside")));
  }
}
