package dev.waxwing.relay.net;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** The key manager of a server that has one key, and never a client's. Any thread. */
final class OneKey extends X509ExtendedKeyManager {
  private static final String ALIAS = "relay";

  private final ServedCertificate certificate;

  OneKey(ServedCertificate certificate) {
    this.certificate = certificate;
  }

  /**
   * Key types are named by algorithm, some with the issuer's after it: {@code EC}, {@code EC_RSA}.
   */
  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String algorithm = certificate.key().getAlgorithm();
    return keyType.equals(algorithm) || keyType.startsWith(algorithm + "_")
        ? new String[] {ALIAS}
        : null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return getServerAliases(keyType, issuers) == null ? null : ALIAS;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return getServerAliases(keyType, issuers) == null ? null : ALIAS;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return alias.equals(ALIAS) ? certificate.chain().toArray(X509Certificate[]::new) : null;
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return alias.equals(ALIAS) ? certificate.key() : null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
