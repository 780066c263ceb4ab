package dev.waxwing.crypto;

/**
 * Suite WX1: which provider carries out each primitive in this process. Each is chosen at its first
 * use, by a known answer, and then kept; what is never used is never loaded. Any thread.
 */
public final class Suite {
  /** The suite byte on the wire. */
  public static final byte WX1 = 0x01;

  private static final Suite CHOSEN = new Suite();

  private final Once<KeyAgreement> agreement =
      new Once<>(
          () ->
              Providers.choose("X25519", Providers.agreementCandidates(), KnownAnswers::agreement));
  private final Once<Signing> signing =
      new Once<>(
          () -> Providers.choose("Ed25519", Providers.signingCandidates(), KnownAnswers::signing));
  private final Once<Aead> aead =
      new Once<>(
          () ->
              Providers.choose(
                  "ChaCha20-Poly1305", Providers.aeadCandidates(), KnownAnswers::aead));
  private final Once<Kem> kem =
      new Once<>(
          () -> Providers.choose("ML-KEM-768", Providers.kemCandidates(), KnownAnswers::kem));
  private final Once<Kdf> kdf =
      new Once<>(() -> Providers.choose("HKDF", Providers.kdfCandidates(), KnownAnswers::kdf));
  private final Once<PasswordHash> passwordHash =
      new Once<>(
          () ->
              Providers.choose(
                  "Argon2id", Providers.passwordHashCandidates(), KnownAnswers::passwordHash));

  private Suite() {}

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
