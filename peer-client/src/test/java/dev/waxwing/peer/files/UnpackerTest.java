package dev.waxwing.peer.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackerTest {
  @TempDir Path folder;

  @Test
  void ourOwnTarComesBackInPiecesOfAnySize() throws IOException {
    Path tree = Files.createDirectories(folder.resolve("from/photos/deep/er")).getParent();
    Files.write(tree.resolve("ä 世.bin"), Disk.random(70_001, 1));
    Files.write(tree.resolve("er/" + "n".repeat(180)), new byte[0]);
    Files.write(tree.resolve(".hidden"), new byte[512]);
    Listing listing = Listing.of(List.of(tree.getParent()));
    byte[] bytes;
    try (FolderTar tar = new FolderTar(listing)) {
      ByteBuffer all = ByteBuffer.allocate((int) tar.size());
      tar.read(0, all);
      bytes = all.array();
    }
    Random random = new Random(3);
    for (int most : new int[] {1, 100, 5000, 1 << 20}) {
      try (Unpacker unpacker = new Unpacker(folder.resolve("photos.part"), "photos")) {
        for (int at = 0; at < bytes.length; ) {
          int length = Math.min(bytes.length - at, 1 + random.nextInt(most));
          unpacker.accept(ByteBuffer.wrap(bytes, at, length));
          at += length;
        }
        Path placed = unpacker.complete("photos", OnClash.RENAME).orElseThrow();
        assertArrayEquals(
            Files.readAllBytes(tree.resolve("ä 世.bin")),
            Files.readAllBytes(placed.resolve("deep/ä 世.bin")));
        assertEquals(
            List.of(
                "deep", "deep/.hidden", "deep/er", "deep/er/" + "n".repeat(180), "deep/ä 世.bin"),
            tree(placed));
      }
    }
    assertTrue(Files.exists(folder.resolve("photos (4)")));
  }

  @Test
  void everyFormatOfTheTarToolIsRead() throws Exception {
    Path from = Files.createDirectories(folder.resolve("from/d/" + "x".repeat(90)));
    Path deep = from.resolve("y".repeat(90));
    Files.write(deep, Disk.random(3000, 1));
    Files.write(folder.resolve("from/d/z"), new byte[0]);
    String tool = Disk.tool("tar");
    for (String format : List.of("gnu", "oldgnu", "pax", "posix", "ustar")) {
      Path tar = folder.resolve(format + ".tar");
      Disk.run(folder.resolve("from"), tool, "--format=" + format, "-cf", tar.toString(), "./d");
      Path out = unpack(Files.readAllBytes(tar), format);
      assertEquals(
          List.of("d", "d/" + "x".repeat(90), "d/" + "x".repeat(90) + "/" + "y".repeat(90), "d/z"),
          tree(out),
          format);
      assertArrayEquals(
          Files.readAllBytes(deep),
          Files.readAllBytes(out.resolve("d/" + "x".repeat(90) + "/" + "y".repeat(90))));
    }
  }

  @Test
  void nothingLeavesTheFolder() throws IOException {
    Tar tar =
        new Tar()
            .file("../up", "1")
            .file("../../up2", "2")
            .file("/tmp/abs", "3")
            .file("a/../../b", "4")
            .file("..", "5")
            .file("c\\..\\d", "6")
            .file("C:/e", "7")
            .file("CON", "8")
            .file("f:stream", "9")
            .file("./.git/hooks/x", "10");
    Path out = unpack(tar.bytes(), "x");
    assertEquals(
        List.of(
            ".git",
            ".git/hooks",
            ".git/hooks/x",
            "C_",
            "C_/e",
            "_CON",
            "a",
            "a/b",
            "c_.._d",
            "f_stream",
            "tmp",
            "tmp/abs",
            "up",
            "up2"),
        tree(out));
    try (Stream<Path> list = Files.list(folder)) {
      assertEquals(List.of(out), list.toList());
    }
  }

  @Test
  void linksAndDevicesAreNotMadeAndNotFollowed() throws IOException {
    Path victim = Files.createDirectory(folder.resolve("victim"));
    Tar tar =
        new Tar()
            .entry("d", '2', victim.toString(), new byte[0])
            .file("d/planted", "x")
            .entry("h", '1', "/etc/passwd", new byte[0])
            .entry("null", '3', "", new byte[0])
            .entry("disk", '4', "", new byte[0])
            .entry("pipe", '6', "", new byte[0])
            .entry("strange", 'Z', "", "data of an unknown kind".getBytes(StandardCharsets.UTF_8))
            .file("after", "y");
    try (Unpacker unpacker = new Unpacker(folder.resolve("x.part"), "x")) {
      unpacker.accept(ByteBuffer.wrap(tar.bytes()));
      assertEquals(List.of("d", "h", "null", "disk", "pipe", "strange"), unpacker.skipped());
      Path out = unpacker.complete("x", OnClash.RENAME).orElseThrow();
      assertEquals(List.of("after", "d", "d/planted"), tree(out));
    }
    assertEquals(List.of(), tree(victim));
  }

  @Test
  void linkSwappedInWhileUnpackingIsNotFollowed() throws IOException {
    Path victim = Files.createDirectory(folder.resolve("victim"));
    byte[] first = new Tar().directory("d/").file("d/1", "x").unended();
    byte[] second = new Tar().file("d/2", "y").file("d/1", "z").bytes();
    try (Unpacker unpacker = new Unpacker(folder.resolve("x.part"), "x")) {
      unpacker.accept(ByteBuffer.wrap(first));
      Path inside = folder.resolve("x.part/d");
      Files.delete(inside.resolve("1"));
      Files.delete(inside);
      Files.createSymbolicLink(inside, victim);
      unpacker.accept(ByteBuffer.wrap(second));
      Path out = unpacker.complete("x", OnClash.RENAME).orElseThrow();
      assertEquals("y", Files.readString(out.resolve("d (2)/2")));
    }
    assertEquals(List.of(), tree(victim));
  }

  @Test
  void folderThatIsALinkIsReplacedNotEmptied() throws IOException {
    Path victim = Files.createDirectory(folder.resolve("victim"));
    Files.writeString(victim.resolve("precious"), "x");
    Files.createSymbolicLink(folder.resolve("x.part"), victim);
    unpack(new Tar().file("a", "1").bytes(), "x");
    assertEquals(List.of("precious"), tree(victim));
  }

  @Test
  void twinsAreNumberedAndDirectoriesThatAreTwinsBecomeOne() throws IOException {
    Tar tar =
        new Tar()
            .file("a.txt", "1")
            .file("A.TXT", "2")
            .file("a.txt", "3")
            .directory("dir/")
            .file("DIR/x", "4")
            .file("dir/X", "5")
            .file("clash", "6")
            .file("clash/inside", "7");
    Path out = unpack(tar.bytes(), "x");
    assertEquals(
        List.of(
            "A (2).TXT",
            "a (3).txt",
            "a.txt",
            "clash",
            "clash (2)",
            "clash (2)/inside",
            "dir",
            "dir/X (2)",
            "dir/x"),
        tree(out));
    assertEquals("1", Files.readString(out.resolve("a.txt")));
    assertEquals("2", Files.readString(out.resolve("A (2).TXT")));
    assertEquals("3", Files.readString(out.resolve("a (3).txt")));
  }

  @Test
  void damagedTarsAreRefused() {
    byte[] good = new Tar().file("a", "hello").bytes();
    for (int at = 0; at < 512; at++) {
      byte[] damaged = good.clone();
      damaged[at] ^= 1;
      // Behind the checksum's NUL stands a byte that nobody reads.
      if (at != 155) {
        invalid(damaged);
      }
    }
    invalid(Arrays.copyOf(good, 300));
    invalid(Arrays.copyOf(good, 512));
    invalid(Arrays.copyOf(good, 514));
    invalid(Arrays.copyOf(good, 700));
    invalid(
        new Tar().entry("p", 'x', "", "9999 path=a\n".getBytes(StandardCharsets.UTF_8)).bytes());
    invalid(new Tar().entry("p", 'x', "", "x path=a\n".getBytes(StandardCharsets.UTF_8)).bytes());
    invalid(new Tar().entry("p", 'x', "", "11 size=-1\n".getBytes(StandardCharsets.UTF_8)).bytes());
    invalid(
        new Tar().entry("p", 'x', "", "12 size=99x\n".getBytes(StandardCharsets.UTF_8)).bytes());
  }

  @Test
  void extendedHeaderIsBoundedBeforeItIsKept() {
    byte[] block = new Tar().entry("p", 'x', "", new byte[0]).unended();
    Tar.number(block, 124, (1 << 20) + 1);
    Tar.sum(block);
    invalid(block);
  }

  @Test
  void sizeInBinaryIsRead() throws IOException {
    byte[] tar = new Tar().file("a", "hello").bytes();
    Arrays.fill(tar, 124, 136, (byte) 0);
    tar[124] = (byte) 0x80;
    tar[135] = 5;
    Tar.sum(tar);
    assertEquals("hello", Files.readString(unpack(tar, "x").resolve("a")));
    tar[124] = (byte) 0xff;
    Tar.sum(tar);
    invalid(tar);
  }

  @Test
  void takenFolderIsNumberedOrLeftAndNeverReplaced() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("x"));
    byte[] tar = new Tar().file("a", "1").bytes();
    for (OnClash onClash : OnClash.values()) {
      try (Unpacker unpacker = new Unpacker(folder.resolve("x.part"), "x")) {
        unpacker.accept(ByteBuffer.wrap(tar));
        Optional<Path> placed = unpacker.complete("x", onClash);
        assertEquals(onClash == OnClash.SKIP, placed.isEmpty());
        assertEquals(List.of(), tree(taken));
      }
    }
    assertTrue(Files.exists(folder.resolve("x (3)/a")));
  }

  @Test
  void leftoversOfAnInterruptedAttemptAreGone() throws IOException {
    try (Unpacker unpacker = new Unpacker(folder.resolve("x.part"), "x")) {
      unpacker.accept(ByteBuffer.wrap(new Tar().file("old/a", "1").bytes()));
    }
    Path out = unpack(new Tar().file("b", "1").bytes(), "x");
    assertEquals(List.of("b"), tree(out));
    assertFalse(Files.exists(folder.resolve("x.part")));
  }

  private Path unpack(byte[] tar, String name) {
    try (Unpacker unpacker = new Unpacker(folder.resolve(name + ".part"), name)) {
      unpacker.accept(ByteBuffer.wrap(tar));
      return unpacker.complete(name, OnClash.RENAME).orElseThrow();
    }
  }

  private void invalid(byte[] tar) {
    Fault fault = assertThrows(Fault.class, () -> unpack(tar, "bad"));
    assertEquals(FaultCode.ARCHIVE_INVALID, fault.code());
  }

  private static List<String> tree(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(path -> !path.equals(root))
          .map(path -> root.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  /** Tars that no honest program makes. */
  private static final class Tar {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Tar file(String name, String content) {
      return entry(name, '0', "", content.getBytes(StandardCharsets.UTF_8));
    }

    Tar directory(String name) {
      return entry(name, '5', "", new byte[0]);
    }

    Tar entry(String name, char type, String link, byte[] data) {
      byte[] block = new byte[512];
      put(block, 0, name);
      put(block, 100, "0000644");
      number(block, 124, data.length);
      number(block, 136, 1_700_000_000);
      block[156] = (byte) type;
      put(block, 157, link);
      put(block, 257, "ustar\00000");
      sum(block);
      out.writeBytes(block);
      out.writeBytes(Arrays.copyOf(data, TarHeader.padded(data.length)));
      return this;
    }

    byte[] unended() {
      return out.toByteArray();
    }

    byte[] bytes() {
      return Arrays.copyOf(out.toByteArray(), out.size() + 1024);
    }

    static void number(byte[] block, int at, long value) {
      put(block, at, String.format("%011o", value));
    }

    static void sum(byte[] block) {
      put(block, 148, "        ");
      int sum = 0;
      for (int i = 0; i < 512; i++) {
        sum += block[i] & 0xff;
      }
      put(block, 148, String.format("%06o\0 ", sum));
    }

    private static void put(byte[] block, int at, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      System.arraycopy(bytes, 0, block, at, bytes.length);
    }
  }
}
