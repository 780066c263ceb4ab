package dev.waxwing.relay.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsOptionsTest {

  @Test
  void aClientThatKnowsOnlyTheHybridGroupGetsIt() throws Exception {
    assertEquals("TLSv1.3", handshake("TLSv1.3", "X25519MLKEM768"));
  }

  @Test
  void aClientWithoutItGetsTheClassicalOnes() throws Exception {
    assertEquals("TLSv1.3", handshake("TLSv1.3", "X25519"));
    assertEquals("TLSv1.3", handshake("TLSv1.3", "P-256"));
  }

  @Test
  void olderTlsAndOtherGroupsAreRefused() {
    assertThrows(SSLException.class, () -> handshake("TLSv1.2", "X25519"));
    assertThrows(SSLException.class, () -> handshake("TLSv1.3", "P-384"));
  }

  @ParameterizedTest
  @CsvSource({"EC,SHA256withECDSA", "RSA,SHA256withRSA"})
  void anOperatorsKeyMayBeOfEitherKind(String algorithm, String signature) throws Exception {
    KeyManagerFactory keys = keys(algorithm, signature);
    assertEquals("TLSv1.3", handshake(boring(keys), client("TLSv1.3", "X25519")));
    SslContext jdk =
        SslContextBuilder.forServer(keys).sslProvider(SslProvider.JDK).protocols("TLSv1.3").build();
    assertEquals("TLSv1.3", handshake(jdk, client("TLSv1.3", "X25519")));
  }

  private static String handshake(String protocol, String group) throws Exception {
    return handshake(boring(keys("EC", "SHA256withECDSA")), client(protocol, group));
  }

  private static SslContext boring(KeyManagerFactory keys) throws SSLException {
    Assumptions.assumeTrue(TlsOptions.boring(), "BoringSSL is not here");
    return TlsOptions.engine().sslContextFactory().keyMananagerFactory(keys).create();
  }

  private static SslContext client(String protocol, String group) throws SSLException {
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.OPENSSL)
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .endpointIdentificationAlgorithm(null)
        .protocols(protocol)
        .option(OpenSslContextOption.GROUPS, new String[] {group})
        .build();
  }

  /** The protocol agreed between the relay's engine and a client's, without a network. */
  private static String handshake(SslContext relay, SslContext peer) throws Exception {
    SSLEngine server = relay.newEngine(UnpooledByteBufAllocator.DEFAULT);
    SSLEngine client = peer.newEngine(UnpooledByteBufAllocator.DEFAULT);
    try {
      server.beginHandshake();
      client.beginHandshake();
      for (int turn = 0; turn < 20 && !(done(client) && done(server)); turn++) {
        move(client, server);
        move(server, client);
      }
      return client.getSession().getProtocol();
    } finally {
      ReferenceCountUtil.release(server);
      ReferenceCountUtil.release(client);
      ReferenceCountUtil.release(relay);
      ReferenceCountUtil.release(peer);
    }
  }

  private static boolean done(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void move(SSLEngine from, SSLEngine to) throws SSLException {
    ByteBuffer wire = ByteBuffer.allocate(64 * 1024);
    ByteBuffer nothing = ByteBuffer.allocate(0);
    for (int i = 0; i < 10 && from.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; i++) {
      from.wrap(nothing, wire);
    }
    wire.flip();
    ByteBuffer plain = ByteBuffer.allocate(64 * 1024);
    while (wire.hasRemaining()) {
      to.unwrap(wire, plain);
      for (Runnable task = to.getDelegatedTask(); task != null; task = to.getDelegatedTask()) {
        task.run();
      }
    }
  }

  private static KeyManagerFactory keys(String algorithm, String signature) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(algorithm.equals("EC") ? 256 : 2048);
    KeyPair pair = generator.generateKeyPair();
    X500Name name = new X500Name("CN=test");
    byte[] der =
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                new Date(0),
                new Date(Long.MAX_VALUE / 1_000_000),
                name,
                pair.getPublic())
            .build(new JcaContentSignerBuilder(signature).build(pair.getPrivate()))
            .getEncoded();
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der));
    ServedCertificate served = ServedCertificate.of(List.of(certificate), pair.getPrivate());
    return TlsOptions.keyCert(served).getKeyManagerFactory(null);
  }
}
