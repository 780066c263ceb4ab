package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Aead;
import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Labels;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.peer.ratchet.RatchetState.Chain;
import dev.waxwing.peer.ratchet.RatchetState.Receiving;
import dev.waxwing.peer.ratchet.RatchetState.Sending;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The Double Ratchet without padding (The Double Ratchet Algorithm, section 3; labels and limits of
 * PROTOCOL.md, "Double Ratchet"). Every function returns a new state; a refused message changes
 * nothing. Thread-safe.
 */
public final class Ratchet {
  private static final byte[] ROOT = Labels.info("dr/root");
  private static final byte[] MESSAGE = Labels.info("dr/msg");
  private static final byte[] MESSAGE_KEY = {0x01};
  private static final byte[] NEXT_CHAIN_KEY = {0x02};
  private static final int KEY = 32;

  private final Suite suite;

  /** A ratchet over the primitives of {@code suite}. */
  public Ratchet(Suite suite) {
    this.suite = suite;
  }

  /**
   * A message and the state to store before it leaves.
   *
   * @param state the next state
   * @param message the message
   */
  public record Encrypted(RatchetState state, RatchetMessage message) {}

  /**
   * A plaintext and the state to store in one transaction with it.
   *
   * @param state the next state
   * @param plaintext what was encrypted
   */
  public record Decrypted(RatchetState state, byte[] plaintext) {}

  /**
   * The state of the side that starts.
   *
   * @param shared the secret PQXDH agreed on, 32 bytes
   * @param ad the associated data, 32 bytes
   * @param theirs the responder's signed prekey
   * @param fresh 32 random bytes for the first ratchet key
   */
  public RatchetState initiator(Secret shared, Bytes ad, Bytes theirs, Secret fresh) {
    KeyAgreement.Pair ours = suite.agreement().pair(fresh);
    Rooted rooted = root(shared, ours, theirs);
    return new RatchetState(
        ad,
        rooted.root(),
        ours,
        Optional.of(new Sending(new Chain(rooted.chainKey(), 0), 0)),
        Optional.empty(),
        SkippedKeys.NONE);
  }

  /** The state of the side that answers; {@code prekey} is its signed prekey. */
  public RatchetState responder(Secret shared, Bytes ad, KeyAgreement.Pair prekey) {
    return new RatchetState(
        ad, shared, prekey, Optional.empty(), Optional.empty(), SkippedKeys.NONE);
  }

  /**
   * Encrypts the next message.
   *
   * @param salt 16 random bytes, never used before: they keep key and nonce apart even when a state
   *     was rolled back
   * @throws IllegalStateException for a responder that has received nothing yet
   */
  public Encrypted encrypt(RatchetState state, byte[] plaintext, Bytes salt) {
    if (salt.length() != RatchetLimits.SALT) {
      throw new IllegalArgumentException("a salt of " + salt.length() + " bytes");
    }
    Sending sending =
        state.sending().orElseThrow(() -> new IllegalStateException("no chain to send on yet"));
    Chain chain = sending.chain();
    byte[] header =
        RatchetMessage.header(state.ours().publicKey(), sending.previous(), chain.next());
    byte[] aad = state.ad().concat(Bytes.of(header)).toArray();
    byte[] sealed;
    try (Secret messageKey = messageKey(chain);
        Secret material = material(messageKey, salt);
        Secret key = keyOf(material);
        Aead.Keyed aead = suite.aead().keyed(key)) {
      sealed = aead.seal(nonceOf(material), aad, plaintext);
    }
    return new Encrypted(
        state.withSending(new Sending(next(chain), sending.previous())),
        new RatchetMessage(
            state.ours().publicKey(),
            sending.previous(),
            chain.next(),
            salt.concat(Bytes.of(sealed))));
  }

  /**
   * Decrypts one message; each at most once, in any order within the limits.
   *
   * @param fresh 32 random bytes, used when the message starts a new chain
   * @param now milliseconds since 1970, from which skipped keys age
   * @throws Fault UNDECRYPTABLE when it is forged, damaged, already read, too old, or too far
   *     ahead; the last is refused before a key is derived
   */
  public Decrypted decrypt(RatchetState before, RatchetMessage message, Secret fresh, long now) {
    RatchetState state = before.withSkipped(before.skipped().expire(now));
    Optional<SkippedKeys.Entry> kept = state.skipped().find(message.ratchetKey(), message.number());
    if (kept.isPresent()) {
      byte[] plaintext = open(state.ad(), message, kept.get().key());
      return new Decrypted(state.withSkipped(state.skipped().without(kept.get())), plaintext);
    }
    Optional<Receiving> current =
        state.receiving().filter(chain -> chain.ratchetKey().equals(message.ratchetKey()));
    return current.isPresent()
        ? onCurrentChain(state, current.get(), message, now)
        : onNewChain(state, message, fresh, now);
  }

  private Decrypted onCurrentChain(
      RatchetState state, Receiving receiving, RatchetMessage message, long now) {
    int gap = message.number() - receiving.chain().next();
    requireRoom(state, gap, 0);
    Run run = run(receiving, message.number(), now);
    byte[] plaintext = openNext(state.ad(), message, run.chain());
    return new Decrypted(
        state.withReceiving(
            new Receiving(message.ratchetKey(), next(run.chain())),
            state.skipped().with(run.skipped())),
        plaintext);
  }

  private Decrypted onNewChain(RatchetState state, RatchetMessage message, Secret fresh, long now) {
    int oldGap = state.receiving().map(old -> message.previous() - old.chain().next()).orElse(0);
    requireRoom(state, oldGap, message.number());
    Rooted received = root(state.root(), state.ours(), message.ratchetKey());
    Receiving receiving = new Receiving(message.ratchetKey(), new Chain(received.chainKey(), 0));
    Run run = run(receiving, message.number(), now);
    byte[] plaintext = openNext(state.ad(), message, run.chain());

    // Authentic from here on: finish the old chain, which is then forgotten, and turn our own side.
    List<SkippedKeys.Entry> skipped = new ArrayList<>();
    state.receiving().ifPresent(old -> skipped.addAll(run(old, message.previous(), now).skipped()));
    skipped.addAll(run.skipped());
    KeyAgreement.Pair ours = suite.agreement().pair(fresh);
    Rooted sent = root(received.root(), ours, message.ratchetKey());
    int previous = state.sending().map(sending -> sending.chain().next()).orElse(0);
    return new Decrypted(
        new RatchetState(
            state.ad(),
            sent.root(),
            ours,
            Optional.of(new Sending(new Chain(sent.chainKey(), 0), previous)),
            Optional.of(new Receiving(message.ratchetKey(), next(run.chain()))),
            state.skipped().with(skipped)),
        plaintext);
  }

  /**
   * Refuses before anything is derived from a header nobody has authenticated yet.
   *
   * @param oldGap messages to skip on the chain there is; negative when the key is used up
   * @param newGap messages to skip on a chain the message starts
   */
  private static void requireRoom(RatchetState state, int oldGap, int newGap) {
    if (oldGap < 0) {
      throw refused("the key of this message is used up");
    }
    if (oldGap > RatchetLimits.MAX_SKIP
        || newGap > RatchetLimits.MAX_SKIP
        || state.skipped().size() + oldGap + newGap > RatchetLimits.MAX_KEPT) {
      throw refused("too many messages before this one are missing");
    }
  }

  /**
   * A chain moved up to a message, and the keys passed over.
   *
   * @param chain at that message
   * @param skipped keys of the messages before
   */
  private record Run(Chain chain, List<SkippedKeys.Entry> skipped) {}

  private Run run(Receiving from, int until, long now) {
    List<SkippedKeys.Entry> skipped = new ArrayList<>();
    Chain chain = from.chain();
    while (chain.next() < until) {
      skipped.add(new SkippedKeys.Entry(from.ratchetKey(), chain.next(), now, messageKey(chain)));
      chain = next(chain);
    }
    return new Run(chain, skipped);
  }

  private byte[] openNext(Bytes ad, RatchetMessage message, Chain chain) {
    try (Secret messageKey = messageKey(chain)) {
      return open(ad, message, messageKey);
    }
  }

  private byte[] open(Bytes ad, RatchetMessage message, Secret messageKey) {
    byte[] aad = ad.concat(Bytes.of(message.header())).toArray();
    Bytes salt = message.body().slice(0, RatchetLimits.SALT);
    byte[] sealed = message.body().slice(RatchetLimits.SALT, message.body().length()).toArray();
    byte[] plaintext;
    try (Secret material = material(messageKey, salt);
        Secret key = keyOf(material);
        Aead.Keyed aead = suite.aead().keyed(key)) {
      plaintext = aead.open(nonceOf(material), aad, sealed);
    }
    if (plaintext == null) {
      throw refused("a message is forged or damaged, or was read before");
    }
    return plaintext;
  }

  /**
   * KDF_RK.
   *
   * @param root the next root key
   * @param chainKey the key of a new chain
   */
  private record Rooted(Secret root, Secret chainKey) {}

  private Rooted root(Secret root, KeyAgreement.Pair ours, Bytes theirs) {
    try (Secret shared = agree(ours, theirs);
        Secret both = root.use(salt -> suite.kdf().hkdf(salt, shared, ROOT, 2 * KEY))) {
      return both.use(
          bytes -> new Rooted(Secret.copyOf(bytes, 0, KEY), Secret.copyOf(bytes, KEY, KEY)));
    }
  }

  private Secret agree(KeyAgreement.Pair ours, Bytes theirs) {
    try {
      return suite.agreement().agree(ours.secret(), theirs);
    } catch (Fault e) {
      throw new Fault(FaultCode.UNDECRYPTABLE, "a message carries an impossible key", e);
    }
  }

  private Secret messageKey(Chain chain) {
    return Secret.take(suite.kdf().hmac(chain.key(), MESSAGE_KEY));
  }

  private Chain next(Chain chain) {
    return new Chain(
        Secret.take(suite.kdf().hmac(chain.key(), NEXT_CHAIN_KEY)),
        Math.incrementExact(chain.next()));
  }

  private Secret material(Secret messageKey, Bytes salt) {
    return suite.kdf().hkdf(salt.toArray(), messageKey, MESSAGE, Aead.KEY + Aead.NONCE);
  }

  private static Secret keyOf(Secret material) {
    return material.use(bytes -> Secret.copyOf(bytes, 0, Aead.KEY));
  }

  private static byte[] nonceOf(Secret material) {
    return material.use(
        bytes -> java.util.Arrays.copyOfRange(bytes, Aead.KEY, Aead.KEY + Aead.NONCE));
  }

  private static Fault refused(String what) {
    return new Fault(FaultCode.UNDECRYPTABLE, what);
  }
}
