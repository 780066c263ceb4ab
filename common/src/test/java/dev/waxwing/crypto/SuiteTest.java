package dev.waxwing.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuiteTest {
  private static final Providers.Candidate<KeyAgreement> ABSENT =
      new Providers.Candidate<>(
          "absent",
          () -> {
            throw new UnsatisfiedLinkError("planted");
          });
  private static final Providers.Candidate<KeyAgreement> WRONG =
      new Providers.Candidate<>("wrong", WrongAgreement::new);
  private static final Providers.Candidate<KeyAgreement> RIGHT =
      new Providers.Candidate<>("right", BouncyAgreement::new);

  @Test
  void everyProviderLoadsHereAndGivesTheKnownAnswers() {
    assertEquals(2, Providers.agreements().size());
    assertEquals(2, Providers.signings().size());
    assertEquals(3, Providers.aeads().size());
    assertEquals(1, Providers.kems().size());
    assertEquals(1, Providers.kdfs().size());
    assertEquals(2, Providers.passwordHashes().size());
    Providers.agreements().forEach(KnownAnswers::agreement);
    Providers.signings().forEach(KnownAnswers::signing);
    Providers.aeads().forEach(KnownAnswers::aead);
    Providers.kems().forEach(KnownAnswers::kem);
    Providers.kdfs().forEach(KnownAnswers::kdf);
    Providers.passwordHashes().forEach(KnownAnswers::passwordHash);
  }

  @Test
  void wrongProviderAndOneThatDoesNotLoadAreSkipped() {
    KeyAgreement chosen =
        Providers.choose("X25519", List.of(ABSENT, WRONG, RIGHT), KnownAnswers::agreement);
    assertTrue(chosen instanceof BouncyAgreement);
  }

  @Test
  void noWorkingProviderIsUnavailable() {
    Fault fault =
        assertThrows(
            Fault.class,
            () -> Providers.choose("X25519", List.of(ABSENT, WRONG), KnownAnswers::agreement));
    assertEquals(FaultCode.UNAVAILABLE, fault.code());
  }

  @Test
  void aeadIsLibsodiumsOnEveryRelease() {
    assertEquals("libsodium", Providers.aeadCandidates().get(0).name());
  }

  @Test
  void descriptionNamesAProviderOfEveryPrimitive() {
    assertEquals(
        "WX1: X25519 by libsodium, Ed25519 by libsodium, ChaCha20-Poly1305 by libsodium,"
            + " ML-KEM-768 by Bouncy Castle, HKDF by JDK, Argon2id by libsodium",
        Suite.wx1().describe());
  }

  @Test
  void primitiveIsChosenOnce() {
    assertEquals(Suite.wx1().aead(), Suite.wx1().aead());
  }

  /** Right but for one bit of every shared secret. */
  private static final class WrongAgreement implements KeyAgreement {
    private final KeyAgreement right = new BouncyAgreement();

    @Override
    public Pair pair(Secret random) {
      return right.pair(random);
    }

    @Override
    public Secret agree(Secret ours, Bytes theirs) {
      byte[] shared = right.agree(ours, theirs).exposeCopy();
      shared[31] ^= 1;
      return Secret.take(shared);
    }

    @Override
    public String provider() {
      return "wrong";
    }
  }
}
