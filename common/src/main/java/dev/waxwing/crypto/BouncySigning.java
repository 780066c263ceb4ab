package dev.waxwing.crypto;

import dev.waxwing.wire.Bytes;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Ed25519 of Bouncy Castle. */
final class BouncySigning implements Signing {
  private static final int SEED = 32;

  @Override
  public Pair pair(Secret seed) {
    Checks.length("Ed25519 seed", seed.length(), SEED);
    byte[] publicKey = new byte[PUBLIC];
    seed.use(
        secret -> {
          Ed25519.generatePublicKey(secret, 0, publicKey, 0);
          return publicKey;
        });
    return new Pair(seed, Bytes.of(publicKey));
  }

  /**
   * The public half is derived anew, since signing under a foreign one would give the secret away.
   */
  @Override
  public Bytes sign(Pair signer, byte[] message) {
    Checks.length("Ed25519 seed", signer.seed().length(), SEED);
    byte[] signature = new byte[SIGNATURE];
    signer
        .seed()
        .use(
            secret -> {
              Ed25519.sign(secret, 0, message, 0, message.length, signature, 0);
              return signature;
            });
    return Bytes.of(signature);
  }

  @Override
  public boolean verify(Bytes publicKey, byte[] message, Bytes signature) {
    return publicKey.length() == PUBLIC
        && signature.length() == SIGNATURE
        && Ed25519.verify(
            signature.toArray(), 0, publicKey.toArray(), 0, message, 0, message.length);
  }

  @Override
  public String provider() {
    return "Bouncy Castle";
  }
}
