package dev.waxwing.crypto;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.kems.MLKEMExtractor;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLKEMPublicKeyParameters;

/** ML-KEM-768 of Bouncy Castle, fresh objects for every operation. */
final class BouncyKem implements Kem {
  private static final int RANDOM = 32;

  @Override
  public Pair pair(Secret seed) {
    return new Pair(seed, Bytes.of(expand(seed).getPublicKey()));
  }

  @Override
  public Encapsulated encapsulate(Bytes publicKey, Secret random) {
    Checks.received("an ML-KEM key", publicKey.length(), PUBLIC);
    Checks.length("ML-KEM randomness", random.length(), RANDOM);
    SecretWithEncapsulation made =
        random.use(bytes -> MLKEMGenerator.internalGenerateEncapsulated(read(publicKey), bytes));
    return new Encapsulated(Bytes.of(made.getEncapsulation()), Secret.take(made.getSecret()));
  }

  @Override
  public Secret decapsulate(Pair pair, Bytes ciphertext) {
    Checks.received("an ML-KEM ciphertext", ciphertext.length(), CIPHERTEXT);
    return Secret.take(new MLKEMExtractor(expand(pair.seed())).extractSecret(ciphertext.toArray()));
  }

  private static MLKEMPrivateKeyParameters expand(Secret seed) {
    Checks.length("ML-KEM seed", seed.length(), SEED);
    return seed.use(
        bytes -> new MLKEMPrivateKeyParameters(MLKEMParameters.ml_kem_768, bytes.clone()));
  }

  private static MLKEMPublicKeyParameters read(Bytes publicKey) {
    try {
      return new MLKEMPublicKeyParameters(MLKEMParameters.ml_kem_768, publicKey.toArray());
    } catch (IllegalArgumentException e) {
      throw new Fault(FaultCode.PREKEY_INVALID, "an ML-KEM key outside its field", e);
    }
  }

  @Override
  public String provider() {
    return "Bouncy Castle";
  }
}
