package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.ANN1;
import static dev.waxwing.relay.store.Samples.BEN1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.wire.Fault;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first error of a real fsync or fdatasync stops acceptance for good, though the next one would
 * succeed. strace plants the error.
 */
@Timeout(180)
class FailedForceTest {

  /** Appends ten messages, a commit each, checkpoints, appends ten more; prints each answer. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      try (SqliteStore store = SqliteStore.open(Path.of(args[0]), Samples.OPTIONS)) {
        for (long id = 1; id <= 20; id++) {
          out.println(id + " " + answer(store, id));
        }
      }
    }

    private static String answer(SqliteStore store, long id) {
      try {
        if (id == 11) {
          store.upkeep(StoreEngine.Upkeep.IDLE);
        }
        store.begin();
        if (id == 1) {
          Samples.register(store, ANN1);
          Samples.register(store, BEN1);
        }
        Mailbox.Outcome outcome =
            store.mailbox().append(Samples.mail(ANN1, id, 100, BEN1), id).outcome();
        store.commit();
        return outcome.name();
      } catch (Fault e) {
        store.rollback();
        return e.code().name();
      }
    }
  }

  @TempDir Path temp;

  private List<String> run(Path data, String inject) throws Exception {
    List<String> command = new ArrayList<>();
    if (!inject.isEmpty()) {
      Path trace = temp.resolve("trace-" + data.getFileName());
      command.addAll(
          List.of("strace", "-f", "-qq", "-o", trace.toString(), "-e", "trace=fsync,fdatasync"));
      command.addAll(List.of("-e", "inject=fsync,fdatasync:" + inject));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            data.toString()));
    Path out = temp.resolve("out-" + data.getFileName());
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return Files.readAllLines(out);
  }

  @Test
  void firstErrorIsTheLastAnswerButRefusals() throws Exception {
    try {
      Process probe = new ProcessBuilder("strace", "-qq", "-o", "/dev/null", "true").start();
      Assumptions.assumeTrue(
          probe.waitFor(20, TimeUnit.SECONDS) && probe.exitValue() == 0,
          "strace may not trace here");
    } catch (IOException e) {
      Assumptions.abort("strace is not installed");
    }
    List<String> sound = run(temp.resolve("sound"), "");
    assertEquals(20, sound.stream().filter(line -> line.endsWith(" ACCEPTED")).count());
    int stopped = 0;
    // The first few forces make the store, the next ten are commits, then come the checkpoint's.
    for (int nth = 5; nth <= 29; nth += 4) {
      Path data = temp.resolve("data" + nth);
      List<String> answers = run(data, "error=EIO:when=" + nth);
      int accepted = 0;
      while (accepted < answers.size() && answers.get(accepted).endsWith(" ACCEPTED")) {
        accepted++;
      }
      for (String refusal : answers.subList(accepted, answers.size())) {
        assertTrue(refusal.endsWith(" STORE_STOPPED"), refusal + " at force " + nth);
      }
      stopped += accepted < answers.size() ? 1 : 0;
      try (SqliteStore store = SqliteStore.open(data, Samples.OPTIONS)) {
        List<Mailbox.Row> rows = store.mailbox().fetch(BEN1, 0, 100, 1 << 20);
        for (long id = 1; id <= accepted; id++) {
          assertEquals(Samples.message(id), rows.get((int) id - 1).id());
        }
      }
    }
    assertTrue(stopped >= 4, "the planted errors must have stopped most runs: " + stopped);
  }
}
