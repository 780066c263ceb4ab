package dev.waxwing.peer.session;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Prekeys;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.peer.ratchet.Conversation;
import dev.waxwing.peer.ratchet.Envelope;
import dev.waxwing.peer.ratchet.Link;
import dev.waxwing.peer.ratchet.Opening;
import dev.waxwing.peer.ratchet.OwnKeys;
import dev.waxwing.peer.ratchet.Party;
import dev.waxwing.peer.ratchet.PrekeyRef;
import dev.waxwing.peer.ratchet.PrekeySecret;
import dev.waxwing.peer.ratchet.RatchetLimits;
import dev.waxwing.peer.ratchet.SkippedBudget;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The ratchet sessions of this device, kept in the store; every change is part of a turn. They are
 * kept with the keys of the device they are with, {@code AIK[32] ‖ DSK[32] ‖ DIK[32]}: when another
 * record names a device of that ID, what was agreed with the other keys is gone.
 */
final class Sessions {
  /** Devices a new session must be started with, by name. */
  private static final String RENEW = "session/renew/";

  private static final String TENDED = "sessions/tended";
  private static final long TEND_MILLIS = 3_600_000;

  /** Length of the keys before a kept conversation. */
  private static final int KEYS = 96;

  private final Suite suite;
  private final Identity identity;
  private final Randomness random;

  Sessions(Suite suite, Identity identity, Randomness random) {
    this.suite = suite;
    this.identity = identity;
    this.random = random;
  }

  /** Whether a message to this device can be sealed without a new prekey bundle. */
  boolean ready(Turn turn, UserRecord peer, DeviceId device) {
    Address address = new Address(peer.user(), device);
    return turn.tx().value(RENEW + address).isEmpty() && !load(turn, peer, device).needsBundle();
  }

  /** Nothing more is sealed for this device until {@link #start}: it may not read what is. */
  void renew(Turn turn, Address device) {
    turn.tx().putValue(RENEW + device, new byte[] {1});
  }

  /**
   * Starts a session from a bundle.
   *
   * @return false when the bundle is not signed as it must be or holds impossible keys, and nothing
   *     changed
   */
  boolean start(Turn turn, UserRecord peer, Prekeys.Bundle bundle) {
    if (peer.device(bundle.device()).isEmpty()) {
      return false;
    }
    Conversation before = load(turn, peer, bundle.device());
    Conversation next;
    try {
      next = before.restart(bundle, secret(RatchetLimits.SESSION_RANDOM), turn.date());
    } catch (Fault fault) {
      // A peer may publish what it likes: only messages to that peer wait for something better.
      return false;
    }
    save(turn, peer, bundle.device(), next);
    turn.tx().removeValue(RENEW + new Address(peer.user(), bundle.device()));
    return true;
  }

  /** Seals for one device. */
  byte[] seal(Turn turn, UserRecord peer, DeviceId device, byte[] plaintext) {
    Conversation.Sealed sealed =
        load(turn, peer, device).seal(plaintext, Bytes.of(random.bytes(16)));
    save(turn, peer, device, sealed.conversation());
    return sealed.sealed().toArray();
  }

  /**
   * Opens what a device sent; what the opening used up is gone with the same turn.
   *
   * @throws Fault UNDECRYPTABLE, MESSAGE_REPLAYED or SUITE_UNKNOWN: nothing changed
   */
  byte[] open(Turn turn, UserRecord peer, DeviceId device, byte[] sealed) {
    Envelope envelope = Envelope.decode(Bytes.of(sealed));
    OwnKeys own = envelope.opening().map(opening -> ownKeys(turn, opening)).orElse(OwnKeys.NONE);
    Conversation.Opened opened =
        load(turn, peer, device).open(envelope, own, secret(32), turn.date());
    save(turn, peer, device, opened.conversation());
    opened.spent().forEach(ref -> turn.tx().removePrekey(ref.kind(), ref.id()));
    opened.remember().ifPresent(seen -> turn.tx().putReplayed(seen.signed().id(), seen.hash()));
    return opened.plaintext();
  }

  /**
   * Once an hour: sessions and skipped keys past their time go, and the oldest skipped keys above
   * what an account keeps.
   */
  void tend(Turn turn) {
    long last = turn.tx().value(TENDED).map(bytes -> ByteBuffer.wrap(bytes).getLong()).orElse(0L);
    if (Math.abs(turn.date() - last) < TEND_MILLIS) {
      return;
    }
    turn.tx().putValue(TENDED, ByteBuffer.allocate(Long.BYTES).putLong(turn.date()).array());
    List<Address> addresses = new ArrayList<>();
    List<UserRecord> records = new ArrayList<>();
    List<Conversation> before = new ArrayList<>();
    for (Address address : turn.tx().conversations()) {
      turn.tx()
          .contact(address.user())
          .map(People::record)
          .filter(record -> record.device(address.device()).isPresent())
          .ifPresent(
              record -> {
                addresses.add(address);
                records.add(record);
                before.add(load(turn, record, address.device()));
              });
    }
    List<Conversation> fresh =
        before.stream().map(conversation -> conversation.expire(turn.date())).toList();
    List<Conversation> kept = SkippedBudget.trim(fresh, RatchetLimits.MAX_KEPT_ACCOUNT);
    for (int i = 0; i < kept.size(); i++) {
      save(turn, records.get(i), addresses.get(i).device(), kept.get(i));
    }
  }

  private OwnKeys ownKeys(Turn turn, Opening opening) {
    List<PrekeySecret> found = new ArrayList<>();
    long signed = -1;
    for (PrekeyRef ref : opening.wanted()) {
      Optional<PeerStore.PrekeyRow> row = turn.tx().prekey(ref.kind(), ref.id());
      row.ifPresent(
          key -> found.add(new PrekeySecret(ref, key.created(), Secret.copyOf(key.secret()))));
      if (ref.kind() == Prekeys.Kind.SIGNED) {
        signed = ref.id();
      }
    }
    boolean seen = turn.tx().replayed(signed, opening.hash());
    return new OwnKeys(found, seen ? OwnKeys.Seen.YES : OwnKeys.Seen.NO);
  }

  private Conversation load(Turn turn, UserRecord peer, DeviceId device) {
    Link link =
        new Link(
            suite,
            new Party(identity.record().record(), identity.address().device()),
            identity.agreement().secret(),
            new Party(peer, device));
    return turn.tx()
        .conversation(new Address(peer.user(), device))
        .filter(kept -> Arrays.equals(keys(peer, device), Arrays.copyOf(kept, KEYS)))
        .map(kept -> Conversation.decode(link, Secret.copyOf(kept, KEYS, kept.length - KEYS)))
        .orElseGet(() -> Conversation.none(link));
  }

  private static void save(Turn turn, UserRecord peer, DeviceId device, Conversation conversation) {
    try (Secret encoded = conversation.encode()) {
      byte[] kept = Arrays.copyOf(keys(peer, device), KEYS + encoded.length());
      encoded.use(bytes -> ByteBuffer.wrap(kept, KEYS, bytes.length).put(bytes));
      turn.tx().putConversation(new Address(peer.user(), device), kept);
    }
  }

  private static byte[] keys(UserRecord peer, DeviceId device) {
    UserRecord.Device keys = peer.device(device).orElseThrow();
    return peer.accountKey().concat(keys.signingKey()).concat(keys.agreementKey()).toArray();
  }

  private Secret secret(int length) {
    return Secret.take(random.bytes(length));
  }
}
