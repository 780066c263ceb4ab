package dev.waxwing.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.Vectors;
import dev.waxwing.wire.Bytes;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.pqc.crypto.xwing.XWingPrivateKeyParameters;
import org.junit.jupiter.api.Test;

class XWingTest {
  private static final int X_WING = 0x647a;

  @Test
  void publicKeyIsTheOneOfThePublishedVectors() {
    int checked = 0;
    for (JsonNode vector : Vectors.json("hpke/hpke-pq-test-vectors.json")) {
      if (vector.get("kem_id").asInt() == X_WING) {
        Secret seed = Secret.take(Bytes.fromHex(vector.get("skRm").asText()).toArray());
        assertEquals(Bytes.fromHex(vector.get("pkRm").asText()), XWing.publicKey(seed));
        checked++;
      }
    }
    assertEquals(2, checked);
  }

  @Test
  void publicKeyIsTheOneBouncyCastlesHpkeMakesOfTheSameSeed() {
    byte[] seed = new byte[XWing.SEED];
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (byte) (3 * i);
    }
    HPKE hpke =
        new HPKE(
            HPKE.mode_base, HPKE.kem_X_WING, HPKE.kdf_HKDF_SHA256, HPKE.aead_CHACHA20_POLY1305);
    byte[] theirs =
        hpke.serializePublicKey(hpke.deserializePrivateKey(seed.clone(), null).getPublic());
    assertEquals(Bytes.of(theirs), XWing.publicKey(Secret.copyOf(seed)));
    assertEquals(XWing.PUBLIC, theirs.length);
    assertEquals(Bytes.of(seed), Bytes.of(new XWingPrivateKeyParameters(seed.clone()).getSeed()));
  }

  @Test
  void seedOfOtherLengthIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> XWing.publicKey(Secret.copyOf(new byte[31])));
    assertThrows(
        IllegalArgumentException.class, () -> XWing.publicKey(Secret.copyOf(new byte[64])));
  }
}
