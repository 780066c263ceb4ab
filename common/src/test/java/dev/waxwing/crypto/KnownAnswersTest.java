package dev.waxwing.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each provider that is right in all but one way must fail its self-test. */
class KnownAnswersTest {

  @Test
  void agreementWithAWrongSecretOrPublicKeyIsRejected() {
    refused(
        KnownAnswers::agreement,
        planted(KeyAgreement.class, new BouncyAgreement(), "agree", KnownAnswersTest::flipped));
    refused(
        KnownAnswers::agreement,
        planted(
            KeyAgreement.class,
            new BouncyAgreement(),
            "pair",
            pair ->
                new KeyAgreement.Pair(
                    ((KeyAgreement.Pair) pair).secret(),
                    flipped(((KeyAgreement.Pair) pair).publicKey()))));
  }

  @Test
  void agreementThatTakesAKeyOfLowOrderIsRejected() {
    KeyAgreement right = new BouncyAgreement();
    refused(
        KnownAnswers::agreement,
        new KeyAgreement() {
          @Override
          public Pair pair(Secret random) {
            return right.pair(random);
          }

          @Override
          public Secret agree(Secret ours, Bytes theirs) {
            return theirs.equals(Bytes.of(new byte[KEY]))
                ? Secret.copyOf(new byte[KEY])
                : right.agree(ours, theirs);
          }

          @Override
          public String provider() {
            return "lenient";
          }
        });
  }

  @Test
  void signingThatSignsWronglyOrVerifiesAnythingOrNothingIsRejected() {
    Signing right = new BouncySigning();
    refused(
        KnownAnswers::signing,
        planted(Signing.class, right, "sign", signature -> flipped((Bytes) signature)));
    refused(KnownAnswers::signing, planted(Signing.class, right, "verify", verified -> true));
    refused(KnownAnswers::signing, planted(Signing.class, right, "verify", verified -> false));
  }

  @Test
  void aeadThatSealsOrOpensWronglyIsRejected() {
    refused(KnownAnswers::aead, keyed("seal", answer -> flipped((byte[]) answer)));
    refused(
        KnownAnswers::aead,
        keyed("open", opened -> opened == null ? null : flipped((byte[]) opened)));
  }

  @Test
  void aeadThatOpensDespiteAWrongTagIsRejected() {
    refused(KnownAnswers::aead, keyed("open", opened -> opened == null ? new byte[1] : opened));
  }

  @Test
  void kemWithAWrongKeySecretOrCiphertextIsRejected() {
    Kem right = new BouncyKem();
    refused(
        KnownAnswers::kem,
        planted(
            Kem.class,
            right,
            "pair",
            pair ->
                new Kem.Pair(((Kem.Pair) pair).seed(), flipped(((Kem.Pair) pair).publicKey()))));
    refused(
        KnownAnswers::kem,
        planted(
            Kem.class,
            right,
            "encapsulate",
            made ->
                new Kem.Encapsulated(
                    flipped(((Kem.Encapsulated) made).ciphertext()),
                    ((Kem.Encapsulated) made).secret())));
    refused(
        KnownAnswers::kem,
        planted(
            Kem.class,
            right,
            "encapsulate",
            made ->
                new Kem.Encapsulated(
                    ((Kem.Encapsulated) made).ciphertext(),
                    flipped(((Kem.Encapsulated) made).secret()))));
    refused(KnownAnswers::kem, planted(Kem.class, right, "decapsulate", KnownAnswersTest::flipped));
  }

  @Test
  void kdfWithAWrongKeyIsRejected() {
    refused(KnownAnswers::kdf, planted(Kdf.class, new JdkKdf(), "hkdf", KnownAnswersTest::flipped));
  }

  @Test
  void passwordHashWithAWrongKeyOrWithoutAWayToTestItIsRejected() {
    BouncyPasswordHash right = new BouncyPasswordHash();
    PasswordHash wrong =
        (PasswordHash)
            proxy(
                new Class<?>[] {PasswordHash.class, RawArgon2id.class},
                right,
                "raw",
                KnownAnswersTest::flipped);
    refused(KnownAnswers::passwordHash, wrong);
    refused(
        KnownAnswers::passwordHash,
        planted(PasswordHash.class, right, "derive", UnaryOperator.identity()));
  }

  @Test
  void plantingNothingIsNotRejected() {
    KnownAnswers.agreement(
        planted(KeyAgreement.class, new BouncyAgreement(), "agree", UnaryOperator.identity()));
    KnownAnswers.signing(
        planted(Signing.class, new BouncySigning(), "sign", UnaryOperator.identity()));
    KnownAnswers.aead(keyed("seal", UnaryOperator.identity()));
    KnownAnswers.kem(planted(Kem.class, new BouncyKem(), "pair", UnaryOperator.identity()));
    KnownAnswers.kdf(planted(Kdf.class, new JdkKdf(), "hkdf", UnaryOperator.identity()));
  }

  private static <T> void refused(Consumer<T> knownAnswer, T planted) {
    Fault fault = assertThrows(Fault.class, () -> knownAnswer.accept(planted));
    assertEquals(FaultCode.UNAVAILABLE, fault.code());
  }

  /** An AEAD whose ciphers answer the whole-array method {@code name} wrongly. */
  private static Aead keyed(String name, UnaryOperator<Object> wrong) {
    return planted(
        Aead.class,
        new BouncyAead(),
        "keyed",
        keyed -> planted(Aead.Keyed.class, (Aead.Keyed) keyed, name, wrong));
  }

  private static <T> T planted(Class<T> type, T right, String method, UnaryOperator<Object> wrong) {
    return type.cast(proxy(new Class<?>[] {type}, right, method, wrong));
  }

  private static Object proxy(
      Class<?>[] types, Object right, String name, UnaryOperator<Object> wrong) {
    return Proxy.newProxyInstance(
        KnownAnswersTest.class.getClassLoader(),
        types,
        (self, method, arguments) -> {
          try {
            method.setAccessible(true);
            Object answer = method.invoke(right, arguments);
            return method.getName().equals(name) ? wrong.apply(answer) : answer;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  private static Object flipped(Object secret) {
    return flipped((Secret) secret);
  }

  private static Secret flipped(Secret secret) {
    return Secret.take(flipped(secret.exposeCopy()));
  }

  private static Bytes flipped(Bytes bytes) {
    return Bytes.of(flipped(bytes.toArray()));
  }

  private static byte[] flipped(byte[] bytes) {
    byte[] flipped = Arrays.copyOf(bytes, bytes.length);
    flipped[bytes.length - 1] ^= 1;
    return flipped;
  }
}
