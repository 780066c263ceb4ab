package dev.waxwing.crypto;

import java.util.function.Supplier;

/**
 * Suite WX1: which provider carries out each primitive in this process. Each is chosen at its first
 * use, by a known answer, and then kept; what is never used is never loaded. Any thread.
 */
public final class Suite {
  /** The suite byte on the wire. */
  public static final byte WX1 = 0x01;

  private static final Suite CHOSEN = new Suite();

  private final Once<KeyAgreement> agreement;
  private final Once<Signing> signing;
  private final Once<Aead> aead;
  private final Once<Kem> kem;
  private final Once<Kdf> kdf;
  private final Once<PasswordHash> passwordHash;

  private Suite() {
    this(
        new Primitives(
            () ->
                Providers.choose(
                    "X25519", Providers.agreementCandidates(), KnownAnswers::agreement),
            () -> Providers.choose("Ed25519", Providers.signingCandidates(), KnownAnswers::signing),
            () ->
                Providers.choose(
                    "ChaCha20-Poly1305", Providers.aeadCandidates(), KnownAnswers::aead),
            () -> Providers.choose("ML-KEM-768", Providers.kemCandidates(), KnownAnswers::kem),
            () -> Providers.choose("HKDF", Providers.kdfCandidates(), KnownAnswers::kdf),
            () ->
                Providers.choose(
                    "Argon2id", Providers.passwordHashCandidates(), KnownAnswers::passwordHash)));
  }

  /** A suite whose providers come from somewhere else than {@link Providers}. */
  Suite(Primitives from) {
    agreement = new Once<>(from.agreement());
    signing = new Once<>(from.signing());
    aead = new Once<>(from.aead());
    kem = new Once<>(from.kem());
    kdf = new Once<>(from.kdf());
    passwordHash = new Once<>(from.passwordHash());
  }

  /** Where the provider of each primitive comes from, at its first use. */
  record Primitives(
      Supplier<KeyAgreement> agreement,
      Supplier<Signing> signing,
      Supplier<Aead> aead,
      Supplier<Kem> kem,
      Supplier<Kdf> kdf,
      Supplier<PasswordHash> passwordHash) {}

  /** The suite of this process. */
  public static Suite wx1() {
    return CHOSEN;
  }

  /**
   * X25519.
   *
   * @throws dev.waxwing.wire.Fault UNAVAILABLE when no provider works; so do the other primitives
   */
  public KeyAgreement agreement() {
    return agreement.get();
  }

  /** Ed25519. */
  public Signing signing() {
    return signing.get();
  }

  /** ChaCha20-Poly1305. */
  public Aead aead() {
    return aead.get();
  }

  /** ML-KEM-768. */
  public Kem kem() {
    return kem.get();
  }

  /** HKDF-SHA256. */
  public Kdf kdf() {
    return kdf.get();
  }

  /** Argon2id. */
  public PasswordHash passwordHash() {
    return passwordHash.get();
  }

  /** One line for the log that names every provider; loads all of them. */
  public String describe() {
    return "WX1: X25519 by "
        + agreement().provider()
        + ", Ed25519 by "
        + signing().provider()
        + ", ChaCha20-Poly1305 by "
        + aead().provider()
        + ", ML-KEM-768 by "
        + kem().provider()
        + ", HKDF by "
        + kdf().provider()
        + ", Argon2id by "
        + passwordHash().provider();
  }
}
