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
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

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

  /** The protocol agreed between the relay's engine and a client's, without a network. */
  private String handshake(String protocol, String group) throws Exception {
    Assumptions.assumeTrue(TlsOptions.boring(), "BoringSSL is not here");
    SslContext relay = TlsOptions.engine().sslContextFactory().keyMananagerFactory(keys()).create();
    SslContext peer =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            .protocols(protocol)
            .option(OpenSslContextOption.GROUPS, new String[] {group})
            .build();
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

  private KeyManagerFactory keys() throws Exception {
    java.security.KeyPairGenerator generator = java.security.KeyPairGenerator.getInstance("EC");
    generator.initialize(new java.security.spec.ECGenParameterSpec("secp256r1"));
    java.security.KeyPair pair = generator.generateKeyPair();
    org.bouncycastle.asn1.x500.X500Name name = new org.bouncycastle.asn1.x500.X500Name("CN=test");
    byte[] der =
        new org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder(
                name,
                java.math.BigInteger.ONE,
                new java.util.Date(0),
                new java.util.Date(Long.MAX_VALUE / 1_000_000),
                name,
                pair.getPublic())
            .build(
                new org.bouncycastle.operator.jcajce.JcaContentSignerBuilder("SHA256withECDSA")
                    .build(pair.getPrivate()))
            .getEncoded();
    Certificate certificate =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new java.io.ByteArrayInputStream(der));
    PrivateKey key =
        java.security.KeyFactory.getInstance("EC")
            .generatePrivate(new PKCS8EncodedKeySpec(pair.getPrivate().getEncoded()));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("relay", key, new char[0], new Certificate[] {certificate});
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory;
  }
}
