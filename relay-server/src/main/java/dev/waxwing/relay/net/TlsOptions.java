package dev.waxwing.relay.net;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.3 only. BoringSSL when its library loads, with the hybrid group X25519MLKEM768 first; else
 * the JDK's engine with the groups it has.
 */
final class TlsOptions {
  static final String PROTOCOL = "TLSv1.3";

  /** Preferred first; a client that knows none of them is refused. */
  private static final String[] GROUPS = {"X25519MLKEM768", "X25519", "P-256"};

  private TlsOptions() {}

  /** Whether BoringSSL is here. */
  static boolean boring() {
    return OpenSsl.isAvailable() && OpenSsl.versionString().contains("BoringSSL");
  }

  static SSLEngineOptions engine() {
    return boring() ? new Boring() : new JdkSSLEngineOptions();
  }

  /**
   * Not by PEM: Vert.x would seal the key into a key store and open it again, for half a second.
   */
  static KeyCertOptions keyCert(ServedCertificate certificate) {
    return KeyCertOptions.wrap(new OneKey(certificate));
  }

  static Set<String> protocols() {
    return Set.of(PROTOCOL);
  }

  /** Vert.x 5.0 has no setting for groups, so the context is made here, by Netty's own builder. */
  private static final class Boring extends OpenSSLEngineOptions {
    @Override
    public OpenSSLEngineOptions copy() {
      return new Boring();
    }

    @Override
    public SslContextFactory sslContextFactory() {
      return new SslContextFactory() {
        private @Nullable KeyManagerFactory keys;

        @Override
        public SslContextFactory keyMananagerFactory(KeyManagerFactory factory) {
          keys = factory;
          return this;
        }

        @Override
        public SslContext create() throws SSLException {
          if (keys == null) {
            throw new SSLException("no key to serve");
          }
          // Caching: the key is handed to BoringSSL once, not at every handshake.
          return SslContextBuilder.forServer(new OpenSslCachingX509KeyManagerFactory(keys))
              .sslProvider(SslProvider.OPENSSL)
              .protocols(PROTOCOL)
              .option(OpenSslContextOption.GROUPS, GROUPS)
              .build();
        }
      };
    }
  }
}
