package dev.waxwing.peer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kept native library is used when it is whole and replaced when it is not. */
class NativeLibraryTest {
  @TempDir Path folder;

  @AfterEach
  void forget() {
    System.clearProperty(NativeLibrary.PATH);
    System.clearProperty(NativeLibrary.NAME);
  }

  @Test
  void libraryIsKeptAndNamedToTheDriver() throws IOException {
    NativeLibrary.keepIn(folder.resolve("native"));
    Path copy = only();
    assertEquals(folder.resolve("native").toString(), System.getProperty(NativeLibrary.PATH));
    assertEquals(String.valueOf(copy.getFileName()), System.getProperty(NativeLibrary.NAME));
    assertEquals(copy, NativeLibrary.sound(folder.resolve("native")).orElseThrow());
  }

  @Test
  void damagedOrForeignCopiesAreReplaced() throws IOException {
    Path kept = folder.resolve("native");
    NativeLibrary.keepIn(kept);
    Path copy = only();
    byte[] whole = Files.readAllBytes(copy);
    byte[] damaged = whole.clone();
    damaged[damaged.length / 2] ^= 1;
    Files.write(copy, damaged, StandardOpenOption.TRUNCATE_EXISTING);
    Files.writeString(kept.resolve("0.0-0-old.so"), "another version");
    assertTrue(NativeLibrary.sound(kept).isEmpty());
    forget();
    NativeLibrary.keepIn(kept);
    assertEquals(copy, only());
    assertEquals(-1, java.util.Arrays.mismatch(whole, Files.readAllBytes(copy)));
  }

  @Test
  void folderThatCannotBeUsedLeavesTheDriverAlone() throws IOException {
    Path taken = Files.writeString(folder.resolve("file"), "not a folder");
    NativeLibrary.keepIn(taken);
    assertEquals(null, System.getProperty(NativeLibrary.PATH));
  }

  @Test
  void choiceOfSomebodyElseStays() {
    System.setProperty(NativeLibrary.PATH, "/theirs");
    NativeLibrary.keepIn(folder.resolve("native"));
    assertEquals("/theirs", System.getProperty(NativeLibrary.PATH));
  }

  private Path only() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("native"))) {
      List<Path> all = files.toList();
      assertEquals(1, all.size());
      return all.get(0);
    }
  }
}
