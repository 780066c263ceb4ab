package dev.waxwing.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * For every N: the N-th call to the disk fails, as input/output error, for want of space, or by
 * doing half. {@code WAXWING_DISK_RUNS} is how many N at most of each script and kind, evenly
 * spread and from a random start (0: all); {@code WAXWING_DISK_SEED} fixes the scripts.
 */
@Timeout(4 * 3600)
class FailingDiskCampaign {
  private static final long RUNS = number("WAXWING_DISK_RUNS", 40);
  private static final long SEED = number("WAXWING_DISK_SEED", new Random().nextInt(1_000_000));

  /** Stopped stores stay open on purpose, so a process does not do too many. */
  private static final int PROCESS = 400;

  @TempDir Path temp;

  private static long number(String variable, long otherwise) {
    String value = System.getenv(variable);
    return value == null || value.isEmpty() ? otherwise : Long.parseLong(value);
  }

  static Stream<Arguments> scriptsAndKinds() {
    return Stream.of(
            RelayStoreScript.class,
            BlobFilesScript.class,
            PeerStoreScript.class,
            PartFileScript.class,
            LeafLogScript.class)
        .flatMap(
            script -> Stream.of(FailingDisk.Kind.values()).map(kind -> Arguments.of(script, kind)));
  }

  @ParameterizedTest
  @MethodSource("scriptsAndKinds")
  void nothingIsClaimedThatIsNotThere(Class<? extends Script> script, FailingDisk.Kind kind)
      throws Exception {
    long calls = calls(script, kind);
    long step = RUNS == 0 ? 1 : Math.max(1, calls / RUNS);
    long next = 1 + new Random(SEED).nextInt((int) step);
    List<String> wrong = new ArrayList<>();
    Map<String, Integer> ends = new TreeMap<>();
    int hits = 0;
    boolean all = false;
    while (!all) {
      List<String> lines = run(script, kind, next, step, PROCESS);
      for (String line : lines) {
        if (line.startsWith("wrong")) {
          wrong.add(line);
        } else if (line.startsWith("hit")) {
          hits++;
          ends.merge(line.replaceFirst("hit \\d+ ?", ""), 1, Integer::sum);
        }
      }
      all = lines.stream().anyMatch(line -> line.startsWith("calls"));
      next += step * PROCESS;
    }
    System.out.printf(
        "%s %s: seed %d, %d calls, %d failed %s%n",
        script.getSimpleName(), kind, SEED, calls, hits, ends);
    assertEquals(List.of(), wrong.subList(0, Math.min(20, wrong.size())), wrong.size() + " wrong");
    assertTrue(hits >= Math.min(calls, RUNS == 0 ? calls : RUNS / 2), hits + " of " + calls);
  }

  /** How many calls a script makes on a disk that is well. */
  private long calls(Class<? extends Script> script, FailingDisk.Kind kind) throws Exception {
    List<String> lines = run(script, kind, Integer.MAX_VALUE, 1, 1);
    assertEquals(1, lines.size(), lines.toString());
    return Long.parseLong(lines.get(0).replace("calls ", ""));
  }

  private List<String> run(
      Class<? extends Script> script, FailingDisk.Kind kind, long first, long step, int most)
      throws Exception {
    Path folder = java.nio.file.Files.createTempDirectory(temp, script.getSimpleName());
    return FailingDisk.run(
        temp,
        script,
        List.of(
            folder.toString(),
            kind.name(),
            Long.toString(first),
            Long.toString(step),
            Integer.toString(most),
            Long.toString(SEED)));
  }
}
