package dev.waxwing.peer.api;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.local.PrivateFiles;
import dev.waxwing.local.ProfileLock;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.net.RelayConnection;
import dev.waxwing.peer.net.RelayDialer;
import dev.waxwing.peer.net.RelayTarget;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.peer.session.PeerEffect;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerSession;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.store.ProfileFolder;
import dev.waxwing.peer.store.ProfileKey;
import dev.waxwing.peer.store.SqlitePeerStore;
import dev.waxwing.peer.transfer.TransferBook;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Profiles on this disk: joining a relay, and opening what was joined. */
public final class Profiles {
  private static final String PENDING = "identity/pending";
  private static final Duration HOLDER = Duration.ofSeconds(5);
  private static final Duration TAKEOVER = Duration.ofSeconds(15);
  private static final Duration TURN = Duration.ofMillis(50);
  private static final long PUBLISH_MILLIS = 10_000;

  private final ProfileFolder folder;
  private final Suite suite = Suite.wx1();
  private final SecureRandom random = new SecureRandom();
  private final Supplier<@Nullable Secret> passphrase;

  /**
   * Profiles in a folder.
   *
   * @param passphrase asked only when the profile has one
   */
  public Profiles(ProfileFolder folder, Supplier<@Nullable Secret> passphrase) {
    this.folder = folder;
    this.passphrase = passphrase;
  }

  /** Whether a relay was joined here. */
  public boolean joined() {
    return Files.exists(folder.database());
  }

  /**
   * The peer of this profile: in this process when nobody holds the profile, else through the
   * process that does.
   *
   * @throws Fault NOT_JOINED, HOLDER_SILENT, PASSPHRASE_NEEDED, PROFILE_CORRUPT
   */
  public Peer open() {
    if (!joined()) {
      throw new Fault(FaultCode.NOT_JOINED, "this profile has joined no relay");
    }
    folder.create();
    long began = System.nanoTime();
    while (System.nanoTime() - began < TAKEOVER.toNanos()) {
      Optional<ProfileLock> lock = ProfileLock.tryAcquire(folder.runtime());
      if (lock.isPresent()) {
        return hold(lock.get());
      }
      try {
        Optional<Peer> remote = RemotePeer.connect(folder.runtime(), HOLDER, this::open);
        if (remote.isPresent()) {
          return remote.get();
        }
      } catch (Fault fault) {
        if (fault.code() != FaultCode.HOLDER_SILENT
            || System.nanoTime() - began >= HOLDER.toNanos()) {
          throw fault;
        }
      }
      // The holder is about to listen, or has just ended: soon one of the two answers.
      LockSupport.parkNanos(TURN.toNanos());
    }
    throw new Fault(
        FaultCode.HOLDER_SILENT, "another process holds this profile and does not answer");
  }

  private Peer hold(ProfileLock lock) {
    RelayDialer dialer = new RelayDialer(suite, random);
    try {
      PeerStore store = store(null);
      try {
        Path transfers = PrivateFiles.directory(folder.data().resolve("transfers"));
        PeerClient client = new PeerClient(store, suite, dialer, transfers);
        return client.with(PeerServer.start(lock, client), lock);
      } catch (Fault fault) {
        store.close();
        throw fault;
      }
    } catch (Fault fault) {
      dialer.close();
      lock.close();
      throw fault;
    }
  }

  private static @Nullable Secret secret(@Nullable String passphrase) {
    return passphrase == null ? null : Secret.take(passphrase.getBytes(StandardCharsets.UTF_8));
  }

  /** Opens the store; a new profile is protected as asked. */
  private PeerStore store(@Nullable Secret whenNew) {
    ProfileKey keys = new ProfileKey(folder.data(), suite, random);
    Secret key;
    if (!keys.exists()) {
      key = keys.create(whenNew);
    } else if (keys.protection() == ProfileKey.Protection.PASSPHRASE) {
      key = keys.open(passphrase.get());
    } else {
      key = keys.open(null);
    }
    return SqlitePeerStore.open(folder.database(), suite, key, random);
  }

  /**
   * Joins a relay: makes an identity if there is none, registers it and keeps it. Repeating it
   * after an interruption goes on where it was.
   *
   * @throws Fault ALREADY_JOINED, HOLDER_SILENT, the invite's, the network's, or the relay's
   *     refusal
   */
  public Self join(JoinRequest request) {
    folder.create();
    ProfileLock lock =
        ProfileLock.tryAcquire(folder.runtime())
            .orElseThrow(
                () ->
                    new Fault(
                        FaultCode.ALREADY_JOINED, "another process uses this profile right now"));
    try (lock;
        PeerStore store = store(secret(request.passphrase()))) {
      refuseSecond(store, request);
      return registered(store, request);
    }
  }

  private Self registered(PeerStore store, JoinRequest request) {
    Identity identity = pending(store, request);
    RelayTarget target =
        new RelayTarget(
            request.invite().addresses(), request.invite().relay(), request.invite().binding());
    try (RelayDialer dialer = new RelayDialer(suite, random);
        RelayConnection connection = dialer.dial(target)) {
      RelayMessage.Welcome welcome = register(connection, identity, request);
      Joined joined = new Joined(identity, new Membership(target, connection.hello().name()));
      store.transact(
          tx -> {
            joined.write(tx);
            tx.removeValue(PENDING);
            return true;
          });
      publish(store, identity, connection, welcome);
      return joined.self();
    }
  }

  private void refuseSecond(PeerStore store, JoinRequest request) {
    Joined before = store.transact(tx -> Joined.find(tx, suite)).orElse(null);
    if (before != null) {
      UserId user = before.identity().user();
      Membership membership = before.membership();
      boolean same =
          membership.target().relay().equals(request.invite().relay())
              && user.equals(request.name());
      if (!same) {
        throw new Fault(
            FaultCode.ALREADY_JOINED,
            "this profile is " + user + " on " + membership.name() + " already");
      }
    }
  }

  /**
   * Gives the relay the prekeys, so that people can write to who has just joined and left again.
   * Where that fails, the next command does it.
   */
  private void publish(
      PeerStore store, Identity identity, RelayConnection on, RelayMessage.Welcome welcome) {
    PeerSession session =
        new PeerSession(store, suite, identity, this::randomBytes, new TransferBook());
    try {
      carryOut(session.on(new PeerInput.LinkUp(welcome), System.currentTimeMillis()), on);
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PUBLISH_MILLIS);
      while (!session.reachable()) {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        RelayConnection.Received next = on.require(Math.max(0, left));
        PeerInput.Incoming incoming = new PeerInput.Incoming(next.message(), next.frame().body());
        carryOut(
            session.on(new PeerInput.Received(List.of(incoming)), System.currentTimeMillis()), on);
      }
    } catch (Fault fault) {
      return;
    }
  }

  private static void carryOut(List<PeerEffect> effects, RelayConnection on) {
    for (PeerEffect effect : effects) {
      if (effect instanceof PeerEffect.Transmit transmit) {
        on.send(transmit.message(), transmit.body());
      }
    }
  }

  /** The identity to register: kept before the relay hears of it, so that it is never lost. */
  private Identity pending(PeerStore store, JoinRequest request) {
    return store.transact(
        tx -> {
          Optional<Identity> kept =
              tx.value(Joined.IDENTITY)
                  .or(() -> tx.value(PENDING))
                  .map(bytes -> Identity.decode(suite, bytes))
                  .filter(identity -> identity.user().equals(request.name()));
          if (kept.isPresent()) {
            return kept.get();
          }
          Identity fresh =
              Identity.create(suite, request.name(), this::randomBytes, System.currentTimeMillis());
          tx.putValue(PENDING, fresh.encode());
          return fresh;
        });
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private RelayMessage.Welcome register(
      RelayConnection on, Identity identity, JoinRequest request) {
    RelayMessage.RelayHello hello = on.hello();
    if (hello.passwordNeeded() && request.hubPassword() == null) {
      throw new Fault(FaultCode.HUB_PASSWORD_NEEDED, "this hub asks for a password");
    }
    Bytes token = request.invite().token();
    if (!hello.openRegistration() && token.length() == 0) {
      throw new Fault(FaultCode.REGISTRATION_CLOSED, "this relay takes people by invite only");
    }
    UserRecord.Signed record = identity.record();
    Bytes encoded = Bytes.of(record.toBytes());
    on.send(
        new PeerMessage.Register(
            identity.user(),
            identity.address().device(),
            token.length() == 0 ? null : token,
            request.hubPassword(),
            on.transcript()
                .signRegistration(suite.signing(), identity.account(), identity.address(), encoded),
            on.transcript().signAsDevice(suite.signing(), identity.signing(), identity.address())),
        encoded.toArray());
    return RelayLink.welcome(on);
  }
}
