package dev.waxwing.peer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.PasswordHash;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The storage key: bare or wrapped, changed between the two, and never opened by mistake. */
class ProfileKeyTest {
  private static final String PHRASE = "corrêct horse";

  @TempDir Path folder;

  @Test
  void keyFileOpensWithoutArgon2() {
    ProfileKey key =
        new ProfileKey(
            folder,
            Suite.wx1(),
            () -> {
              throw new AssertionError("Argon2id was asked for");
            },
            new SecureRandom());
    assertFalse(key.exists());
    Secret created = key.create(null);
    assertTrue(key.exists());
    assertEquals(ProfileKey.Protection.KEY_FILE, key.protection());
    assertEquals(created, key.open(null));
    assertEquals(32, created.length());
    assertThrows(AssertionError.class, () -> key.protect(created, secret(PHRASE)));
  }

  @Test
  void passphraseOpensAndAnotherDoesNot() {
    ProfileKey key = key();
    Secret created = key.create(secret(PHRASE));
    assertEquals(ProfileKey.Protection.PASSPHRASE, key.protection());
    assertEquals(created, key.open(secret(PHRASE)));
    assertCode(FaultCode.PASSPHRASE_WRONG, () -> key.open(secret(PHRASE + " ")));
    assertCode(FaultCode.PASSPHRASE_WRONG, () -> key.open(secret("")));
    assertCode(FaultCode.PASSPHRASE_NEEDED, () -> key.open(null));
  }

  @Test
  void passphraseIsMeasuredInCharacters() {
    assertCode(FaultCode.PASSPHRASE_WEAK, () -> key().create(secret("elevenchars")));
    assertCode(FaultCode.PASSPHRASE_WEAK, () -> key().create(secret("é".repeat(11))));
    assertCode(FaultCode.PASSPHRASE_WEAK, () -> key().create(secret("\uD83D\uDC26".repeat(11))));
    assertFalse(key().exists());
    key().create(secret("é".repeat(12)));
    assertTrue(key().exists());
  }

  @Test
  void changeAndBackKeepTheKeyAndLeaveNoOldFile() throws IOException {
    ProfileKey key = key();
    Secret created = key.create(null);
    String bare = created.use(bytes -> new String(bytes, StandardCharsets.ISO_8859_1));
    assertTrue(inFolder(bare), "the sweep finds a bare key");
    key.protect(created, secret(PHRASE));
    assertEquals(created, key.open(secret(PHRASE)));
    assertFalse(inFolder(bare));
    byte[] first = Files.readAllBytes(folder.resolve(ProfileKey.FILE));
    key.protect(created, secret(PHRASE));
    assertNotEquals(Bytes.of(first), Bytes.of(Files.readAllBytes(folder.resolve(ProfileKey.FILE))));
    key.protect(created, null);
    assertEquals(created, key.open(null));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(folder.resolve(ProfileKey.FILE)), files.toList());
    }
  }

  @Test
  void replacedFileIsOverwrittenBeforeItGoes() throws IOException {
    ProfileKey key = key();
    Secret created = key.create(null);
    Path witness = Files.createLink(folder.resolve("witness"), folder.resolve(ProfileKey.FILE));
    key.protect(created, secret(PHRASE));
    byte[] left = Files.readAllBytes(witness);
    assertEquals(Bytes.of(new byte[left.length]), Bytes.of(left));
  }

  @Test
  void crashWithinAChangeLeavesOneWayOrTheOther() throws IOException {
    Path file = folder.resolve(ProfileKey.FILE);
    Path old = folder.resolve(ProfileKey.FILE + ".old");
    Path unfinished = folder.resolve(ProfileKey.FILE + ".new");
    Secret created = key().create(null);
    byte[] bare = Files.readAllBytes(file);
    key().protect(created, secret(PHRASE));
    byte[] wrapped = Files.readAllBytes(file);

    Files.write(file, bare);
    Files.write(unfinished, Arrays.copyOf(wrapped, 20));
    assertEquals(created, key().open(null));
    assertFalse(Files.exists(unfinished));

    Files.move(file, old);
    Files.write(unfinished, wrapped);
    assertEquals(created, key().open(null));
    assertFalse(Files.exists(unfinished) || Files.exists(old));

    Files.move(file, old);
    OwnerOnly.createFile(file, wrapped);
    assertEquals(created, key().open(secret(PHRASE)));
    assertFalse(Files.exists(old));
  }

  @Test
  void everyFlippedByteIsDamageAndNotAWrongPassphrase() throws IOException {
    Path file = folder.resolve(ProfileKey.FILE);
    key().create(secret(PHRASE));
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 4;
      Files.write(file, flipped);
      assertCode(FaultCode.PROFILE_CORRUPT, () -> key().open(secret(PHRASE)));
    }
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertCode(FaultCode.PROFILE_CORRUPT, () -> key().open(secret(PHRASE)));
    }
  }

  @Test
  void costBelowTheFloorIsRefusedThoughTheChecksumIsRight() throws Exception {
    Path file = folder.resolve(ProfileKey.FILE);
    key().create(secret(PHRASE));
    byte[] whole = Files.readAllBytes(file);
    byte[] cost =
        ByteBuffer.allocate(12).putInt(8).putLong(PasswordHash.Cost.FLOOR.memoryKib()).array();
    int at = indexOf(whole, cost);
    whole[at + 9] = 0;
    whole[at + 10] = 1;
    rewrite(file, whole);
    assertCode(FaultCode.PROFILE_CORRUPT, () -> key().open(secret(PHRASE)));
  }

  @Test
  void wrappedKeyChangedUnderARightChecksumIsDamage() throws Exception {
    Path file = folder.resolve(ProfileKey.FILE);
    key().create(secret(PHRASE));
    byte[] whole = Files.readAllBytes(file);
    whole[whole.length - 33] ^= 1;
    rewrite(file, whole);
    assertCode(FaultCode.PROFILE_CORRUPT, () -> key().open(secret(PHRASE)));
  }

  @Test
  void keyFileOthersMayReadIsRefused() throws IOException {
    Assumptions.assumeTrue(
        folder.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "file modes are POSIX's");
    Path file = folder.resolve(ProfileKey.FILE);
    key().create(null);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertCode(FaultCode.PERMISSIONS_OPEN, () -> key().open(null));
  }

  private static int indexOf(byte[] whole, byte[] part) {
    for (int at = 0; at <= whole.length - part.length; at++) {
      if (Arrays.equals(whole, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new AssertionError("not in the file");
  }

  private static void rewrite(Path file, byte[] whole) throws Exception {
    byte[] fields = Arrays.copyOf(whole, whole.length - 32);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(fields);
    System.arraycopy(digest, 0, whole, fields.length, 32);
    Files.write(file, whole);
  }

  private boolean inFolder(String bytes) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(bytes)) {
          return true;
        }
      }
      return false;
    }
  }

  private ProfileKey key() {
    return new ProfileKey(folder, Suite.wx1(), new SecureRandom());
  }

  private static Secret secret(String text) {
    return Secret.take(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertCode(FaultCode code, org.junit.jupiter.api.function.Executable action) {
    assertEquals(code, assertThrows(Fault.class, action).code());
  }
}
