package dev.waxwing.relay.app;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes the certificate of a relay that was given none: ECDSA P-256 (the cheapest handshake every
 * TLS 1.3 client knows), signed by itself. Good for ten years, because nobody judges it by its
 * date: peers trust the relay's identity, which signs this key's hash at every login, and an expiry
 * would only be one more thing to break.
 */
final class SelfSigned {
  private static final Duration LIFETIME = Duration.ofDays(3650);

  private SelfSigned() {}

  /** Makes key and certificate and writes both. Takes Bouncy Castle into memory. */
  static void create(CertificateFiles files, Collection<String> hosts, Instant now) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      X500Name name = new X500Name("CN=Waxwing relay");
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  name,
                  new BigInteger(127, new SecureRandom()),
                  // A day back: a peer whose clock is a little behind may look at the date.
                  Date.from(now.minus(Duration.ofDays(1))),
                  Date.from(now.plus(LIFETIME)),
                  name,
                  pair.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
              .addExtension(Extension.subjectAlternativeName, false, names(hosts));
      byte[] der =
          builder
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
              .getEncoded();
      Certificates.write(
          files,
          Certificates.pem("CERTIFICATE", der),
          Certificates.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new Fault(FaultCode.CERTIFICATE_INVALID, "cannot make a certificate", e);
    }
  }

  private static GeneralNames names(Collection<String> hosts) {
    Set<String> all = new LinkedHashSet<>(hosts);
    all.add("localhost");
    all.add("127.0.0.1");
    return new GeneralNames(
        all.stream()
            .map(
                host ->
                    new GeneralName(
                        HostAddresses.isNumeric(host) ? GeneralName.iPAddress : GeneralName.dNSName,
                        host))
            .toArray(GeneralName[]::new));
  }
}
