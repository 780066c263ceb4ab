package dev.waxwing.relay.net;

import dev.waxwing.wire.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A certificate chain with its key, ready to be served.
 *
 * @param chain the server's own first
 * @param key that of the first certificate
 * @param publicKeyHash SHA-256 of the first certificate's SubjectPublicKeyInfo (PROTOCOL.md,
 *     "Login"), 32 bytes
 */
public record ServedCertificate(List<X509Certificate> chain, PrivateKey key, Bytes publicKeyHash) {

  /** Keeps a copy of the chain. */
  public ServedCertificate {
    chain = List.copyOf(chain);
  }

  /** Computes the hash. */
  public static ServedCertificate of(List<X509Certificate> chain, PrivateKey key) {
    try {
      byte[] spki = chain.get(0).getPublicKey().getEncoded();
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(spki);
      return new ServedCertificate(chain, key, Bytes.of(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** When the first certificate ends. */
  public Instant expires() {
    return chain.get(0).getNotAfter().toInstant();
  }

  /** Shows no key. */
  @Override
  public String toString() {
    return "ServedCertificate[" + publicKeyHash + "]";
  }
}
