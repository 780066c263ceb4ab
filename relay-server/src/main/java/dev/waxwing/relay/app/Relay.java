package dev.waxwing.relay.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.local.LocalCall;
import dev.waxwing.local.LocalServer;
import dev.waxwing.local.ProfileLock;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.backup.BackupRestore;
import dev.waxwing.relay.core.Hub;
import dev.waxwing.relay.core.HubEffect.Category;
import dev.waxwing.relay.core.HubEvent;
import dev.waxwing.relay.core.Policy;
import dev.waxwing.relay.net.BlobDisk;
import dev.waxwing.relay.net.HttpPages;
import dev.waxwing.relay.net.HubLoop;
import dev.waxwing.relay.net.Json;
import dev.waxwing.relay.net.LiveView;
import dev.waxwing.relay.net.PasswordCheck;
import dev.waxwing.relay.net.RelayLog;
import dev.waxwing.relay.net.RelayServer;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.relay.store.FileBlobStore;
import dev.waxwing.relay.store.SqliteStore;
import dev.waxwing.relay.store.StoreDone;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.relay.store.StoreThread;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.event.Level;

/** A running relay: everything opened in order, and closed in the opposite one. */
final class Relay implements AutoCloseable {
  private static final int CERTIFICATE_SECONDS = 10;
  private static final int UPKEEP_SECONDS = 60;
  private static final int CLOSE_SECONDS = 2;
  private static final int DISK_THREADS = 3;

  private final RelayConfig config;
  private final RelayKeys keys;
  private final Vertx vertx;
  private final StoreThread store;
  private final RunTime time;
  private final BlobDisk blobs;
  private final PasswordCheck passwords;
  private final HubLoop hub;
  private final RelayServer server;
  private final LocalServer local;
  private final OperatorDesk desk;
  private final CertificateWatch certificates;
  private final ScheduledExecutorService upkeep =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "upkeep");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Starts a relay in the directory of {@code lock}, which stays the caller's to close afterwards.
   *
   * @throws Fault PORT_IN_USE, CERTIFICATE_INVALID, STORE_CORRUPT and others
   */
  static Relay start(RelayConfig config, ProfileLock lock) {
    BackupRestore.requireWhole(config.places().data());
    // Opening takes as long as reading keys and starting to listen, and needs neither.
    CompletableFuture<StoreThread> store = CompletableFuture.supplyAsync(() -> openStore(config));
    try {
      return new Relay(config, lock, store);
    } catch (RuntimeException e) {
      store.thenAccept(StoreThread::close);
      throw e;
    }
  }

  private Relay(RelayConfig config, ProfileLock lock, CompletableFuture<StoreThread> opening) {
    this.config = config;
    this.keys = RelayKeys.readOrMake(config, Instant.now());
    int loops = Math.max(1, Math.min(8, Runtime.getRuntime().availableProcessors()));
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(loops)
                .setPreferNativeTransport(true)
                .setDisableTCCL(true)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    this.store = await(opening);
    FileBlobStore files = FileBlobStore.open(config.places().blobs());
    this.blobs = new BlobDisk(files, DISK_THREADS);
    Signing signing = Suite.wx1().signing();
    this.passwords =
        new PasswordCheck(
            text ->
                keys.password()
                    .map(password -> password.accepts(text, Suite.wx1().passwordHash()))
                    .orElse(true));
    SecureRandom random = new SecureRandom();
    this.time = new RunTime(store);
    Policy policy = keys.policy(config.rules().policy());
    this.hub =
        new HubLoop(
            vertx,
            new Hub(policy, signing, keys.identity(), count -> random(random, count)),
            time,
            new HubLoop.Workers(store, blobs, passwords));
    restoreBlobs(files);
    hub.start();
    long started = System.nanoTime();
    LiveView view = new LiveView(hub, started);
    this.server =
        await(
            RelayServer.listen(
                    vertx,
                    loops,
                    hub,
                    new HttpPages(view::status, view::metrics, config.security().openMetrics()),
                    new RelayServer.Start(
                        new RelayServer.Options(
                            config.listen().host(),
                            config.listen().port(),
                            config.security().publicHost(),
                            policy.limits().clients() * 5 + 256),
                        keys.certificate()))
                .toCompletionStage()
                .toCompletableFuture());
    view.count(server::openConnections);
    InviteMaker invites =
        new InviteMaker(keys.identity().publicKey(), config.security().publicHost(), addresses());
    this.desk =
        new OperatorDesk(
            store,
            invites,
            System::currentTimeMillis,
            new Backups(config.places(), store, System::currentTimeMillis),
            Optional.of(live(view)));
    this.local = LocalServer.start(lock, this::answer);
    this.certificates =
        new CertificateWatch(
            keys.files(),
            next -> await(server.use(next).toCompletionStage().toCompletableFuture()));
    startUpkeep();
    RelayLog.log(
        Category.OPERATOR,
        Level.INFO,
        "listening",
        Map.of("host", config.listen().host(), "port", Integer.toString(server.port())));
  }

  /** Looks for a new certificate now rather than within ten seconds; waits until it is served. */
  void lookAtCertificate() {
    await(CompletableFuture.runAsync(certificates::look, upkeep));
  }

  /** The port it listens on. */
  int port() {
    return server.port();
  }

  /** Where people reach it. */
  List<String> addresses() {
    return InviteMaker.addresses(config, server.port());
  }

  /** Its public identity key. */
  Bytes identity() {
    return keys.identity().publicKey();
  }

  /** Whether this is its first start. */
  boolean fresh() {
    return keys.fresh();
  }

  /** The operator's calls. */
  OperatorDesk desk() {
    return desk;
  }

  /**
   * Takes no new work, lets deliveries finish for at most {@code limit}, then closes everything.
   */
  void drain(Duration limit) {
    long until = System.nanoTime() + limit.toNanos();
    server.refuseNew();
    hub.post(new HubEvent.Drain());
    try {
      hub.drained().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      hub.closed().get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      RelayLog.log(Category.OPERATOR, Level.WARN, "drain-cut-short");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
  }

  @Override
  public void close() {
    upkeep.shutdownNow();
    local.close();
    closeSockets();
    passwords.close();
    blobs.close();
    time.note();
    store.close();
    RelayLog.log(Category.OPERATOR, Level.INFO, "stopped");
  }

  /** Not longer than a moment: Vert.x may wait for peers that are gone, the stores must not. */
  private void closeSockets() {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      RelayLog.log(Category.CONNECTION, Level.WARN, "sockets-cut");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Opens the store of a relay that does not run. The caller holds the lock. */
  static StoreThread openStore(RelayConfig config) {
    return StoreThread.start(
        SqliteStore.open(config.places().data(), storeOptions(config)), StoreThread.Limits.DEFAULT);
  }

  /** What a store is opened with; each time with another epoch, for one that is new. */
  static StoreOptions storeOptions(RelayConfig config) {
    return new StoreOptions(
        config.rules().mailQuota(), new EpochId(random(new SecureRandom(), EpochId.LENGTH)));
  }

  private void restoreBlobs(FileBlobStore files) {
    Map<dev.waxwing.message.BlobId, BlobStore.Extent> found = files.recover();
    CompletableFuture<List<HubEvent>> restored = new CompletableFuture<>();
    store.submit(
        512,
        s ->
            s.blobs().all().stream()
                .<HubEvent>map(
                    blob ->
                        new HubEvent.BlobRestored(
                            blob,
                            found.getOrDefault(blob.id(), BlobStore.Extent.NONE),
                            files.sizeOnDisk(blob.id())))
                .toList(),
        StoreDone.of(restored::complete, restored::completeExceptionally));
    List<HubEvent> events = await(restored);
    events.forEach(hub::post);
    // Parts whose blob the catalog no longer knows: left by a crash between the two.
    events.forEach(event -> found.remove(((HubEvent.BlobRestored) event).blob().id()));
    found.keySet().forEach(files::delete);
  }

  private void startUpkeep() {
    MailExpiry expiry = new MailExpiry(store, time, Relay::expired);
    upkeep.scheduleWithFixedDelay(
        certificates::look, CERTIFICATE_SECONDS, CERTIFICATE_SECONDS, TimeUnit.SECONDS);
    upkeep.scheduleWithFixedDelay(expiry::run, UPKEEP_SECONDS, UPKEEP_SECONDS, TimeUnit.SECONDS);
  }

  private static void expired(long count) {
    if (count > 0) {
      RelayLog.log(Category.MAIL, Level.INFO, "expired", Map.of("count", Long.toString(count)));
    }
  }

  private void answer(LocalCall call) {
    desk.handle(call.name(), call.args())
        .whenComplete(
            (result, cause) -> {
              if (cause == null) {
                call.result(result);
              } else {
                call.fail(fault(cause));
              }
            });
  }

  private OperatorDesk.Live live(LiveView view) {
    return new OperatorDesk.Live() {
      @Override
      public CompletableFuture<JsonNode> status() {
        return view.describe()
            .thenApply(
                node -> {
                  node.put("port", server.port());
                  node.put("identity", identity().toBase64());
                  addresses().forEach(node.putArray("addresses")::add);
                  return node;
                });
      }

      @Override
      public CompletableFuture<JsonNode> clients() {
        return view.clients();
      }

      @Override
      public CompletableFuture<JsonNode> kick(UserId user, String reason) {
        return view.devicesOf(user)
            .thenApply(
                count -> {
                  if (count == 0) {
                    throw new Fault(
                        FaultCode.USER_UNKNOWN,
                        user + " is not connected",
                        "see: waxwing-relay clients ls");
                  }
                  hub.post(new HubEvent.Kick(user, reason));
                  return Json.object().put("user", user.name()).put("devices", count);
                });
      }

      @Override
      public void drop(UserId user) {
        hub.post(new HubEvent.DropUser(user));
      }
    };
  }

  private static Bytes random(SecureRandom random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  /** Waits for a step of the start or the end, which must not take longer than half a minute. */
  static <T> T await(CompletableFuture<T> step) {
    return await(step, Duration.ofSeconds(30));
  }

  static <T> T await(CompletableFuture<T> step, Duration limit) {
    try {
      return step.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw fault(e);
    } catch (TimeoutException e) {
      throw new Fault(
          FaultCode.RELAY_TIMEOUT, "the relay did not answer in " + limit.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault(FaultCode.CANCELLED, "interrupted", e);
    }
  }

  private static Fault fault(Throwable cause) {
    Throwable inner = cause;
    while ((inner instanceof ExecutionException || inner instanceof CompletionException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner instanceof Fault fault
        ? fault
        : new Fault(FaultCode.INTERNAL, "the relay failed: " + inner, inner);
  }
}
