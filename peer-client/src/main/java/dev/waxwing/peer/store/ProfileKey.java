package dev.waxwing.peer.store;

import dev.waxwing.crypto.Aead;
import dev.waxwing.crypto.Labels;
import dev.waxwing.crypto.PasswordHash;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The file with the 32-byte storage key that seals a profile's rows: either bare in a file for its
 * owner alone, or wrapped under a passphrase:
 *
 * <pre>
 * stretched   = Argon2id(passphrase, salt16, cost, 32)
 * wrap        = HKDF(salt16, stretched, info("profile/wrap"), 32)
 * commitment  = HKDF(salt16, stretched, info("profile/commitment"), 32)
 * wrapped     = ChaCha20-Poly1305(wrap, nonce = 0, aad = header, storage key)
 * </pre>
 *
 * Each wrapping draws a new salt, so {@code wrap} seals once. Changing the protection keeps the
 * storage key: it is no remedy for a key that was copied. One thread.
 */
public final class ProfileKey {
  /** The file's name in the data folder. */
  public static final String FILE = "profile.key";

  /** A passphrase has at least so many characters (code points). */
  public static final int PASSPHRASE_FLOOR = 12;

  private static final byte[] NONCE = new byte[Aead.NONCE];

  /** How the storage key is kept. */
  public enum Protection {
    /** Bare, in a file only its owner may read. */
    KEY_FILE,
    /** Wrapped under a passphrase. */
    PASSPHRASE
  }

  private final Path file;
  private final Suite suite;
  private final Supplier<PasswordHash> passwordHash;
  private final RandomGenerator random;

  /**
   * The key of the profile in {@code dataFolder}, which exists.
   *
   * @param random draws keys and salts; cryptographically strong
   */
  public ProfileKey(Path dataFolder, Suite suite, RandomGenerator random) {
    this(dataFolder, suite, suite::passwordHash, random);
  }

  ProfileKey(
      Path dataFolder, Suite suite, Supplier<PasswordHash> passwordHash, RandomGenerator random) {
    this.file = dataFolder.resolve(FILE);
    this.suite = suite;
    this.passwordHash = passwordHash;
    this.random = random;
  }

  /** Whether there is a key. */
  public boolean exists() {
    finishChange();
    return Files.exists(file);
  }

  /**
   * How the key is kept.
   *
   * @throws Fault PROFILE_CORRUPT, PROFILE_FOREIGN, PERMISSIONS_OPEN or FILE_UNREADABLE
   */
  public Protection protection() {
    return read().passphrase() == null ? Protection.KEY_FILE : Protection.PASSPHRASE;
  }

  /**
   * Draws a storage key and keeps it.
   *
   * @param passphrase UTF-8; null keeps it in a key file
   * @throws Fault PASSPHRASE_WEAK, TARGET_UNWRITABLE
   */
  public Secret create(@Nullable Secret passphrase) {
    byte[] drawn = new byte[KeyFile.KEY];
    random.nextBytes(drawn);
    Secret key = Secret.take(drawn);
    byte[] content = encoded(key, passphrase);
    OwnerOnly.createFile(file, content);
    Arrays.fill(content, (byte) 0);
    OwnerOnly.forceFolderOf(file);
    return key;
  }

  /**
   * The storage key. Argon2id runs only where there is a passphrase.
   *
   * @param passphrase UTF-8; not looked at when the key is in a key file
   * @throws Fault PASSPHRASE_NEEDED, PASSPHRASE_WRONG, and as {@link #protection}
   */
  public Secret open(@Nullable Secret passphrase) {
    KeyFile read = read();
    KeyFile.Wrapping wrapping = read.passphrase();
    if (wrapping == null) {
      return Secret.take(read.key());
    }
    if (passphrase == null) {
      throw new Fault(FaultCode.PASSPHRASE_NEEDED, "the profile is locked by a passphrase");
    }
    try (Stretched stretched = stretch(passphrase, wrapping)) {
      if (!stretched.commitment().equals(Secret.copyOf(wrapping.commitment()))) {
        throw new Fault(FaultCode.PASSPHRASE_WRONG, "that is not the profile's passphrase");
      }
      try (Aead.Keyed cipher = suite.aead().keyed(stretched.wrap())) {
        byte[] key = cipher.open(NONCE, wrapping.header(), read.key());
        if (key == null) {
          throw KeyFile.damaged();
        }
        return Secret.take(key);
      }
    }
  }

  /**
   * Keeps the same storage key another way; the file it was in is overwritten and deleted. A crash
   * leaves the old way or the new one. Flash memory may keep overwritten blocks.
   *
   * @param key what {@link #open} gave
   * @param passphrase UTF-8; null for a key file
   * @throws Fault PASSPHRASE_WEAK, TARGET_UNWRITABLE
   */
  public void protect(Secret key, @Nullable Secret passphrase) {
    byte[] content = encoded(key, passphrase);
    finishChange();
    OwnerOnly.createFile(beside(".new"), content);
    Arrays.fill(content, (byte) 0);
    move(file, beside(".old"));
    move(beside(".new"), file);
    OwnerOnly.forceFolderOf(file);
    OwnerOnly.wipe(beside(".old"));
  }

  /** Takes up what a crash inside {@link #protect} left: the old key wins until it is replaced. */
  private void finishChange() {
    if (!Files.exists(file) && Files.exists(beside(".old"))) {
      move(beside(".old"), file);
    }
    OwnerOnly.wipe(beside(".old"));
    OwnerOnly.wipe(beside(".new"));
  }

  private KeyFile read() {
    finishChange();
    OwnerOnly.require(file);
    try {
      return KeyFile.decode(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new Fault(FaultCode.FILE_UNREADABLE, "the profile's key file cannot be read", e);
    }
  }

  private byte[] encoded(Secret key, @Nullable Secret passphrase) {
    if (passphrase == null) {
      return key.use(bytes -> new KeyFile(bytes, null).encode());
    }
    requireStrong(passphrase);
    byte[] salt = new byte[PasswordHash.SALT];
    random.nextBytes(salt);
    PasswordHash.Cost cost = PasswordHash.Cost.FLOOR;
    try (Stretched stretched =
            stretch(passphrase, new KeyFile.Wrapping(salt, cost, new byte[KeyFile.KEY]));
        Aead.Keyed cipher = suite.aead().keyed(stretched.wrap())) {
      KeyFile.Wrapping wrapping =
          new KeyFile.Wrapping(salt, cost, stretched.commitment().exposeCopy());
      byte[] wrapped = key.use(bytes -> cipher.seal(NONCE, wrapping.header(), bytes));
      return new KeyFile(wrapped, wrapping).encode();
    }
  }

  private Stretched stretch(Secret passphrase, KeyFile.Wrapping wrapping) {
    byte[] salt = wrapping.salt();
    try (Secret root = passwordHash.get().derive(passphrase, salt, wrapping.cost(), KeyFile.KEY)) {
      return new Stretched(
          suite.kdf().hkdf(salt, root, Labels.info("profile/wrap"), Aead.KEY),
          suite.kdf().hkdf(salt, root, Labels.info("profile/commitment"), KeyFile.KEY));
    }
  }

  private static void requireStrong(Secret passphrase) {
    int characters =
        passphrase.use(
            utf8 -> {
              int count = 0;
              for (byte unit : utf8) {
                // Continuation bytes of UTF-8 are 10xxxxxx.
                count += (unit & 0xc0) == 0x80 ? 0 : 1;
              }
              return count;
            });
    if (characters < PASSPHRASE_FLOOR) {
      throw new Fault(FaultCode.PASSPHRASE_WEAK, "the passphrase is too short");
    }
  }

  private Path beside(String suffix) {
    return file.resolveSibling(FILE + suffix);
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw OwnerOnly.unwritable(e);
    }
  }

  /** Both keys out of a passphrase. */
  private record Stretched(Secret wrap, Secret commitment) implements AutoCloseable {
    @Override
    public void close() {
      wrap.destroy();
      commitment.destroy();
    }
  }
}
