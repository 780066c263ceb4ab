package dev.waxwing.crypto;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;

/** X25519 of libsodium. */
final class SodiumAgreement implements KeyAgreement {
  private final SodiumLibrary sodium;

  SodiumAgreement(SodiumLibrary sodium) {
    this.sodium = sodium;
  }

  @Override
  public Pair pair(Secret random) {
    Checks.length("X25519 secret", random.length(), KEY);
    byte[] publicKey = new byte[KEY];
    random.use(secret -> sodium.crypto_scalarmult_base(publicKey, secret));
    return new Pair(random, Bytes.of(publicKey));
  }

  @Override
  public Secret agree(Secret ours, Bytes theirs) {
    Checks.length("X25519 secret", ours.length(), KEY);
    Checks.received("an X25519 key", theirs.length(), KEY);
    byte[] shared = new byte[KEY];
    int status = ours.use(secret -> sodium.crypto_scalarmult(shared, secret, theirs.toArray()));
    if (status != 0) {
      throw new Fault(FaultCode.PREKEY_INVALID, "an X25519 key of low order");
    }
    return Secret.take(shared);
  }

  @Override
  public String provider() {
    return "libsodium";
  }
}
