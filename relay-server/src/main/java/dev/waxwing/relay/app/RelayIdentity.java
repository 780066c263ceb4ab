package dev.waxwing.relay.app;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.local.PrivateFiles;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The relay's long-term Ed25519 key: what invites and peers pin. The file {@code relay-identity} in
 * the keys folder holds its seed, 0600, and never changes once written.
 */
final class RelayIdentity {
  private static final String NAME = "relay-identity";
  private static final String FORM = "waxwing relay identity, version 1: keep secret";
  private static final int SEED = 32;

  private RelayIdentity() {}

  /** Whether there is one. */
  static boolean exists(Path keys) {
    return Files.exists(keys.resolve(NAME));
  }

  /**
   * Makes a new identity from 32 random bytes, which are wiped.
   *
   * @throws Fault ALREADY_JOINED when there is one: nothing may replace it
   */
  static Signing.Pair create(Path keys, Signing signing, byte[] random) {
    if (exists(keys)) {
      throw new Fault(
          FaultCode.ALREADY_JOINED,
          "there is an identity in " + keys,
          "use --dir DIR for another relay");
    }
    PrivateFiles.closedDirectory(keys);
    try (Secret seed = Secret.take(random)) {
      String text = FORM + "\n" + seed.use(bytes -> Bytes.of(bytes).toBase64()) + "\n";
      PrivateFiles.write(keys.resolve(NAME), text.getBytes(StandardCharsets.US_ASCII));
    }
    return load(keys, signing);
  }

  /**
   * Reads the identity.
   *
   * @throws Fault FILE_NOT_FOUND, PERMISSIONS_OPEN or PROFILE_CORRUPT
   */
  static Signing.Pair load(Path keys, Signing signing) {
    Path file = keys.resolve(NAME);
    if (!Files.exists(file)) {
      throw new Fault(
          FaultCode.FILE_NOT_FOUND, "no relay lives here: " + keys, "run: waxwing-relay init");
    }
    PrivateFiles.requirePrivate(file);
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
      if (lines.size() == 2 && lines.get(0).equals(FORM)) {
        byte[] seed = Bytes.fromBase64(lines.get(1)).toArray();
        if (seed.length == SEED) {
          return signing.pair(Secret.take(seed));
        }
      }
    } catch (IOException | Fault e) {
      // the one refusal below
    }
    throw new Fault(
        FaultCode.PROFILE_CORRUPT,
        "the relay's identity is damaged: " + file,
        "restore it from a backup; without it peers will not trust this relay");
  }
}
