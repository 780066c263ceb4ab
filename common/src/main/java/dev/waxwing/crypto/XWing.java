package dev.waxwing.crypto;

import dev.waxwing.wire.Bytes;
import org.bouncycastle.crypto.digests.SHAKEDigest;

/** X-Wing (draft-connolly-cfrg-xwing-kem), whose keys vaults are shared with. Stateless. */
public final class XWing {
  /** Length of a public key in bytes: ML-KEM-768's, then X25519's. */
  public static final int PUBLIC = Kem.PUBLIC + KeyAgreement.KEY;

  /** Length of the seed, which is the secret key, in bytes. */
  public static final int SEED = 32;

  private XWing() {}

  /** The public key of a secret seed of 32 random bytes (section 5.2 of the draft). */
  public static Bytes publicKey(Secret seed) {
    Checks.length("X-Wing seed", seed.length(), SEED);
    byte[] expanded = new byte[Kem.SEED + KeyAgreement.KEY];
    seed.use(
        bytes -> {
          SHAKEDigest shake = new SHAKEDigest(256);
          shake.update(bytes, 0, SEED);
          return shake.doFinal(expanded, 0, expanded.length);
        });
    Secret kemSeed = Secret.copyOf(expanded, 0, Kem.SEED);
    Secret agreementSecret = Secret.copyOf(expanded, Kem.SEED, KeyAgreement.KEY);
    Secret.take(expanded).destroy();
    try (kemSeed;
        agreementSecret) {
      return new BouncyKem()
          .pair(kemSeed)
          .publicKey()
          .concat(new BouncyAgreement().pair(agreementSecret).publicKey());
    }
  }
}
