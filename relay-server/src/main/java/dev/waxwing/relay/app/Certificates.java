package dev.waxwing.relay.app;

import dev.waxwing.local.PrivateFiles;
import dev.waxwing.relay.net.ServedCertificate;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Reads certificates and their keys from PEM files, and sees to it that they fit each other. */
final class Certificates {
  private static final String CHAIN = "tls-certificate.pem";
  private static final String KEY = "tls-key.pem";
  private static final long LONGEST = 256 * 1024;

  private Certificates() {}

  /** The relay's own self-signed certificate in the keys folder. */
  static CertificateFiles selfSigned(Path keys) {
    return new CertificateFiles(keys.resolve(CHAIN), keys.resolve(KEY));
  }

  /**
   * Reads chain and key.
   *
   * @throws Fault CERTIFICATE_INVALID when either cannot be read or they do not belong together
   */
  static ServedCertificate load(CertificateFiles files) {
    String chainPem = read(files.chain());
    String keyPem = read(files.key());
    List<X509Certificate> chain = chain(chainPem, files.chain());
    PublicKey publicKey = chain.get(0).getPublicKey();
    PrivateKey privateKey = privateKey(keyPem, publicKey, files.key());
    if (!belongTogether(publicKey, privateKey)) {
      throw new Fault(
          FaultCode.CERTIFICATE_INVALID,
          "the key in " + files.key() + " is not that of the certificate in " + files.chain());
    }
    return ServedCertificate.of(chain, privateKey);
  }

  /** Writes chain and key into the keys folder, 0600. */
  static void write(CertificateFiles files, String chainPem, String keyPem) {
    PrivateFiles.write(files.key(), keyPem.getBytes(StandardCharsets.US_ASCII));
    PrivateFiles.write(files.chain(), chainPem.getBytes(StandardCharsets.US_ASCII));
  }

  /** One PEM block (RFC 7468). */
  static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new Fault(FaultCode.CERTIFICATE_INVALID, file + " is too long to be PEM");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new Fault(FaultCode.CERTIFICATE_INVALID, "cannot read " + file, e);
    }
  }

  private static List<X509Certificate> chain(String pem, Path file) {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Certificate one :
          factory.generateCertificates(
              new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)))) {
        chain.add((X509Certificate) one);
      }
    } catch (GeneralSecurityException e) {
      throw new Fault(FaultCode.CERTIFICATE_INVALID, file + " holds a damaged certificate", e);
    }
    if (chain.isEmpty()) {
      throw new Fault(FaultCode.CERTIFICATE_INVALID, "there is no certificate in " + file);
    }
    return chain;
  }

  private static PrivateKey privateKey(String pem, PublicKey publicKey, Path file) {
    Optional<byte[]> der = block(pem, "PRIVATE KEY");
    if (der.isEmpty()) {
      throw new Fault(
          FaultCode.CERTIFICATE_INVALID,
          "there is no PKCS #8 key in " + file,
          "convert it: openssl pkcs8 -topk8 -nodes -in KEY -out NEW");
    }
    try {
      return KeyFactory.getInstance(publicKey.getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(der.get()));
    } catch (GeneralSecurityException e) {
      throw new Fault(
          FaultCode.CERTIFICATE_INVALID,
          "the key in " + file + " is damaged or not that of the certificate",
          e);
    }
  }

  private static Optional<byte[]> block(String pem, String label) {
    String begin = "-----BEGIN " + label + "-----";
    int from = pem.indexOf(begin);
    int to = pem.indexOf("-----END " + label + "-----");
    if (from < 0 || to < from) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean belongTogether(PublicKey publicKey, PrivateKey privateKey) {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> publicKey.getAlgorithm();
        };
    try {
      byte[] sample = new byte[32];
      new SecureRandom().nextBytes(sample);
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(privateKey);
      signer.update(sample);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(publicKey);
      verifier.update(sample);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
