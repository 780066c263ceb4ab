package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Kem;
import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Labels;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Prekeys.Bundle;
import dev.waxwing.identity.Prekeys.Prekey;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The PQXDH key agreement, revision 3, with Ed25519 identities (PROTOCOL.md, "Session: PQXDH").
 * Thread-safe.
 */
public final class Pqxdh {
  private static final byte[] INFO = Labels.info("pqxdh");
  private static final int KEY = 32;

  private final Link link;
  private final Suite suite;
  private final Ratchet ratchet;

  /** Agreements between the two ends of {@code link}. */
  public Pqxdh(Link link) {
    this.link = link;
    this.suite = link.suite();
    this.ratchet = new Ratchet(suite);
  }

  /**
   * What the initiator has: ready to send.
   *
   * @param state the session
   * @param opening what the responder needs
   */
  public record Initiated(RatchetState state, Opening opening) {}

  /**
   * Starts a session with the peer.
   *
   * @param bundle what the relay handed out for the peer's device; verified here
   * @param random {@link RatchetLimits#SESSION_RANDOM} random bytes
   * @throws Fault PREKEY_INVALID when a key is not signed by the peer's device, or not a key
   */
  public Initiated initiate(Bundle bundle, Secret random) {
    if (random.length() != RatchetLimits.SESSION_RANDOM) {
      throw new IllegalArgumentException("wrong amount of randomness for a session");
    }
    if (!bundle.device().equals(link.peer().id())
        || !bundle.verify(suite.signing(), link.peer().record())) {
      throw new Fault(FaultCode.PREKEY_INVALID, "prekeys that the peer's device did not sign");
    }
    KeyAgreement.Pair ephemeral = suite.agreement().pair(part(random, 0));
    Bytes signed = bundle.signed().key();
    Optional<Bytes> oneTime = bundle.oneTime().map(Prekey::key);
    Kem.Encapsulated kem = suite.kem().encapsulate(bundle.kem().key(), part(random, 1));
    List<Secret> secrets = new ArrayList<>();
    secrets.add(agree(link.agreement(), signed));
    secrets.add(agree(ephemeral.secret(), link.peer().keys().agreementKey()));
    secrets.add(agree(ephemeral.secret(), signed));
    oneTime.ifPresent(key -> secrets.add(agree(ephemeral.secret(), key)));
    secrets.add(kem.secret());
    Bytes ad =
        associatedData(
            new Ends(link.us(), link.peer()),
            new SessionKeys(ephemeral.publicKey(), signed, bundle.kem().key(), oneTime));
    RatchetState state = ratchet.initiator(sessionKey(secrets), ad, signed, part(random, 2));
    return new Initiated(
        state,
        new Opening(
            link.us().id(),
            ephemeral.publicKey(),
            bundle.signed().id(),
            ref(bundle.kem()),
            bundle.oneTime().map(Pqxdh::ref),
            kem.ciphertext()));
  }

  /**
   * Answers a session the peer started; nothing of it is authentic before a message was decrypted.
   *
   * @throws Fault UNDECRYPTABLE when a private half it needs is gone, or the opening is forged
   */
  public RatchetState respond(Opening opening, OwnKeys own) {
    if (!opening.sender().equals(link.peer().id())) {
      throw new Fault(FaultCode.UNDECRYPTABLE, "a first message of another device");
    }
    List<PrekeyRef> wanted = opening.wanted();
    KeyAgreement.Pair signed = suite.agreement().pair(need(own, wanted.get(0)));
    Kem.Pair kem = suite.kem().pair(need(own, opening.kem()));
    Optional<KeyAgreement.Pair> oneTime =
        opening.oneTime().map(ref -> suite.agreement().pair(need(own, ref)));
    try {
      List<Secret> secrets = new ArrayList<>();
      secrets.add(agree(signed.secret(), link.peer().keys().agreementKey()));
      secrets.add(agree(link.agreement(), opening.ephemeral()));
      secrets.add(agree(signed.secret(), opening.ephemeral()));
      oneTime.ifPresent(pair -> secrets.add(agree(pair.secret(), opening.ephemeral())));
      secrets.add(suite.kem().decapsulate(kem, opening.ciphertext()));
      Bytes ad =
          associatedData(
              new Ends(link.peer(), link.us()),
              new SessionKeys(
                  opening.ephemeral(),
                  signed.publicKey(),
                  kem.publicKey(),
                  oneTime.map(KeyAgreement.Pair::publicKey)));
      return ratchet.responder(sessionKey(secrets), ad, signed);
    } catch (Fault e) {
      throw new Fault(FaultCode.UNDECRYPTABLE, "a first message carries an impossible key", e);
    }
  }

  /**
   * Who agrees.
   *
   * @param initiator A
   * @param responder B
   */
  record Ends(Party initiator, Party responder) {}

  /**
   * The public keys of one session.
   *
   * @param ephemeral EK_A
   * @param signed SPK_B
   * @param kem KPK_B, one-time or last-resort
   * @param oneTime OPK_B, if any
   */
  record SessionKeys(Bytes ephemeral, Bytes signed, Bytes kem, Optional<Bytes> oneTime) {}

  /** AD: SHA-256 over everything both sides must agree on, in the order of PROTOCOL.md. */
  static Bytes associatedData(Ends ends, SessionKeys keys) {
    List<byte[]> fields = new ArrayList<>();
    fields.add(new byte[] {Suite.WX1});
    for (Party party : List.of(ends.initiator(), ends.responder())) {
      fields.add(party.record().user().name().getBytes(StandardCharsets.US_ASCII));
      fields.add(party.id().value().toArray());
      fields.add(party.record().accountKey().toArray());
      fields.add(party.keys().signingKey().toArray());
      fields.add(party.keys().agreementKey().toArray());
    }
    fields.add(keys.ephemeral().toArray());
    fields.add(keys.signed().toArray());
    fields.add(keys.kem().toArray());
    fields.add(keys.oneTime().orElse(Bytes.EMPTY).toArray());
    try {
      return Bytes.of(
          MessageDigest.getInstance("SHA-256")
              .digest(Labels.info("ad", fields.toArray(byte[][]::new))));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** SK; wipes the parts. */
  private Secret sessionKey(List<Secret> secrets) {
    ByteBuffer joined = ByteBuffer.allocate(KEY * (1 + secrets.size()));
    byte[] domain = new byte[KEY];
    Arrays.fill(domain, (byte) 0xff);
    joined.put(domain);
    for (Secret secret : secrets) {
      secret.use(joined::put);
      secret.destroy();
    }
    try (Secret input = Secret.take(joined.array())) {
      return suite.kdf().hkdf(new byte[KEY], input, INFO, KEY);
    }
  }

  private Secret agree(Secret ours, Bytes theirs) {
    return suite.agreement().agree(ours, theirs);
  }

  private static Secret need(OwnKeys own, PrekeyRef ref) {
    return own.secret(ref)
        .orElseThrow(
            () ->
                new Fault(
                    FaultCode.UNDECRYPTABLE,
                    "a first message to a " + ref.kind() + " prekey that is gone"));
  }

  private static PrekeyRef ref(Prekey prekey) {
    return new PrekeyRef(prekey.kind(), prekey.id());
  }

  private static Secret part(Secret random, int index) {
    return random.use(bytes -> Secret.copyOf(bytes, index * KEY, KEY));
  }
}
