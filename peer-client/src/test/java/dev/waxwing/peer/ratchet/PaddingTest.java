package dev.waxwing.peer.ratchet;

import static dev.waxwing.peer.ratchet.Faults.assertFault;
import static dev.waxwing.peer.ratchet.Faults.assertUndecryptable;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PaddingTest {
  @Test
  void everyLengthIsPaddedToTheNextMultipleAndComesBack() {
    for (int length = 0; length <= 3 * RatchetLimits.PADDING; length++) {
      byte[] plaintext = new byte[length];
      Arrays.fill(plaintext, (byte) (length % 2 == 0 ? 0x80 : 0));
      byte[] padded = Padding.pad(plaintext);
      assertEquals((length / 256 + 1) * 256, padded.length);
      assertArrayEquals(plaintext, Padding.unpad(padded));
    }
  }

  @Test
  void longestPlaintextFitsAndOneByteMoreIsRefused() {
    byte[] longest = new byte[WireLimits.MAX_PLAINTEXT];
    assertArrayEquals(longest, Padding.unpad(Padding.pad(longest)));
    assertFault(
        FaultCode.MESSAGE_TOO_LARGE, () -> Padding.pad(new byte[WireLimits.MAX_PLAINTEXT + 1]));
  }

  @Test
  void malformedPaddingIsRefused() {
    assertUndecryptable(() -> Padding.unpad(new byte[0]));
    assertUndecryptable(() -> Padding.unpad(new byte[256]));
    assertUndecryptable(() -> Padding.unpad(Arrays.copyOf(Padding.pad(new byte[3]), 255)));
    byte[] noise = Padding.pad(new byte[3]);
    noise[200] = 1;
    assertUndecryptable(() -> Padding.unpad(noise));
    byte[] lastByte = Padding.pad(new byte[255]);
    lastByte[255] = (byte) 0x81;
    assertUndecryptable(() -> Padding.unpad(lastByte));
    // A whole block more than needed: the mark stands before the last block.
    assertUndecryptable(() -> Padding.unpad(Arrays.copyOf(Padding.pad(new byte[3]), 512)));
    byte[] boundary = Arrays.copyOf(Padding.pad(new byte[255]), 512);
    assertUndecryptable(() -> Padding.unpad(boundary));
    byte[] tooLong = new byte[WireLimits.MAX_PLAINTEXT + 512];
    tooLong[WireLimits.MAX_PLAINTEXT + 300] = (byte) 0x80;
    assertUndecryptable(() -> Padding.unpad(tooLong));
  }
}
