package dev.waxwing.relay.app;

import dev.waxwing.crypto.PasswordHash;
import dev.waxwing.crypto.Secret;
import dev.waxwing.local.PrivateFiles;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The password newcomers are asked for, kept as an Argon2id hash (RFC 9106) only, in {@code
 * hub-password} in the keys folder. Checking is slow by design: workers only.
 *
 * @param cost work of one check
 * @param salt 16 bytes
 * @param hash 32 bytes
 */
record HubPassword(PasswordHash.Cost cost, Bytes salt, Bytes hash) {
  private static final String NAME = "hub-password";
  private static final String FORM = "argon2id";
  private static final int HASH = 32;
  private static final int LONGEST = 1024;

  /** The hash kept, if a password is asked for. */
  static Optional<HubPassword> load(Path keys) {
    Path file = keys.resolve(NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    PrivateFiles.requirePrivate(file);
    return Optional.of(parse(read(file), file));
  }

  /**
   * Keeps the hash of the password in {@code file}: its first line, in clear.
   *
   * @param salt 16 random bytes
   */
  static HubPassword keep(Path keys, Path file, PasswordHash hasher, byte[] salt) {
    String clear = read(file).lines().findFirst().orElse("");
    if (clear.isBlank()) {
      throw new Fault(FaultCode.CONFIG_INVALID, "there is no password in " + file);
    }
    PasswordHash.Cost cost = PasswordHash.Cost.FLOOR;
    HubPassword made = new HubPassword(cost, Bytes.of(salt), derive(hasher, clear, salt, cost));
    String text =
        String.join(
            " ",
            FORM,
            Integer.toString(cost.memoryKib()),
            Integer.toString(cost.passes()),
            made.salt.toBase64(),
            made.hash.toBase64());
    PrivateFiles.closedDirectory(keys);
    PrivateFiles.write(keys.resolve(NAME), (text + "\n").getBytes(StandardCharsets.US_ASCII));
    return made;
  }

  /** Whether {@code password} is the right one. */
  boolean accepts(String password, PasswordHash hasher) {
    return password.length() <= LONGEST
        && java.security.MessageDigest.isEqual(
            hash.toArray(), derive(hasher, password, salt.toArray(), cost).toArray());
  }

  private static Bytes derive(
      PasswordHash hasher, String password, byte[] salt, PasswordHash.Cost cost) {
    try (Secret clear = Secret.take(password.getBytes(StandardCharsets.UTF_8));
        Secret derived = hasher.derive(clear, salt, cost, HASH)) {
      return derived.use(Bytes::of);
    }
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new Fault(FaultCode.CONFIG_INVALID, file + " is too long for a password");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new Fault(FaultCode.FILE_UNREADABLE, "cannot read the password in " + file, e);
    }
  }

  private static HubPassword parse(String text, Path file) {
    String[] words = text.strip().split(" ");
    try {
      if (words.length == 5 && words[0].equals(FORM)) {
        return new HubPassword(
            new PasswordHash.Cost(Integer.parseInt(words[1]), Integer.parseInt(words[2])),
            Bytes.fromBase64(words[3]),
            Bytes.fromBase64(words[4]));
      }
    } catch (IllegalArgumentException | Fault e) {
      // the one refusal below
    }
    throw new Fault(
        FaultCode.PROFILE_CORRUPT,
        "the hub password's hash is damaged: " + file,
        "give it again with --hub-password-file FILE");
  }

  /** Shows nothing. */
  @Override
  public String toString() {
    return "HubPassword[]";
  }
}
