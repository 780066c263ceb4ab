package dev.waxwing.crypto;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who can carry out each primitive, best first: the order is measured, not a matter of trust. The
 * public lists hold every provider that loads here, untested; {@link Suite} is what to use.
 */
public final class Providers {
  private static final Logger LOG = LoggerFactory.getLogger("crypto");

  private Providers() {}

  /** X25519. */
  public static List<KeyAgreement> agreements() {
    return loadable(agreementCandidates());
  }

  /** Ed25519. */
  public static List<Signing> signings() {
    return loadable(signingCandidates());
  }

  /** ChaCha20-Poly1305. */
  public static List<Aead> aeads() {
    return loadable(aeadCandidates());
  }

  /** ML-KEM-768. */
  public static List<Kem> kems() {
    return loadable(kemCandidates());
  }

  /** HKDF-SHA256. */
  public static List<Kdf> kdfs() {
    return loadable(kdfCandidates());
  }

  /** Argon2id. */
  public static List<PasswordHash> passwordHashes() {
    return loadable(passwordHashCandidates());
  }

  static List<Candidate<KeyAgreement>> agreementCandidates() {
    return List.of(
        new Candidate<>("libsodium", () -> new SodiumAgreement(SodiumLibrary.get())),
        new Candidate<>("Bouncy Castle", BouncyAgreement::new));
  }

  static List<Candidate<Signing>> signingCandidates() {
    return List.of(
        new Candidate<>("libsodium", () -> new SodiumSigning(SodiumLibrary.get())),
        new Candidate<>("Bouncy Castle", BouncySigning::new));
  }

  /**
   * libsodium first, on every release: it is fast from the first byte, where the JDK's has to be
   * compiled first, and its Poly1305 is an intrinsic only where the processor has AVX-512 IFMA.
   */
  static List<Candidate<Aead>> aeadCandidates() {
    return List.of(
        new Candidate<>("libsodium", () -> new SodiumAead(SodiumLibrary.get())),
        new Candidate<>("JDK", JdkAead::new),
        new Candidate<>("Bouncy Castle", BouncyAead::new));
  }

  static List<Candidate<Kem>> kemCandidates() {
    return List.of(new Candidate<>("Bouncy Castle", BouncyKem::new));
  }

  static List<Candidate<Kdf>> kdfCandidates() {
    return List.of(new Candidate<>("JDK", JdkKdf::new));
  }

  static List<Candidate<PasswordHash>> passwordHashCandidates() {
    return List.of(
        new Candidate<>("libsodium", () -> new SodiumPasswordHash(SodiumLibrary.get())),
        new Candidate<>("Bouncy Castle", BouncyPasswordHash::new));
  }

  /**
   * The first candidate that loads and gives the known answer; the others leave a line in the log.
   *
   * @throws Fault UNAVAILABLE when none does
   */
  static <T> T choose(String primitive, List<Candidate<T>> candidates, Consumer<T> knownAnswer) {
    for (Candidate<T> candidate : candidates) {
      try {
        T provider = candidate.make().get();
        knownAnswer.accept(provider);
        LOG.debug("{} by {}", primitive, candidate.name());
        return provider;
      } catch (RuntimeException | LinkageError e) {
        LOG.warn("{} by {} is not used: {}", primitive, candidate.name(), reason(e));
      }
    }
    throw new Fault(FaultCode.UNAVAILABLE, "no provider of " + primitive + " works here");
  }

  private static <T> List<T> loadable(List<Candidate<T>> candidates) {
    List<T> providers = new ArrayList<>();
    for (Candidate<T> candidate : candidates) {
      try {
        providers.add(candidate.make().get());
      } catch (RuntimeException | LinkageError e) {
        LOG.debug("{} does not load: {}", candidate.name(), reason(e));
      }
    }
    return List.copyOf(providers);
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure.getMessage() + (cause == null ? "" : " (" + cause + ")");
  }

  /**
   * A provider that may turn out not to load.
   *
   * @param name for the log
   * @param make loads it
   */
  record Candidate<T>(String name, Supplier<T> make) {}
}
