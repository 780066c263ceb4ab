package dev.waxwing.peer.ratchet;

import dev.waxwing.crypto.Kem;
import dev.waxwing.crypto.KeyAgreement;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Prekeys;
import dev.waxwing.identity.Prekeys.Prekey;
import dev.waxwing.message.Address;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;

/**
 * The private half of one prekey: one row of a store.
 *
 * @param ref kind and id
 * @param created milliseconds since 1970
 * @param secret 32 bytes of X25519, or the 64-byte seed of ML-KEM
 */
public record PrekeySecret(PrekeyRef ref, long created, Secret secret) {
  /**
   * Checks the length.
   *
   * @throws Fault PROFILE_CORRUPT
   */
  public PrekeySecret {
    if (ref.id() < 0 || created < 0 || secret.length() != secretLength(ref.kind())) {
      throw new Fault(FaultCode.PROFILE_CORRUPT, "a stored prekey with impossible fields");
    }
  }

  /** Bytes of randomness that make a key of this kind, which are the secret. */
  public static int secretLength(Prekeys.Kind kind) {
    return isKem(kind) ? Kem.SEED : KeyAgreement.KEY;
  }

  static boolean isKem(Prekeys.Kind kind) {
    return switch (kind) {
      case SIGNED, ONE_TIME -> false;
      case LAST_RESORT_KEM, ONE_TIME_KEM -> true;
    };
  }

  /** Whether keys of this kind serve once. */
  static boolean isOneTime(Prekeys.Kind kind) {
    return switch (kind) {
      case SIGNED, LAST_RESORT_KEM -> false;
      case ONE_TIME, ONE_TIME_KEM -> true;
    };
  }

  /** The public half, signed by the device it belongs to. */
  public Prekey publish(Suite suite, Signing.Pair device, Address owner) {
    return Prekey.sign(
        suite.signing(),
        device,
        owner,
        new Prekeys.Unsigned(ref.kind(), ref.id(), created, publicKey(suite)));
  }

  /** The public half. */
  public Bytes publicKey(Suite suite) {
    return isKem(ref.kind())
        ? suite.kem().pair(secret).publicKey()
        : suite.agreement().pair(secret).publicKey();
  }
}
