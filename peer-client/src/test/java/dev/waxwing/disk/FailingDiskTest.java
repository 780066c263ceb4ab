package dev.waxwing.disk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A script that believes more than it was told is found out: so the long suite can fail. */
@Timeout(300)
class FailingDiskTest {
  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(
      classes = {
        RelayStoreScript.class,
        BlobFilesScript.class,
        PeerStoreScript.class,
        PartFileScript.class,
        LeafLogScript.class
      })
  void whoBelievesMoreThanWasToldIsFoundOut(Class<? extends Script> script) throws Exception {
    List<String> wrong = new ArrayList<>(lines(script, "planted"));
    wrong.removeIf(line -> !line.startsWith("wrong"));
    assertTrue(!wrong.isEmpty(), "nothing was wrong with what nobody told");
  }

  private List<String> lines(Class<? extends Script> script, String plant) throws Exception {
    Path folder = Files.createTempDirectory(temp, script.getSimpleName());
    return FailingDisk.run(
        temp, script, List.of(folder.toString(), "EIO", "5", "7", "60", "1", plant));
  }
}
