package dev.waxwing.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crash.CrashMatrix.Blow;
import dev.waxwing.crash.CrashMatrix.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every {@link CrashPoint}, first with SIGKILL, then with SIGSTOP. {@code WAXWING_CRASH_POINTS}
 * lists beginnings of the names of those wanted, {@code WAXWING_CRASH_BLOWS} the blows, with commas
 * in between.
 */
class CrashMatrixCampaign {
  @TempDir Path folder;

  @Test
  void nothingAcceptedIsLostWhereverAProgramIsStruck() throws Exception {
    List<String> wanted = words("WAXWING_CRASH_POINTS", "");
    List<String> blows = words("WAXWING_CRASH_BLOWS", "KILL,PAUSE");
    List<Row> bad = new ArrayList<>();
    Tally sum = Tally.NONE;
    int rows = 0;
    System.out.println(Row.head());
    try (CrashRig rig = new CrashRig(folder)) {
      CrashMatrix matrix = new CrashMatrix(rig, folder);
      for (Blow blow : Blow.values()) {
        for (CrashPoint point : CrashPoint.all()) {
          if (blows.contains(blow.name()) && wanted.stream().anyMatch(point.name()::startsWith)) {
            Row row = matrix.run(point, blow);
            System.out.println(row.line());
            sum = sum.plus(row.tally());
            rows++;
            if (!row.good()) {
              bad.add(row);
            }
          }
        }
      }
    }
    System.out.println("| " + rows + " points | | " + sum.cells() + " | | " + bad.size() + " |");
    assertTrue(rows > 0, "no point begins with " + wanted);
    assertTrue(sum.accepted() > 0, "nothing was accepted");
    assertEquals(List.of(), bad.stream().map(Row::line).toList());
  }

  private static List<String> words(String variable, String otherwise) {
    return List.of(System.getenv().getOrDefault(variable, otherwise).split(","));
  }
}
