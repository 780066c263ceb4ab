package dev.waxwing.crypto;

import dev.waxwing.wire.Bytes;

/** Ed25519 of libsodium. */
final class SodiumSigning implements Signing {
  private static final int SEED = 32;
  private static final int EXPANDED = 64;

  private final SodiumLibrary sodium;

  SodiumSigning(SodiumLibrary sodium) {
    this.sodium = sodium;
  }

  @Override
  public Pair pair(Secret seed) {
    byte[] publicKey = new byte[PUBLIC];
    expand(seed, publicKey).destroy();
    return new Pair(seed, Bytes.of(publicKey));
  }

  /**
   * The public half is derived anew, since signing under a foreign one would give the secret away.
   */
  @Override
  public Bytes sign(Pair signer, byte[] message) {
    byte[] signature = new byte[SIGNATURE];
    try (Secret expanded = expand(signer.seed(), new byte[PUBLIC])) {
      expanded.use(
          secret -> sodium.crypto_sign_detached(signature, null, message, message.length, secret));
    }
    return Bytes.of(signature);
  }

  @Override
  public boolean verify(Bytes publicKey, byte[] message, Bytes signature) {
    return publicKey.length() == PUBLIC
        && signature.length() == SIGNATURE
        && sodium.crypto_sign_verify_detached(
                signature.toArray(), message, message.length, publicKey.toArray())
            == 0;
  }

  private Secret expand(Secret seed, byte[] publicKey) {
    Checks.length("Ed25519 seed", seed.length(), SEED);
    byte[] expanded = new byte[EXPANDED];
    seed.use(bytes -> sodium.crypto_sign_seed_keypair(publicKey, expanded, bytes));
    return Secret.take(expanded);
  }

  @Override
  public String provider() {
    return "libsodium";
  }
}
