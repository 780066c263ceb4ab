package dev.waxwing.relay.net;

import dev.waxwing.wire.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * A certificate chain with its key, ready to be served.
 *
 * @param chain PEM
 * @param key PEM, PKCS #8
 * @param publicKeyHash SHA-256 of the first certificate's SubjectPublicKeyInfo (PROTOCOL.md,
 *     "Login"), 32 bytes
 * @param expires when the first certificate ends
 */
public record ServedCertificate(String chain, String key, Bytes publicKeyHash, Instant expires) {

  /** Computes the hash. */
  public static ServedCertificate of(String chain, String key, X509Certificate first) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(first.getPublicKey().getEncoded());
      return new ServedCertificate(chain, key, Bytes.of(hash), first.getNotAfter().toInstant());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Shows no key. */
  @Override
  public String toString() {
    return "ServedCertificate[" + publicKeyHash + "]";
  }
}
