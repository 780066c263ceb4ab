package dev.waxwing.peer.age;

import dev.waxwing.crypto.Aead;
import dev.waxwing.crypto.Kdf;
import dev.waxwing.crypto.Secret;
import dev.waxwing.wire.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Seals and opens single chunks (age.md, "Payload"). The nonce is the chunk's index as 11 bytes,
 * big-endian, and a byte that is 1 for the last chunk. One thread at a time; buffers have arrays.
 */
final class PayloadCipher implements AutoCloseable {
  private static final byte[] INFO = "payload".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_AAD = {};

  private final Aead.Keyed aead;

  /** Rewritten for each chunk: the provider reads it during the call only. */
  private final ByteBuffer nonce = ByteBuffer.allocate(Aead.NONCE);

  PayloadCipher(Kdf kdf, Aead aead, Secret fileKey, Bytes payloadNonce) {
    try (Secret key = kdf.hkdf(payloadNonce.toArray(), fileKey, INFO, Aead.KEY)) {
      this.aead = aead.keyed(key);
    }
  }

  /** Seals {@code length} bytes from {@code plaintext} and moves both buffers. */
  void seal(long index, boolean last, int length, ByteBuffer plaintext, ByteBuffer out) {
    int written =
        aead.seal(
            nonce(index, last),
            NO_AAD,
            plaintext.array(),
            plaintext.arrayOffset() + plaintext.position(),
            length,
            out.array(),
            out.arrayOffset() + out.position());
    plaintext.position(plaintext.position() + length);
    out.position(out.position() + written);
  }

  /**
   * Opens {@code length} bytes from {@code sealed}; moves both buffers only when the tag is right.
   */
  boolean open(long index, boolean last, int length, ByteBuffer sealed, ByteBuffer out) {
    int written =
        aead.open(
            nonce(index, last),
            NO_AAD,
            sealed.array(),
            sealed.arrayOffset() + sealed.position(),
            length,
            out.array(),
            out.arrayOffset() + out.position());
    if (written < 0) {
      return false;
    }
    sealed.position(sealed.position() + length);
    out.position(out.position() + written);
    return true;
  }

  @Override
  public void close() {
    aead.close();
  }

  private byte[] nonce(long index, boolean last) {
    return nonce.putLong(3, index).put(11, (byte) (last ? 1 : 0)).array();
  }
}
