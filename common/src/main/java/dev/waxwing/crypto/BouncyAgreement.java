package dev.waxwing.crypto;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** X25519 of Bouncy Castle. */
final class BouncyAgreement implements KeyAgreement {

  @Override
  public Pair pair(Secret random) {
    Checks.length("X25519 secret", random.length(), KEY);
    byte[] publicKey = new byte[KEY];
    random.use(
        secret -> {
          X25519.scalarMultBase(secret, 0, publicKey, 0);
          return publicKey;
        });
    return new Pair(random, Bytes.of(publicKey));
  }

  @Override
  public Secret agree(Secret ours, Bytes theirs) {
    Checks.length("X25519 secret", ours.length(), KEY);
    Checks.received("an X25519 key", theirs.length(), KEY);
    byte[] shared = new byte[KEY];
    boolean useful =
        ours.use(secret -> X25519.calculateAgreement(secret, 0, theirs.toArray(), 0, shared, 0));
    if (!useful) {
      throw new Fault(FaultCode.PREKEY_INVALID, "an X25519 key of low order");
    }
    return Secret.take(shared);
  }

  @Override
  public String provider() {
    return "Bouncy Castle";
  }
}
