package dev.waxwing.peer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.message.Address;
import dev.waxwing.peer.session.PeerStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

/** A process killed at any moment: what it said to have stored is stored, and nothing by halves. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KilledProcessTest {
  private static final Address PEER = Samples.address(Samples.ALI, 1);

  @TempDir Path folder;

  @Test
  void everyAnnouncedMessageSurvivesFiveKillsWithItsConversation() throws Exception {
    long seed = new SecureRandom().nextLong();
    System.out.println("KilledProcessTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 5; round++) {
      requireWhole(killAfter(20 + random.nextInt(200), "honest"));
    }
  }

  @Test
  void processThatAnnouncesBeforeItCommitsIsCaught() throws Exception {
    int announced = killAfter(10, "liar");
    assertThrows(AssertionFailedError.class, () -> requireWhole(announced));
  }

  private void requireWhole(int announced) {
    try (SqlitePeerStore store = open(folder)) {
      int state = store.transact(KilledProcessTest::state);
      List<PeerStore.MessageRow> lines =
          store.transact(tx -> tx.messages(Samples.newest(Integer.MAX_VALUE)));
      assertTrue(state >= announced, () -> state + " stored, " + announced + " announced");
      assertEquals(state, lines.size());
      for (int n = 1; n <= state; n++) {
        int expected = n;
        assertEquals(Samples.line(n, Samples.ALI, "line " + n), lines.get(n - 1));
        assertTrue(store.<Boolean>transact(tx -> tx.seen(PEER, Samples.message(expected))));
      }
    }
  }

  /** Starts a writer and kills it once it has announced so many; the last number it announced. */
  private int killAfter(int announcements, String manner) throws IOException, InterruptedException {
    String home = System.getProperty("test.java", "");
    Process writer =
        new ProcessBuilder(
                Path.of(home.isEmpty() ? System.getProperty("java.home") : home, "bin", "java")
                    .toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.toString(),
                manner)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int last = 0;
    try (BufferedReader out = writer.inputReader()) {
      for (int heard = 0; heard < announcements; ) {
        String line = out.readLine();
        assertTrue(line != null, "the writer died by itself");
        if (line.startsWith("stored ")) {
          last = Integer.parseInt(line.substring(7));
          heard++;
        }
      }
      // Not through Process, which would close what is still to be read.
      writer.toHandle().destroyForcibly();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.matches("stored \\d+")) {
          last = Integer.parseInt(line.substring(7));
        }
      }
    }
    assertTrue(writer.waitFor(20, TimeUnit.SECONDS));
    return last;
  }

  private static int state(PeerStore.Tx tx) {
    return tx.conversation(PEER).map(bytes -> ByteBuffer.wrap(bytes).getInt()).orElse(0);
  }

  private static SqlitePeerStore open(Path folder) {
    return SqlitePeerStore.open(
        folder.resolve("profile.db"), Suite.wx1(), Secret.copyOf(new byte[32]), new SecureRandom());
  }

  /** The process that is killed; it goes on where the last one ended. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      boolean liar = arguments[1].equals("liar");
      SqlitePeerStore store = open(Path.of(arguments[0]));
      for (int n = store.transact(KilledProcessTest::state) + 1; ; n++) {
        int next = n;
        if (!liar || n < 5) {
          store.transact(
              tx -> {
                tx.putConversation(PEER, ByteBuffer.allocate(900).putInt(next).array());
                tx.putSeen(PEER, Samples.message(next));
                tx.putMessage(Samples.line(next, Samples.ALI, "line " + next));
                return 0;
              });
        }
        System.out.println("stored " + n);
      }
    }
  }
}
