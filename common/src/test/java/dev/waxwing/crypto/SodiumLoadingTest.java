package dev.waxwing.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.goterl.lazysodium.utils.LibraryLoader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How libsodium is found, in processes of their own since one process loads it once. */
class SodiumLoadingTest {
  private static final String BOUNCY = "X25519 by Bouncy Castle, Ed25519 by Bouncy Castle";
  private static final String SODIUM = "X25519 by libsodium, Ed25519 by libsodium";

  @TempDir Path folder;

  @Test
  void bundledLibraryIsUsedUnlessAnotherIsNamed() throws Exception {
    assertTrue(describe().contains(SODIUM));
  }

  @Test
  void namedLibraryIsUsed() throws Exception {
    Path copy = folder.resolve("named-libsodium");
    try (InputStream in =
        LibraryLoader.class.getResourceAsStream("/" + LibraryLoader.getSodiumPathInResources())) {
      Files.copy(in, copy);
    }
    assertTrue(describe("-Dwaxwing.sodium=" + copy).contains(SODIUM));
    assertTrue(Files.exists(copy), "somebody else's file is not deleted");
  }

  @Test
  void namedLibraryThatIsNoneLeavesTheWorkToTheOthers() throws Exception {
    Path garbage = Files.writeString(folder.resolve("libsodium.so"), "not a library");
    assertOthers(describe("-Dwaxwing.sodium=" + garbage));
    assertOthers(describe("-Dwaxwing.sodium=" + folder.resolve("absent.so")));
    assertOthers(describe("-Dwaxwing.sodium=sodium"));
  }

  @Test
  void nativeCodeThatCannotBeUnpackedLeavesTheWorkToTheOthers() throws Exception {
    Path file = Files.writeString(folder.resolve("no-folder"), "");
    assertOthers(describe("-Djna.tmpdir=" + file, "-Djava.io.tmpdir=" + file));
  }

  private static void assertOthers(String description) {
    assertTrue(description.contains(BOUNCY), description);
    assertTrue(description.contains("ChaCha20-Poly1305 by JDK"), description);
    assertTrue(description.contains("Argon2id by Bouncy Castle"), description);
  }

  private String describe(String... flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the process did not end");
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertEquals(0, process.exitValue(), text);
    return text;
  }

  /** Prints which providers were chosen. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) {
      System.out.println(Suite.wx1().describe());
    }
  }
}
