package dev.waxwing.crypto;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** Argon2id of Bouncy Castle. */
final class BouncyPasswordHash implements PasswordHash, RawArgon2id {

  @Override
  public Secret derive(Secret passphrase, byte[] salt, Cost cost, int length) {
    return raw(passphrase, salt, new Work(cost.memoryKib(), cost.passes()), length);
  }

  @Override
  public Secret raw(Secret passphrase, byte[] salt, Work work, int length) {
    Checks.derived(salt, length);
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(work.memoryKib())
            .withIterations(work.passes())
            .withParallelism(1)
            .withSalt(salt)
            .build());
    byte[] out = new byte[length];
    passphrase.use(bytes -> generator.generateBytes(bytes, out));
    return Secret.take(out);
  }

  @Override
  public String provider() {
    return "Bouncy Castle";
  }
}
