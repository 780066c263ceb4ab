package dev.waxwing.evil;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.message.EpochId;
import dev.waxwing.relay.core.Hub;
import dev.waxwing.relay.core.Moment;
import dev.waxwing.relay.core.Policy;
import dev.waxwing.relay.net.BlobDisk;
import dev.waxwing.relay.net.HttpPages;
import dev.waxwing.relay.net.HubLoop;
import dev.waxwing.relay.net.LiveView;
import dev.waxwing.relay.net.PasswordCheck;
import dev.waxwing.relay.net.RelayServer;
import dev.waxwing.relay.net.ServedCertificate;
import dev.waxwing.relay.store.FileBlobStore;
import dev.waxwing.relay.store.SqliteStore;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Bytes;
import io.vertx.core.Vertx;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The real relay in this process: hub, SQLite, blobs and TLS, open for everybody. Its identity and
 * its certificate's key are the test's, as they are any operator's.
 */
final class HonestRelay implements AutoCloseable {
  static final Suite SUITE = Suite.wx1();

  final Signing.Pair identity;
  final ServedCertificate certificate;
  final Vertx vertx = Vertx.vertx();
  private final StoreThread store;
  private final BlobDisk blobs;
  private final PasswordCheck passwords = new PasswordCheck(text -> true);
  private final RelayServer server;

  HonestRelay(Path folder) throws Exception {
    SecureRandom random = new SecureRandom();
    identity = SUITE.signing().pair(Secret.take(random.generateSeed(32)));
    certificate = certificate(random);
    store =
        StoreThread.start(
            SqliteStore.open(
                Files.createDirectories(folder.resolve("store")),
                new StoreOptions(
                    StoreOptions.DEFAULT_MAIL_QUOTA, new EpochId(bytes(random, EpochId.LENGTH)))),
            StoreThread.Limits.DEFAULT);
    blobs = new BlobDisk(FileBlobStore.open(Files.createDirectories(folder.resolve("blobs"))), 2);
    HubLoop hub =
        new HubLoop(
            vertx,
            new Hub(policy(), SUITE.signing(), identity, count -> bytes(random, count)),
            () ->
                new Moment(
                    System.currentTimeMillis(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime())),
            new HubLoop.Workers(store, blobs, passwords));
    hub.start();
    LiveView view = new LiveView(hub, System.nanoTime());
    server =
        RelayServer.listen(
                vertx,
                2,
                hub,
                new HttpPages(view::status, view::metrics, false),
                new RelayServer.Start(
                    new RelayServer.Options("127.0.0.1", 0, Optional.empty(), 1_000), certificate))
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
  }

  /** Everybody here comes from one address, and all of them at once. */
  private static Policy policy() {
    Policy.Rate often = new Policy.Rate(100_000, 100_000);
    return new Policy(
        "evil.example",
        Policy.Registration.OPEN,
        Policy.Visibility.OPEN,
        new Policy.Limits(1_000, 1_000, often, often, often, Policy.Blobs.DEFAULT));
  }

  private static Bytes bytes(SecureRandom random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  private static ServedCertificate certificate(SecureRandom random) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    X500Name name = new X500Name("CN=relay");
    Instant now = Instant.now();
    X509Certificate made =
        new JcaX509CertificateConverter()
            .getCertificate(
                new JcaX509v3CertificateBuilder(
                        name,
                        new BigInteger(64, random),
                        Date.from(now.minus(Duration.ofDays(1))),
                        Date.from(now.plus(Duration.ofDays(1))),
                        name,
                        pair.getPublic())
                    .build(
                        new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    return ServedCertificate.of(List.of(made), pair.getPrivate());
  }

  int port() {
    return server.port();
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    passwords.close();
    blobs.close();
    store.close();
  }
}
