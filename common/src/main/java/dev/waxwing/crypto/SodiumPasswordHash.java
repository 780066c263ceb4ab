package dev.waxwing.crypto;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;

/** Argon2id of libsodium. */
final class SodiumPasswordHash implements PasswordHash, RawArgon2id {
  private static final int ARGON2ID_13 = 2;

  private final SodiumLibrary sodium;

  SodiumPasswordHash(SodiumLibrary sodium) {
    this.sodium = sodium;
  }

  @Override
  public Secret derive(Secret passphrase, byte[] salt, Cost cost, int length) {
    return raw(passphrase, salt, new Work(cost.memoryKib(), cost.passes()), length);
  }

  @Override
  public Secret raw(Secret passphrase, byte[] salt, Work work, int length) {
    Checks.derived(salt, length);
    byte[] out = new byte[length];
    SodiumLibrary.SizeT memory = new SodiumLibrary.SizeT(work.memoryKib() * 1024L);
    int status =
        passphrase.use(
            bytes ->
                sodium.crypto_pwhash(
                    out, length, bytes, bytes.length, salt, work.passes(), memory, ARGON2ID_13));
    if (status != 0) {
      throw new Fault(
          FaultCode.UNAVAILABLE,
          "there are not " + work.memoryKib() + " KiB of memory for the passphrase");
    }
    return Secret.take(out);
  }

  @Override
  public String provider() {
    return "libsodium";
  }
}
