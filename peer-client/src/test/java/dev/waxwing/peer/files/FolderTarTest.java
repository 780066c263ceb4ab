package dev.waxwing.peer.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTarTest {
  @TempDir Path folder;
  private Path tree;

  @BeforeEach
  void makeTree() throws Exception {
    tree = Files.createDirectory(folder.resolve("photos"));
    Files.createDirectories(tree.resolve("sub/empty"));
    Files.write(tree.resolve("a.bin"), Disk.random(1000, 1));
    Files.write(tree.resolve("block"), Disk.random(512, 2));
    Files.write(tree.resolve("sub/nothing"), new byte[0]);
    Files.write(tree.resolve("sub/Grüße 世界.txt"), Disk.random(513, 3));
    Files.write(tree.resolve("sub/" + "long".repeat(40)), Disk.random(5, 4));
    Path tool = Files.write(tree.resolve("tool"), Disk.random(70_000, 5));
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-x---"));
    Files.setLastModifiedTime(tool, FileTime.fromMillis(1_700_000_000_123L));
    Files.createSymbolicLink(tree.resolve("link"), tree.resolve("a.bin"));
    Files.createSymbolicLink(tree.resolve("sub/up"), tree);
    Disk.fifo(tree.resolve("pipe"));
  }

  @Test
  void tarToolListsAndUnpacksWhatWeMake() throws Exception {
    Path file = folder.resolve("x.tar");
    Files.write(file, tar(listing()));
    String tar = Disk.tool("tar");
    String names = Disk.run(folder, tar, "tf", file.toString(), "--quoting-style=literal");
    assertEquals(
        List.of(
            "photos/",
            "photos/a.bin",
            "photos/block",
            "photos/sub/",
            "photos/sub/Grüße 世界.txt",
            "photos/sub/empty/",
            "photos/sub/" + "long".repeat(40),
            "photos/sub/nothing",
            "photos/tool"),
        names.lines().toList());
    Path out = Files.createDirectory(folder.resolve("out"));
    Disk.run(out, tar, "xf", file.toString());
    for (String name : List.of("a.bin", "block", "sub/Grüße 世界.txt", "sub/nothing", "tool")) {
      assertArrayEquals(
          Files.readAllBytes(tree.resolve(name)),
          Files.readAllBytes(out.resolve("photos").resolve(name)),
          name);
    }
    assertTrue(Files.isExecutable(out.resolve("photos/tool")));
    assertEquals(
        1_700_000_000_000L, Files.getLastModifiedTime(out.resolve("photos/tool")).toMillis());
  }

  @Test
  void linksAndDevicesAreLeftOutAndNamed() {
    List<Path> skipped =
        listing().skipped().stream().map(Listing.Skipped::source).sorted().toList();
    assertEquals(
        List.of(tree.resolve("link"), tree.resolve("pipe"), tree.resolve("sub/up")), skipped);
  }

  @Test
  void sizeIsKnownBeforehandAndAnyRangeIsTheSame() throws IOException {
    Listing listing = listing();
    byte[] whole = tar(listing);
    long seed = 77;
    Random random = new Random(seed);
    try (FolderTar tar = new FolderTar(Listing.decode(listing.encode()))) {
      assertEquals(whole.length, tar.size());
      for (int i = 0; i < 500; i++) {
        int from = random.nextInt(whole.length);
        int length = random.nextInt(1 + Math.min(5000, whole.length - from));
        ByteBuffer out = ByteBuffer.allocate(length);
        tar.read(from, out);
        assertEquals(length, out.position());
        assertEquals(
            Bytes.of(whole, from, length), Bytes.of(out.array()), "seed " + seed + " at " + from);
      }
      ByteBuffer beyond = ByteBuffer.allocate(10);
      tar.read(whole.length - 3, beyond);
      assertEquals(3, beyond.position());
      tar.verify();
    }
  }

  @Test
  void listingComesBackAsItWasAndDamageIsFound() {
    Listing listing = listing();
    assertEquals(listing, Listing.decode(listing.encode()));
    Bytes cut = listing.encode().slice(0, listing.encode().length() - 1);
    assertEquals(
        FaultCode.PROFILE_CORRUPT, assertThrows(Fault.class, () -> Listing.decode(cut)).code());
  }

  @Test
  void fileChangedAddedToOrReplacedByALinkIsFound() throws IOException {
    Listing listing = listing();
    Files.write(tree.resolve("block"), Disk.random(512, 99));
    Files.setLastModifiedTime(tree.resolve("block"), FileTime.fromMillis(5));
    changed(listing);
    Listing second = listing();
    Files.write(tree.resolve("a.bin"), new byte[999]);
    changed(second);
    Listing third = listing();
    Files.delete(tree.resolve("a.bin"));
    Files.createSymbolicLink(tree.resolve("a.bin"), tree.resolve("tool"));
    try (FolderTar tar = new FolderTar(third)) {
      assertThrows(Fault.class, () -> tar.read(0, ByteBuffer.allocate((int) tar.size())));
    }
  }

  @Test
  void fileThatChangesWhileItIsReadIsFoundAtItsEnd() throws IOException {
    Listing listing = Listing.of(List.of(tree.resolve("tool")));
    try (FolderTar tar = new FolderTar(listing)) {
      tar.read(0, ByteBuffer.allocate(20_000));
      byte[] bytes = Files.readAllBytes(tree.resolve("tool"));
      bytes[60_000] ^= 1;
      Files.write(tree.resolve("tool"), bytes);
      Fault fault = assertThrows(Fault.class, () -> tar.read(20_000, ByteBuffer.allocate(60_000)));
      assertEquals(FaultCode.FILE_CHANGED, fault.code());
    }
  }

  @Test
  void severalPathsOfOneNameStandSideBySide() throws IOException {
    Path one = Files.createDirectories(folder.resolve("1")).resolve("x.txt");
    Path two = Files.createDirectories(folder.resolve("2")).resolve("X.txt");
    Files.write(one, new byte[1]);
    Files.write(two, new byte[2]);
    Listing listing = Listing.of(List.of(one, two));
    assertEquals(
        List.of("X (2).txt", "x.txt"),
        listing.entries().stream().map(Listing.Entry::name).toList());
  }

  @Test
  void sizeBeyondOctalGoesToAnExtendedHeader() {
    FileStamp stamp = new FileStamp((1L << 33) + 5, -1, "");
    byte[] header =
        TarHeader.of(new Listing.Entry("huge", tree.resolve("tool"), Listing.Kind.FILE, stamp));
    assertEquals(3 * TarHeader.BLOCK, header.length);
    byte[] body = Arrays.copyOfRange(header, 512, 512 + 19);
    assertEquals("8589934597", PaxRecords.parse(body).get("size"));
  }

  private Listing listing() {
    return Listing.of(List.of(tree));
  }

  private static byte[] tar(Listing listing) {
    try (FolderTar tar = new FolderTar(listing)) {
      ByteBuffer out = ByteBuffer.allocate((int) tar.size());
      tar.read(0, out);
      return out.array();
    }
  }

  private static void changed(Listing listing) {
    try (FolderTar tar = new FolderTar(listing)) {
      ByteBuffer out = ByteBuffer.allocate((int) tar.size());
      assertEquals(
          FaultCode.FILE_CHANGED, assertThrows(Fault.class, () -> tar.read(0, out)).code());
      assertEquals(FaultCode.FILE_CHANGED, assertThrows(Fault.class, tar::verify).code());
    }
  }
}
