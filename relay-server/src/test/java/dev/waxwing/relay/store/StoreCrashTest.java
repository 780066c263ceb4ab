package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.ANN1;
import static dev.waxwing.relay.store.Samples.BEN1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.MessageId;
import dev.waxwing.relay.store.Mailbox.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was accepted is there after the process was killed, whenever that was. */
@Timeout(180)
class StoreCrashTest {
  private static final StoreOptions OPTIONS = new StoreOptions(1L << 40, Samples.EPOCH);

  /** The process that is killed: appends without end and prints what was accepted. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      StoreThread thread =
          StoreThread.start(
              SqliteStore.open(Path.of(args[0]), OPTIONS), StoreThread.Limits.DEFAULT);
      long first = Long.parseLong(args[1]);
      submit(
          thread,
          store -> {
            Samples.register(store, ANN1);
            Samples.register(store, BEN1);
            return 0L;
          },
          out);
      for (long id = first; id < first + 1_000_000; ) {
        long mine = id;
        if (submit(
            thread,
            store ->
                store.mailbox().append(Samples.mail(ANN1, mine, 500, BEN1), mine).outcome()
                        == Outcome.ACCEPTED
                    ? mine
                    : 0L,
            out)) {
          id++;
        } else {
          Thread.onSpinWait();
        }
      }
    }

    private static boolean submit(StoreThread thread, StoreWork<Long> work, PrintStream out) {
      if (thread.waiting() > 20) {
        return false;
      }
      thread.submit(1000, work, StoreDone.of(out::println, fault -> out.println(fault.code())));
      return true;
    }
  }

  @TempDir Path folder;

  @Test
  void everythingAcceptedIsThereAfterAKill() throws Exception {
    long seed = new Random().nextLong();
    System.err.println("seed of everythingAcceptedIsThereAfterAKill: " + seed);
    Random random = new Random(seed);
    Set<Long> accepted = new HashSet<>();
    for (int round = 0; round < 10; round++) {
      int before = accepted.size();
      killAfter(1 + random.nextInt(400), 1 + round * 1_000_000L, accepted);
      assertTrue(accepted.size() > before, "round " + round + " accepted nothing");
      SqliteStore store = SqliteStore.open(folder, OPTIONS);
      store.begin();
      Set<MessageId> there = new HashSet<>();
      List<Mailbox.Row> rows = store.mailbox().fetch(BEN1, 0, 1_000_000, Long.MAX_VALUE);
      rows.forEach(row -> assertTrue(there.add(row.id()), "twice: " + row.id()));
      for (long id : accepted) {
        assertTrue(there.contains(Samples.message(id)), "lost " + id + " in round " + round);
      }
      assertEquals(rows.size(), store.mailbox().usage(BEN1.user()).rows());
      assertEquals(0, store.mailbox().quarantined());
      store.rollback();
      store.close();
    }
  }

  private void killAfter(int lines, long first, Set<Long> accepted) throws IOException {
    String java = System.getProperty("test.java", "");
    Path home = Path.of(java.isEmpty() ? System.getProperty("java.home") : java);
    Process child =
        new ProcessBuilder(
                home.resolve("bin").resolve("java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                folder.toString(),
                Long.toString(first))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      int seen = 0;
      while ((line = out.readLine()) != null) {
        // What comes after the kill may be cut short in the middle of a number.
        if (++seen == lines) {
          // By its handle: the process itself would close the stream it is read from.
          child.toHandle().destroyForcibly();
        }
        if (seen <= lines && !line.equals("0")) {
          accepted.add(Long.parseLong(line));
        }
      }
      assertTrue(child.waitFor(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      child.destroyForcibly();
    }
  }
}
