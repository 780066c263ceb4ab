package dev.waxwing.crypto;

import dev.waxwing.wire.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * A suite with the shape of WX1 and none of its secrecy, for simulations that make keys by the
 * million: agreement, signatures and encapsulation are single hashes, which agree and fail where
 * the real ones do. Key derivation and AEAD are the real ones.
 */
public final class CheapSuite {
  private static final Suite REAL = Suite.wx1();

  private CheapSuite() {}

  /** The cheap suite, with something around its AEAD. */
  public static Suite with(UnaryOperator<Aead> around) {
    return new Suite(
        new Suite.Primitives(
            Agreement::new,
            Signatures::new,
            () -> around.apply(REAL.aead()),
            Encapsulation::new,
            REAL::kdf,
            REAL::passwordHash));
  }

  /** The real suite, with something around its AEAD. */
  public static Suite real(UnaryOperator<Aead> around) {
    return new Suite(
        new Suite.Primitives(
            REAL::agreement,
            REAL::signing,
            () -> around.apply(REAL.aead()),
            REAL::kem,
            REAL::kdf,
            REAL::passwordHash));
  }

  private static byte[] hash(String what, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((byte) what.length());
      digest.update(what.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Both ends hash the two public keys, the smaller first. */
  private static final class Agreement implements KeyAgreement {
    @Override
    public Pair pair(Secret random) {
      return new Pair(random, Bytes.of(hash("public", random.use(Agreement::padded))));
    }

    private static byte[] padded(byte[] secret) {
      return Arrays.copyOf(secret, KEY);
    }

    @Override
    public Secret agree(Secret ours, Bytes theirs) {
      byte[] mine = pair(ours).publicKey().toArray();
      byte[] other = theirs.toArray();
      boolean first = Arrays.compareUnsigned(mine, other) < 0;
      return Secret.take(first ? hash("agree", mine, other) : hash("agree", other, mine));
    }

    @Override
    public String provider() {
      return "a hash";
    }
  }

  /** A hash of the public key and the message, twice. */
  private static final class Signatures implements Signing {
    @Override
    public Pair pair(Secret seed) {
      return new Pair(seed, Bytes.of(seed.use(bytes -> hash("signer", bytes))));
    }

    @Override
    public Bytes sign(Pair signer, byte[] message) {
      return signature(signer.publicKey(), message);
    }

    private static Bytes signature(Bytes publicKey, byte[] message) {
      Bytes half = Bytes.of(hash("sign", publicKey.toArray(), message));
      return half.concat(half);
    }

    @Override
    public boolean verify(Bytes publicKey, byte[] message, Bytes signature) {
      return signature.equals(signature(publicKey, message));
    }

    @Override
    public String provider() {
      return "a hash";
    }
  }

  /** The ciphertext is the randomness; the secret a hash of it and the public key. */
  private static final class Encapsulation implements Kem {
    @Override
    public Pair pair(Secret seed) {
      byte[] name = seed.use(bytes -> hash("kem", bytes));
      return new Pair(seed, Bytes.of(Arrays.copyOf(name, PUBLIC)));
    }

    @Override
    public Encapsulated encapsulate(Bytes publicKey, Secret random) {
      byte[] sent = random.exposeCopy();
      return new Encapsulated(Bytes.of(Arrays.copyOf(sent, CIPHERTEXT)), secret(publicKey, sent));
    }

    @Override
    public Secret decapsulate(Pair pair, Bytes ciphertext) {
      return secret(pair.publicKey(), ciphertext.slice(0, 32).toArray());
    }

    private static Secret secret(Bytes publicKey, byte[] sent) {
      return Secret.take(hash("shared", publicKey.slice(0, 32).toArray(), sent));
    }

    @Override
    public String provider() {
      return "a hash";
    }
  }
}
